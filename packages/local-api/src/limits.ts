// The limits of the local socket, each with its unit at the end of its name.

export const LOCAL_LIMITS = {
  /** One object that parley reads: an exported run of entries in base64 fits. */
  requestBytesMax: 524_288,
  /** One object that parley writes. */
  outputBytesMax: 16_777_216,
  /** The `re` of a request. */
  requestIdCharactersMax: 64,
  /** Objects that a client keeps for whoever iterates; beyond it reads no further. */
  waitingOutputsMax: 1_024,
  /** The answer of whoever listens on the socket, to whoever has just connected. */
  readyMsMax: 10_000,
} as const;
