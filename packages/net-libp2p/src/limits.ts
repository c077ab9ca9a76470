// Every limit of this adapter, with its unit at the end of its name; what a frame may be is core's to say.

import { LIMITS } from '@parley/core';

export interface NetworkLimits {
  readonly frameBytesMax: number;
  readonly sendQueueBytesHigh: number;
  readonly sendQueueBytesMax: number;
  /** Frames queued together leave in writes of about this size. */
  readonly writeBytesTarget: number;

  /** From the call of dial() to its outcome, once it has a slot. */
  readonly dialTimeoutMs: number;
  /** An address gets this head start over the next one of the same target. */
  readonly dialStaggerMs: number;
  readonly dialAddressesMax: number;
  readonly dialsRunningMax: number;
  readonly dialsWaitingMax: number;

  readonly connectionsMax: number;
  readonly inboundPendingMax: number;
  /** Half a site may sit behind one address, so this is generous; times upgradeTimeoutMs it stays below inboundPendingMax. */
  readonly inboundPerHostPerSecond: number;
  readonly upgradeTimeoutMs: number;
  /** A connection that has not opened its link by then is closed. */
  readonly linkTimeoutMs: number;
  /** From the agreement that a link goes on another way until it does. */
  readonly moveMsMax: number;
  /** How long a peer that was hung up on is refused. */
  readonly hangUpMs: number;
  /** Bans of peers at one address, after which newcomers from there are refused; and on this machine. */
  readonly bansPerHostMax: number;
  readonly bansPerLoopbackMax: number;
  readonly bansHalfLifeMs: number;
  readonly streamsPerConnectionMax: number;
  readonly streamWindowBytesMax: number;

  /** Of one message of a WebSocket, which may carry many of ours. */
  readonly webSocketMessageBytesMax: number;

  /** Addresses in our record, which peerRecordBytesMax must hold; and of them over each relay. */
  readonly announcedMax: number;
  readonly announcedPerRelayMax: number;

  /** One attempt to do without the relay, and how long until the next; twice as long each time. */
  readonly upgradeMsMax: number;
  readonly upgradeAgainMsMin: number;
  readonly upgradeAgainMsMax: number;

  /** One attempt to get through both routers, what is left of it when the other side has done its part, attempts in a row, and the pause between them. */
  readonly punchMsMax: number;
  readonly punchLastMsMax: number;
  readonly punchAttemptsMax: number;
  readonly punchAgainMs: number;

  /** Relays that we ask to be reached over. */
  readonly relaysUsedMax: number;
  /** Until a relay that refused us, or that we lost, is asked again. */
  readonly relayAgainMs: number;
  /** STUN answers, to all and to one host. */
  readonly stunPerSecondMax: number;
  readonly stunPerHostPerSecond: number;
  /** Peers that are asked how our router shows us, how long their answers are awaited, and until those missing are asked again. */
  readonly natProbePlacesMax: number;
  readonly natProbeMs: number;
  readonly natProbeAgainMs: number;
  /** What a relay grants: peers that are reached over it, for how long, and how many of one network address. */
  readonly relayReservationsMax: number;
  readonly relayReservationMs: number;
  readonly relayReservationsPerAddressMax: number;
  /** Connections that go through it, in all and of one peer. */
  readonly relayConnectionsMax: number;
  readonly relayConnectionsPerPeerMax: number;
  /** Of one relayed connection; libp2p's 120 s and 128 KiB end a chat that is just beginning. */
  readonly relayConnectionMsMax: number;
  readonly relayConnectionBytesMax: number;

  /** Keys of ours; beyond that the last ones are neither provided nor looked for. */
  readonly meetKeysMax: number;
  readonly meetKeysAtOnceMax: number;
  /** From something new to the round that looks for it; and, where others are met already, up to three times the later one. */
  readonly meetSoonMs: number;
  readonly meetLaterMs: number;
  /** Rounds for new peers are apart by this, and twice as much each time. */
  readonly meetGapMsMin: number;
  readonly meetGapMsMax: number;
  readonly meetLaterGapMsMin: number;
  /** A round at least this often, give or take a quarter. */
  readonly meetIntervalMs: number;

  /** Addresses that we dial because strangers ask whether they can be dialled. */
  readonly dialBacksPerMinuteMax: number;
  /** From the start to the first word with a router, how long one is looked for, and between two calls for one. */
  readonly mappingDelayMs: number;
  readonly mappingSearchMs: number;
  readonly mappingSearchAgainMs: number;
  /** From one search in vain, or a refusal, to the next. */
  readonly mappingAgainMs: number;
  /** For how long a router leads a port to us, how often it is told to go on, and how long it may take to end. */
  readonly mappingLeaseS: number;
  readonly mappingRenewMs: number;
  readonly mappingStopMs: number;
  /** Ports that are led to us, ports that are tried for one, and our addresses that we look for a router from. */
  readonly mappingsMax: number;
  readonly mappingTriesMax: number;
  readonly mappingOwnsMax: number;
  /** Of those that pretend to be one, whom we ask; how long an answer may take, and how long it may be. */
  readonly gatewaysTriedMax: number;
  readonly gatewayAnswerMs: number;
  readonly gatewayAnswerBytesMax: number;

