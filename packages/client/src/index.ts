// What faces may use of client.

export type {
  Attempt,
  BlockRefusal,
  Change,
  Client,
  Connection,
  ExportedRun,
  ForkRefusal,
  Gap,
  HistoryPage,
  HistoryRange,
  InviteRefusal,
  JoinRefusal,
  LinePage,
  LinePlace,
  PageRange,
  Person,
  Rooms,
  SayReason,
  SessionName,
  SessionStatus,
  SessionSummary,
  Settled,
  SettingRefusal,
  ShownLine,
  View,
  WrittenInvite,
} from './api.ts';
export { readAddress } from './address.ts';
export { inviteReasonText } from './invite-text.ts';
export { createClient } from './client.ts';
export { newCounters } from './counters.ts';
export type { Counters } from './counters.ts';
export { clockFinding } from './diagnosis/clock-finding.ts';
export { finding, findingLines } from './diagnosis/finding.ts';
export type { Finding } from './diagnosis/finding.ts';
export { networkFindings } from './diagnosis/network-findings.ts';
export type { Figures } from './figures.ts';
export type { LoadSessionCrypto } from './workshop.ts';
export type { ClientOptions } from './options.ts';
export { agoText, durationText, periodMs } from './commands/duration.ts';
export { counted } from './commands/columns.ts';
export {
  findSession,
  sessionNamed,
  lobbyName,
  peopleAround,
  placeText,
  sessionMissText,
} from './commands/lookup.ts';
export type { SessionMatch } from './commands/lookup.ts';
export { nearest } from './commands/nearest.ts';
export type { CommandCode, CommandOutcome, CommandSpec, CommandTools } from './commands/outcome.ts';
export { messageOf, purposeOf, runCommand, runTyped } from './commands/run.ts';
export { sayReasonText, tooLongText } from './commands/say.ts';
export { forkMark } from './commands/sessions.ts';
export { commandTable } from './commands/table.ts';
export { sanitise, sanitiseLines } from './sanitise.ts';
export { drawCode, smallCodeText } from './qr.ts';
export type { CharacterRoom, DrawnCode } from './qr.ts';
export { Loop } from './loop.ts';
export type { Audience, LoopPorts, Scheduler } from './loop.ts';
export { systemScheduler } from './system-scheduler.ts';
export { clockText, dateText } from './time-text.ts';
export {
  Fields,
  oneOf,
  text as settingText,
  textOf,
  textsOf,
  truth as settingTruth,
} from './settings/fields.ts';
export { parseJsonc } from './settings/jsonc.ts';
export type { Complaint, Node as SettingNode } from './settings/jsonc.ts';
export { readHostAndPort, readListenAddress } from './settings/listen-address.ts';
export {
  changedSettings,
  peerSettingPlaces,
  readPeerSettings,
  screenSettingNames,
  settingNames,
  usualSettings,
} from './settings/peer-settings.ts';
export type { LogLevel, PeerSettings } from './settings/peer-settings.ts';
export { complaintText } from './settings/settings-file.ts';
export type { ReadSettingsFile, SettingsFile } from './settings/settings-file.ts';
