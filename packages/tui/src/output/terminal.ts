// What the face needs of a terminal; a test has one in memory.

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** False while what was written waits for a slow reader. */
  readonly hasRoom: boolean;
  /** Resolves when there is room again. */
  ready(): Promise<void>;
  write(text: string): void;
  /** Keys come one by one, and ctrl-c as a key. */
  setRaw(raw: boolean): void;
  /** From now on; returns how to stop. */
  onInput(listener: (text: string) => void): () => void;
  onResize(listener: () => void): () => void;
  /** Stops the whole job as ctrl-z does; resolves when it goes on. */
  suspend(): Promise<void>;
}
