// What mesh-processes.ts and the processes that it starts say to each other.

export type HostOrder =
  /** Starts one more peer, which dials these. */
  | { readonly kind: 'start'; readonly name: string; readonly connect: readonly string[] }
  /** `peer`: its number in that process. */
  | { readonly kind: 'say'; readonly peer: number; readonly text: string }
  /** Answered when every peer has so many lines and links at least. */
  | { readonly kind: 'await'; readonly lines: number; readonly links: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'report' }
  | { readonly kind: 'stop' };

export type HostAnswer =
  | { readonly kind: 'started'; readonly address: string }
  | { readonly kind: 'there' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'report'; readonly cpuMs: number; readonly peers: readonly PeerReport[] };

/** Since the last `reset`. */
export interface PeerReport {
  /** Of each line of others, from its saying to its being shown. */
  readonly delaysMs: readonly number[];
  /** Entries that came, as often as they came. */
  readonly copies: number;
  /** Of frames, in and out. */
  readonly bytes: number;
  readonly links: number;
  /** SHA-256 of all texts, sorted, each with a newline: the same where the same lines are. */
  readonly texts: string;
}
