// Every limit of the command itself, each with its unit at the end of its name; what a line may be is core's to say.

export const CLI_LIMITS = {
  /** What `people` tells. */
  listedPeopleMax: 10_000,
  /** What a search finds, where nobody says how much, and at most. */
  searchLinesUsual: 100,
  searchLinesMax: 1_000,
  /** Of the texts in one answer to a search. */
  foundCharactersMax: 1_048_576,
  /** Processes that may be connected to the local socket at once. */
  localConnectionsMax: 64,
  /** Until it has said what it wants. */
  localAttachMsMax: 30_000,
  /** What a connection may leave unread before it is dropped. */
  localUnreadBytesMax: 4_194_304,
  /** Of the text of one frame, and of the bytes of one. */
  frameCharactersMax: 65_536,
  frameInputBytesMax: 49_152,
  /** What the last words to a connection may take. */
  localGoodbyeMsMax: 500,
  /** What `parley send` waits for the first who comes, where it has to open the profile itself. */
  sendMeetMsMax: 1_500,
  /** Lines of an export whose refusal is told one by one, and how often it is told how far one is. */
  toldRefusalsMax: 20,
  progressIntervalMs: 2_000,
  /** Of the name of a room or the people of a session that an export tells. */
  shownTitleMax: 80,
  /** How long a process that has the profile may take until it can be attached to. */
  attachWaitMsMax: 5_000,
  /** Between two tries. */
  attachIntervalMs: 50,
  /** What a stream of ours may hold that its reader has not taken; what is written then is dropped and counted. */
  heldCharactersMax: 4_194_304,
  /** Of whoever watches over `parley serve`: at once, of one request, and how long one may take. */
  monitorConnectionsMax: 16,
  monitorHeaderBytesMax: 8_192,
  monitorTimeoutMs: 5_000,
  /** Of one configuration or theme file, in UTF-16 units. */
  settingsFileUnitsMax: 262_144,
  /** Where `parley doctor` calls the disk nearly full, and full. */
  diskBytesFew: 268_435_456,
  diskBytesLeast: 8_388_608,
  /** Peers that `parley doctor` asks, how often it looks, and when it is content. */
  doctorDialsMax: 8,
  doctorLookMs: 250,
  doctorQuietLooks: 8,
  doctorMsMax: 12_000,
  /** Lines read from the view at a time. */
  pageLines: 2_000,
  logPageLines: 4_096,
  /** Names and minutes whose text is remembered. */
  rememberedTextsMax: 10_000,
  /** --history and --limit. */
  historyLinesMax: 1_000_000,
  /** What one has typed, for the arrow keys. */
  promptHistoryLines: 1_000,
  /** Of what the prompt shows of a session's title. */
  promptTitleCharacters: 32,
  /** Between two status objects, or two delivered objects, of a session: five a second. */
  standingIntervalMs: 200,
  /** Between two looks of `parley log --follow` into the store. */
  followIntervalMs: 200,
  /** Less than the two seconds that are promised, for what the system takes itself. */
  endingMsMax: 1_800,
  /** What \quit waits for those who are connected to have what was said. */
  quitSettleMsMax: 500,
  /** What the peer has for encrypting what waits for it, before it is told to be lost: the rest of the ending goes on meanwhile. */
  unsaidMsMax: 700,
  /** What an interrupt leaves to a slow reader of stdout before the links are closed. */
  lastLinesMsMax: 300,
  /** Of the passphrase of a room. */
  passphraseCharactersMin: 12,
} as const;
