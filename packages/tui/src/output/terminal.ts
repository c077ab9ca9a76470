// What the face needs of a terminal; a test has one in memory.

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** False while what was written waits for a slow reader. */
  readonly hasRoom: boolean;
  /** Resolves when there is room again. */
  ready(): Promise<void>;
  write(text: string): void;
  /** The screen is ours: keys come one by one, and ctrl-c as a key. */
  take(): void;
  /** It is as it was. What is written later is lost. Idempotent. */
  giveBack(): void;
  /** From now on; returns how to stop. */
  onInput(listener: (text: string) => void): () => void;
  onResize(listener: () => void): () => void;
  /** The process was stopped and goes on; whoever ran meanwhile may have changed every mode. */
  onContinue(listener: () => void): () => void;
  /** Stops the whole job as ctrl-z does; resolves when it goes on. */
  suspend(): Promise<void>;
}