  /** Records of other peers that Kademlia keeps, in all, under one key, and of one peer. */
  readonly kadRecordsMax: number;
  readonly kadRecordsPerKeyMax: number;
  readonly kadRecordsPerPeerMax: number;
  readonly kadRecordMs: number;
  readonly kadAddressesMax: number;
  /** To how many peers a record goes, and how many are asked at once. */
  readonly kadCloseMax: number;
  readonly kadAskedAtOnceMax: number;
  readonly kadQueryMs: number;
  readonly kadAnswerMs: number;
  /** From the loading to the first look around where we are ourselves, and from each to the next. */
  readonly kadFirstRefreshMs: number;
  readonly kadRefreshMs: number;
  readonly kadPeersWaitingMax: number;
  /** What one connection may ask. */
  readonly kadStreamsAtOnceMax: number;
  readonly kadStreamsBurst: number;
  readonly kadStreamsPerSecond: number;
  readonly kadBytesBurst: number;
  readonly kadBytesPerSecond: number;

  readonly discoveredPerMinuteMax: number;
  readonly strangersIntervalMs: number;
  readonly watchIntervalMs: number;
  /** A wall clock that differs so much from the interval means that the machine slept or its clock was set. */
  readonly clockJumpMs: number;
  readonly knownPeersMax: number;
  /** What stop() grants to frames that are still queued. */
  readonly stopGraceMs: number;
  readonly stopMs: number;
}

export const NETWORK_LIMITS: NetworkLimits = {
  frameBytesMax: LIMITS.frameBytesMax,
  sendQueueBytesHigh: LIMITS.sendQueueBytesHigh,
  sendQueueBytesMax: LIMITS.sendQueueBytesMax,
  writeBytesTarget: 65_536,

  dialTimeoutMs: 4_500,
  dialStaggerMs: 250,
  dialAddressesMax: 8,
  dialsRunningMax: 16,
  dialsWaitingMax: 1_024,

  connectionsMax: 320,
  inboundPendingMax: 1_024,
  inboundPerHostPerSecond: 400,
  upgradeTimeoutMs: 2_500,
  linkTimeoutMs: 5_000,
  moveMsMax: 15_000,
  hangUpMs: 1_000,
  bansPerHostMax: 4,
  bansPerLoopbackMax: Infinity,
  bansHalfLifeMs: 600_000,
  streamsPerConnectionMax: 64,
  streamWindowBytesMax: 4_194_304,

  webSocketMessageBytesMax: 8_388_608,

  announcedMax: 20,
  announcedPerRelayMax: 2,

  upgradeMsMax: 12_000,
  upgradeAgainMsMin: 500,
  upgradeAgainMsMax: 300_000,

  punchMsMax: 5_000,
  punchLastMsMax: 1_500,
  punchAttemptsMax: 2,
  punchAgainMs: 250,

  relaysUsedMax: 2,
  relayAgainMs: 30_000,
  stunPerSecondMax: 1_024,
  stunPerHostPerSecond: 64,
  natProbePlacesMax: 4,
  natProbeMs: 3_000,
  natProbeAgainMs: 500,
  relayReservationsMax: 256,
  relayReservationMs: 3_600_000,
  relayReservationsPerAddressMax: 32,
  relayConnectionsMax: 512,
  relayConnectionsPerPeerMax: 32,
  relayConnectionMsMax: 1_800_000,
  relayConnectionBytesMax: 67_108_864,

  meetKeysMax: LIMITS.meetKeysMax,
  meetKeysAtOnceMax: 2,
  meetSoonMs: 500,
  meetLaterMs: 30_000,
  meetGapMsMin: 1_000,
  meetGapMsMax: 60_000,
  meetLaterGapMsMin: 60_000,
  meetIntervalMs: 600_000,

  dialBacksPerMinuteMax: 60,
  mappingDelayMs: 5_000,
  mappingSearchMs: 5_000,
  mappingSearchAgainMs: 1_000,
  mappingAgainMs: 120_000,
  mappingLeaseS: 3_600,
  mappingRenewMs: 600_000,
  mappingStopMs: 500,
  mappingsMax: 4,
  mappingTriesMax: 4,
  mappingOwnsMax: 8,
  gatewaysTriedMax: 4,
  gatewayAnswerMs: 3_000,
  gatewayAnswerBytesMax: 65_536,

  kadRecordsMax: 16_384,
  kadRecordsPerKeyMax: 64,
  kadRecordsPerPeerMax: 512,
  kadRecordMs: 3_600_000,
  kadAddressesMax: 8,
  kadCloseMax: 8,
  kadAskedAtOnceMax: 2,
  kadQueryMs: 20_000,
  kadAnswerMs: 10_000,
  kadFirstRefreshMs: 60_000,
  kadRefreshMs: 900_000,
  kadPeersWaitingMax: 64,
  kadStreamsAtOnceMax: 16,
  kadStreamsBurst: 512,
  kadStreamsPerSecond: 16,
  kadBytesBurst: 262_144,
  kadBytesPerSecond: 32_768,

  discoveredPerMinuteMax: 256,
  strangersIntervalMs: 1_000,
  watchIntervalMs: 3_000,
  clockJumpMs: 10_000,
  knownPeersMax: 1_024,
  stopGraceMs: 250,
  stopMs: 900,
};
