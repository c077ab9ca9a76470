// What other packages may use of core.

export type { ConversationId, ChainKey, DeviceKey, EntryId, IdentityKey, PeerId } from './brand.ts';
export { fromBase32, normaliseBase32, toBase32 } from './bytes/base32.ts';
export { toBase58 } from './bytes/base58.ts';
export { compareBytes, concatBytes, equalBytes } from './bytes/compare.ts';
export { fromHex, toHex } from './bytes/hex.ts';
export { decodeUtf8, encodeUtf8, utf8Length } from './bytes/utf8.ts';
export { decode, defaultCborLimits, encode, encodedSize } from './codec/cbor.ts';
export type { CborLimits, CborValue } from './codec/cbor.ts';
export {
  isBool,
  isBytes,
  isBytesUpTo,
  isList,
  isListOf,
  isText,
  isTuple,
  isUint,
} from './codec/fields.ts';
export { CborReader } from './codec/reader.ts';
export type { CborReason } from './codec/reader.ts';
export type { AeadKey, Suite } from './crypto/suite.ts';
export { TAGS, tag, taggedHash, taggedHashHex } from './crypto/tagged.ts';
export { makeCertificate, readCertificate, restoreCertificate } from './identity/certificate.ts';
export type { Certificate, CertificateReason } from './identity/certificate.ts';
export { findByLabel, labelOf, skeletonOf } from './identity/labels.ts';
export type { LabelMatch } from './identity/labels.ts';
export { LABEL_SEPARATOR, checkName, nameFromKey, nameReasonText } from './identity/name.ts';
export type { NameReason } from './identity/name.ts';
export { safetyWords, safetyWordsOf } from './identity/safety-words.ts';
export { shortKey, shortKeySuffix } from './identity/short-key.ts';
export { chainKeyOf, deviceOf } from './log/chain-key.ts';
export type { Entry, Header, Hlc, Line } from './log/entry.ts';
export { encodeForkProof, makeForkProof, verifyForkProof } from './log/fork-proof.ts';
export type { ForkProof, ForkProofReason, RunParts } from './log/fork-proof.ts';
export { decodeHeader, encodeHeader } from './log/header.ts';
export type { HeaderFields, HeaderReason } from './log/header.ts';
export { compareHlc, maxHlc, nextHlc } from './log/hlc.ts';
export {
  LINE_TYPE,
  checkLineText,
  decodeLines,
  encodeLines,
  encodedLineBytes,
  joinLines,
} from './log/line.ts';
export type { LineReason } from './log/line.ts';
export { compareOrder, orderKeyOf } from './log/order.ts';
export type { OrderKey } from './log/order.ts';
export { restoreEntry } from './log/restore.ts';
export type { EntryRow } from './log/restore.ts';
export { encodeRun, verifyRun } from './log/run.ts';
export type { KnownCertificate, RunReason, VerifiedRun } from './log/run.ts';
export { SIGNATURE_BYTES, bytesOf } from './log/size.ts';
export { entryIdOf, payloadHashOf, sealEntry, signedMessage } from './log/seal.ts';
export type { SealFields } from './log/seal.ts';
export { hostBlockOf } from './peer/host-block.ts';
export { LOBBY, checkRoomName, lobbyId, roomId, roomNameReasonText } from './room/room.ts';
export type { Room, RoomKey, RoomNameReason } from './room/room.ts';
export { decodeInvite, encodeInvite, isInviteText } from './room/invite.ts';
export type { Invite, InviteField, InviteReason, Inviter } from './room/invite.ts';
export { LIMITS } from './limits.ts';
export { emptyNetworkReport } from './network-report.ts';
export type {
  DhtReport,
  ListenReport,
  MdnsReport,
  NatReport,
  NetworkCounters,
  NetworkReport,
  RelayReport,
  RelayReservation,
  UpnpReport,
} from './network-report.ts';
export { NetworkError, StoreError } from './ports.ts';
export type {
  ChainRecord,
  ConversationCount,
  DialFailure,
  DialTarget,
  OldEntries,
  OldQuery,
  Network,
  NetworkEvent,
  NetworkPath,
  RememberedPeer,
  RunQuery,
  SearchHit,
  Store,
  StoredEntry,
  StoredProof,
  StoredValue,
  WindowQuery,
  Write,
} from './ports.ts';
export type { Result } from './result.ts';
export { fail, ok } from './result.ts';
export { meetDays, meetKey } from './peer/meet.ts';
export { openPeer } from './peer/open.ts';
export type { OpenOptions, PeerMemory } from './peer/open.ts';
export type { Target } from './peer/links.ts';
export type {
  Conversation,
  ConversationKind,
  Neighbour,
  PeerState,
  Setting,
  Settings,
} from './peer/state.ts';
export { hasRoomForRoom } from './peer/rooms.ts';
export { isHeardStill } from './peer/private/people.ts';
export { firstOutputs, nextWakeMs, step } from './peer/step.ts';
export type { Arrived, Input, Now, Output, PeerEvent } from './peer/step-types.ts';
export { crossingWith, leaderOf, peopleOf, sessionWith } from './session/label.ts';
export { hasRoomForSession } from './session/memory.ts';
export type { Session } from './session/state.ts';
export { decodeContent, encodeContent } from './session/content.ts';
export type { Content, ContentReason, DecodedContent } from './session/content.ts';
export {
  contactAad,
  decodeEnvelope,
  encodeEnvelope,
  envelopeAad,
  makeContact,
  readContact,
} from './session/envelope.ts';
export type { ContactReason, Envelope, EnvelopeReason } from './session/envelope.ts';
export { decodeFrames, encodeFrames, packFrames } from './session/frames.ts';
export type { Frame, FramesReason } from './session/frames.ts';
export {
  directoryId,
  exporterId,
  exporterValueKey,
  exporterValuePrefix,
  groupIdOf,
  groupValueKey,
  inboxId,
  inboxPeriod,
  packageValueKey,
  readerValueKey,
  sessionIdFrom,
} from './session/names.ts';
export {
  countsUpTo,
  isPresent,
  mergeRosters,
  newRoster,
  presentIn,
  sameRoster,
  withMember,
  withoutMember,
} from './session/roster.ts';
export type { Membership, SessionRoster } from './session/roster.ts';
export { Vouchers } from './session/vouchers.ts';
export { performWork } from './session/worker.ts';
export type { WorkTools } from './session/work-tools.ts';
export type {
  Ask,
  Contact,
  ContactOpened,
  ExporterName,
  MakePackages,
  Newcomer,
  NewcomerReason,
  OpenContact,
  PackagesMade,
  Read,
  ReadEvent,
  ReadThrough,
  SealedContact,
  Speak,
  Spoken,
  SpokenPayload,
  Work,
  WorkFailed,
  WorkResult,
} from './session/work-types.ts';
export type {
  Addition,
  Credential,
  GroupOptions,
  InboxKey,
  JoinOptions,
  Joined,
  KeyPackageContent,
  KeyPackageOptions,
  Lifetime,
  NewKeyPackage,
  OpenSealedOptions,
  Outgoing,
  Psk,
  ReadOptions,
  Reading,
  Roster,
  SealOptions,
  SessionCrypto,
  SessionCryptoReason,
  SessionCryptoResult,
  Signer,
  Vouch,
} from './session/session-crypto.ts';
export type { Want } from './sync/message.ts';
export { MESSAGE_TYPES, encodeMessage } from './sync/message.ts';
export type { Bar } from './peer/bars.ts';
export { barOn, isBlocked } from './peer/bars.ts';
export { isRoom } from './peer/conversation.ts';
export type { GuardLimits } from './peer/guard.ts';
export { gapsOf, holdersOf, namesIn, neighboursIn, statusOf } from './view/status.ts';
export type { ChainGap, ConversationStatus } from './view/status.ts';
export { linesOf } from './view/lines.ts';
