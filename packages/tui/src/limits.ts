// Every limit of the full-screen face, each with its unit at the end of its name.

export const TUI_LIMITS = {
  /** Lines and notes of a session that are held beside the store; older and newer ones are read as one scrolls. */
  windowItems: 2_000,
  /** Lines read from the view at a time, for the window and for what arrives. */
  pageLines: 200,
  arrivalLines: 2_000,
  /** Between two frames that nobody's key asked for: 30 a second. */
  frameIntervalMs: 33,
  /** Between two frames that keys asked for. */
  echoIntervalMs: 8,
  /** Rows of the terminal that the input takes, as a share of all. */
  inputRowsShare: 0.3,
  /** A paste of more lines is asked about. */
  pasteLinesAsked: 5,
  /** What is pasted beyond is cut. */
  pasteCharactersMax: 1_048_576,
  /** Kept of what was typed in a session. */
  historyEntries: 200,
  historyEntryCharacters: 4_096,
  historyCharacters: 32_768,
  undoSteps: 200,
  killRingEntries: 30,
  /** Names in one note of who came and went. */
  foldedNames: 5,
  searchHits: 200,
  /** Smaller than this the screen says only that it is too small. */
  columnsMin: 10,
  rowsMin: 3,
  /** Between two notes of how far someone has read. */
  readIntervalMs: 5_000,
  /** Between two calls of a person who does not look. */
  callIntervalMs: 3_000,
  /** What was said longer ago is no reason to call. */
  callAgeMsMax: 600_000,
  /** Cells of a notification or a title. */
  notifiedCells: 120,
  /** How long half an escape sequence is waited for, here and over SSH. */
  escapeWaitMs: 25,
  escapeWaitRemoteMs: 100,
} as const;
