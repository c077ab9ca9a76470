// Every limit of the protocol and of a peer's memory, each with its unit at the end of its name.

export const LIMITS = {
  // What a person may say.
  lineTextBytesMax: 16_384,
  nameBytesMax: 128,
  nameGraphemesMax: 32,

  // Rooms.
  roomNameBytesMax: 64,
  /** That we are in, the lobby aside. */
  roomsMax: 256,
  topicBytesMax: 512,
  /** A hundred years. */
  keepDaysMax: 36_500,
  dayMs: 86_400_000,
  /** Before a shorter time to keep things takes effect: whoever objects can set another meanwhile. */
  keepGraceDays: 1,
  /** So often, at the same moments for everyone, what has become too old is pruned. */
  pruneStepsPerDay: 24,
  pruneLookMs: 60_000,
  /** Of one slice, so that nobody waits. */
  pruneEntriesMax: 1_024,
  pruneChainsMax: 256,
  // Invites.
  /** UTF-16 units of what stands for one, blanks and the like left out. */
  inviteTextMax: 2_560,
  inviteAddressesMax: 8,
  inviteAddressBytesMax: 160,
  /** Whose keys came with invites that we took. */
  invitersMax: 4_096,
  /** Of a PeerId's text. */
  peerIdBytesMax: 64,

  // The log.
  entryLinesMax: 256,
  entryPayloadBytesTarget: 32_768,
  entryPayloadBytesMax: 65_536,
  headerBytesMax: 256,
  certificateBytesMax: 512,
  forkProofBytesMax: 262_144,
  seqMax: 281_474_976_710_655,
  /** The end of the year 9999: later times have no common text form. */
  timeMsMax: 253_402_300_799_999,
  hlcCounterMax: 4_294_967_295,
  futureMsMax: 120_000,
  clockSkewNoticeMs: 60_000,
  chainsPerConversationMax: 100_000,
  /** A new one is begun after each power loss and each restored copy. */
  chainsPerAuthorMax: 1_024,
  unprovenRestartsMax: 4,
  forkProofsMax: 1_024,

  // Frames between neighbours.
  frameBytesMax: 327_680,
  runBytesTarget: 262_144,
  runEntriesMax: 1_024,
  reconcileRangesMax: 2_048,
  reconcileHeadsMax: 2_048,
  headsPerFrameMax: 1_024,
  chainsPerFrameMax: 1_024,
  peersPerFrameMax: 64,
  peerRecordBytesMax: 2_048,
  roomTagsMax: 1_024,
  nonceBytes: 32,

  // Pulling and serving.
  /** In one conversation, and in all. */
  wantsInFlightPerPeerMax: 4,
  wantsOpenPerPeerMax: 8,
  wantsQueuedPerPeerMax: 16,
  wantTimeoutMs: 15_000,
  /** A chain longer than this is fetched from its newest end, so that a joiner reads what is being said. */
  newestFirstEntries: 4_096,
  announceIntervalMs: 50,
  announceSlowMs: 1_000,
  /** Of those who would only hear of it, so many are told: one is enough for whom the tree has failed. */
  announceSlowPeersMax: 8,
  announceGraceMs: 250,
  /** Of one neighbour in one conversation: chains it wants no entries of; and chains of which we know whom we have them from. */
  branchesMax: 4_096,
  /** In one conversation: chains whose next entry is wanted from all, though whom we have them from is still there. */
  regrowBurst: 16,
  regrowPerSecond: 1,
  antiEntropyIntervalMs: 60_000,
  liveBurstEntries: 32,
  liveEntriesPerSecond: 200,
  liveReceivedBurst: 1_024,
  liveReceivedPerSecond: 512,

  // Neighbours.
  /** Keys under which a peer is found: of its rooms first, then of its private sessions. */
  meetKeysMax: 256,
  /** So long before and after midnight (UTC) the key of the other day is good as well: clocks differ. */
  meetOverlapMs: 3_600_000,
  neighboursMeshMax: 12,
  /** Beyond so many those that can do without us are let go of, one after the other. */
  neighboursSoftMax: 32,
  thinOutIntervalMs: 2_000,
  /** How long a neighbour has to find others before it may be let go of. */
  settleMs: 5_000,
  /** Where all places are taken, one in so many more is for newcomers, who stay until they are told of others. */
  neighboursPerPassing: 32,
  passingMs: 3_000,
  /** In which news of who is linked to whom gathers. */
  lookAroundMs: 1_000,
  neighboursMax: 256,
  rememberedPeersMax: 1_024,
  redialMsMin: 1_000,
  redialMsMax: 60_000,
  redialMissedMsMax: 10_000,
  /** After a link that ended while there were enough of them: twice as long each time, unless it had lasted. */
  redialPartedMs: 60_000,
  redialPartedMsMax: 3_600_000,
  partingForgottenMs: 600_000,
  helloTimeoutMs: 10_000,
  pingIntervalMs: 15_000,
  silenceMsMax: 60_000,
  /** Frames that break the rules, of which the older count half as much every faultHalfLifeMs. */
  badFramesMax: 8,
  faultHalfLifeMs: 600_000,
  /** Twice as long each time, until the peer behaved for banForgottenMs. */
  banMs: 60_000,
  banMsMax: 3_600_000,
  banForgottenMs: 86_400_000,
  /** Who made place for another: it shares nothing with us. Less than a ban, for it broke no rule. */
  evictedRefusedMs: 30_000,
  /** Of one host, who are let be also when all places are taken and someone from elsewhere comes. */
  neighboursPerHostLeast: 8,
  /** Of many neighbours so many are told of a newcomer, for each conversation shared with it, and it of so many. */
  introducedPerRoomMax: 8,
  /** Peers that one neighbour may tell us of. */
  introductionsBurst: 1_024,
  introductionsPerSecond: 16,
  /** Records of a neighbour's own that are told to others. */
  recordsBurst: 8,
  recordsPerMinute: 6,
  /** How long a neighbour may share no conversation before another may take its place. */
  strangerGraceMs: 30_000,
  /** Frames other than entries, of one neighbour. */
  talkBurst: 16_384,
  talkPerSecond: 1_024,
  /** Entries that a neighbour pushed though we read no more, before that counts as a bad frame. */
  excessBurst: 4_096,
  excessPerSecond: 1_024,
  /** Entries of those who said little lately, which go to a neighbour whose queue is full. */
  overtakingBytesMax: 131_072,

  // Authors in open rooms.
  /** Those who said next to nothing lately go first, and those who said little before the others. */
  debtSlightBytes: 16_384,
  debtLightBytes: 262_144,
  debtHalfLifeMs: 30_000,
  authorAccountsMax: 4_096,
  /** Entries that one author may push, and all together beyond that; the rest is asked for. */
  authorLiveBurst: 64,
  authorLivePerSecond: 32,
  crowdLiveBurst: 512,
  crowdLivePerSecond: 512,
  /** Who is so far behind with a neighbour listens to those authors alone who were here before, and said little lately. */
  behindMs: 50,
  /** What a pushed entry counts for, however short: it costs a signature. */
  pushDebtBytesMin: 1_024,
  /** Someone new who writes more within the window waits, twice as long each time. */
  quarantineBytes: 268_435_456,
  quarantineWindowMs: 600_000,
  quarantineMs: 600_000,
  quarantineMsMax: 21_600_000,
  quarantinedMax: 4_096,
  /** People blocked or let on by hand. */
  rulingsMax: 4_096,
  knownDevicesMax: 8_192,
  /** What is kept of one room. */
  roomBytesMax: 1_073_741_824,

  // Private sessions (RFC 9420 in send groups).
  sessionMembersMax: 32,
  keyPackageBytesMax: 1_024,
  keyPackageLifetimeMsMax: 7_776_000_000,
  welcomeBytesMax: 32_768,
  groupMessageBytesMax: 65_536,
  groupPlaintextBytesMax: 64_512,
  authenticatedDataBytesMax: 256,
  groupStateBytesMax: 2_097_152,
  pskIdBytesMax: 64,
  psksPerReadMax: 1_024,
  exportLabelBytesMax: 64,
  sealedBytesMax: 65_536,
  groupEpochsKept: 8,
  groupGenerationsKept: 2_000,
  groupGenerationsAheadMax: 1_000,
  /** Everyone who ever was in it, for whom the roster keeps a line. */
  sessionPeopleMax: 128,
  sessionChainsMax: 1_024,
  sessionsMax: 256,
  /** First contacts whose session has not said anything that we can read. */
  contactsWaitingMax: 64,
  /** Cuts of one person: one for each of their chains. */
  rosterCutsMax: 64,
  /** How often one person can be let in. */
  rosterChangesMax: 4_294_967_295,
  /** Certificates that were verified, and need not be again. */
  certifiedMax: 8_192,
  sessionFramesMax: 128,
  asksMax: 64,
  sessionPendingLinesMax: 2_048,
  /** Invitations and removals that wait for lines said before them. */
  deferredMax: 256,
  rotateMessages: 50,
  rotateMs: 86_400_000,
  healMsMin: 60_000,
  exportersKept: 16,
  /** Twice as long each time. */
  letInAgainMsMin: 60_000,
  letInAgainMsMax: 86_400_000,
  readEntriesPerWork: 64,
  /** Keys tried on Welcomes that none of them opened, after which other work has its turn. */
  welcomeTriesPerWork: 256,
  /** How often at least what is for later is looked at: clocks may be set meanwhile. */
  futureLookMsMax: 16_000,
  keyPackagesOneTime: 32,
  /** Made at the very first, so that one can be reached at once. */
  keyPackagesFirst: 3,
  keyPackagesLeast: 8,
  /** Of one statement in the directory. */
  keyPackagesLookedAtMax: 64,
  keyPackagesAgainMsMin: 60_000,
  /** For those whose clocks are behind: by days, as it happens. */
  keyPackageBackdatedMs: 604_800_000,
  keyPackageOneTimeMs: 1_209_600_000,
  keyPackageLastResortMs: 5_184_000_000,
  /**
   * How long the secret of a package is kept after it was used, or has expired: others may have taken it meanwhile, and
   * clocks are set by days.
   */
  keyPackageUsedKeptMs: 604_800_000,
  keyPackageExpiredKeptMs: 3_888_000_000,

  /** Of a session's chains that nobody proved to be a member's: each to begin with, each at most, and all such. */
  unprovenFirstBytesMax: 262_144,
  unprovenChainBytesMax: 16_777_216,
  unprovenSessionBytesMax: 67_108_864,
  /** How often one member may ask to be let in again: so often at once, then once in againMs. */
  againBurst: 4,
  againMs: 30_000,

  // Carrying for others who are away.
  holdersPerPerson: 3,
  /** Of which peers hold for whom. */
  holderRanksKept: 65_536,
  /** In a session of more people holders are asked for the first of them. */
  peopleHeldForMax: 4,
  /** Links to holders, beyond those that make a mesh. */
  linksWantedMax: 32,
  heldMsMax: 3_888_000_000,
  heldBytesPerDepositorMax: 33_554_432,
  heldBytesMax: 268_435_456,
  heldConversationsPerDepositorMax: 512,
  /** Of all: identities cost nothing. */
  heldConversationsMax: 2_048,
  inboxPeriodMs: 604_800_000,
  inboxChainsMax: 1_024,

  // A peer's own queues.
  inputQueueMax: 4_096,
  inputQueueBytesMax: 16_777_216,
  pendingSayLinesMax: 16_384,
  /** UTF-16 units, which cost nothing to count. */
  pendingSayUnitsMax: 4_194_304,
  sendQueueBytesMax: 4_194_304,
  sendQueueBytesHigh: 1_048_576,
  recentLinesMax: 8_192,
  recentBytesMax: 4_194_304,
  /** Newest entries that are looked at to count what came unread while we were away. */
  unreadEntriesMax: 1_024,
  /** Of one text that a face keeps in the profile. */
  faceTextBytesMax: 1_048_576,

  // A peer's disk.
  syncDelayMsMax: 50,
  walPagesSoft: 1_024,
  walPagesMax: 4_096,
  walBytesKept: 16_777_216,
  reserveBytes: 1_048_576,
  storeCacheBytes: 16_777_216,
  storeBusyMsMax: 1_000,
  indexBatchEntries: 512,
  indexIdsEntriesMax: 16_384,
  searchWordsMax: 16,
  searchMatchesMax: 4_096,
} as const;
