export { countingSuite, createFakeSuite } from './fake-suite.ts';
export type { SuiteCalls } from './fake-suite.ts';
export {
  beginChain,
  bytes32,
  extendChain,
  hex32,
  hlc,
  line,
  lineText,
  lines,
  name,
  signedChain,
} from './generators.ts';
export type { Author, ChainOptions, SignedChain } from './generators.ts';
export { MemoryDisk } from './memory-store.ts';
export type { MemoryDiskOptions, MemoryStore } from './memory-store.ts';
export { FakeClient } from './fake-client.ts';
export type { LineWish } from './fake-client.ts';
export { FakeView, ownIdentity, personOf, privateSummary } from './fake-view.ts';
export { createFakeSessionCrypto } from './fake-session-crypto.ts';
export type { FakeSessionCryptoOptions } from './fake-session-crypto.ts';
export { MemoryHub } from './memory-network.ts';
export type { MemoryNetwork } from './memory-network.ts';
export { networkContract } from './network-contract.ts';
export type { NetworkClaim, NetworkHarness, SilentPeer } from './network-claim.ts';
export { limitsIn } from './promised-limits.ts';
export { RecordedNetwork } from './network-recorder.ts';
export type { SessionCryptoClaim } from './session-crypto-claim.ts';
export { sessionCryptoContract } from './session-crypto-contract.ts';
export { SessionMember, must, pairOf, refused, sessionOf, textOf } from './session-party.ts';
export type { SessionCryptoHarness } from './session-party.ts';
export { storeContract } from './store-contract.ts';
export {
  ALL_BYTES,
  TestChain,
  chainOf,
  newConversation,
  newEntryId,
  sealedChain,
} from './store-entries.ts';
export type { EntryOptions } from './store-entries.ts';
export type { MakeStore, StoreUnderTest } from './store-under-test.ts';
export type { WorkerClaim } from './worker-claim.ts';
export { workerContract } from './worker-contract.ts';
export { WorkerPerson, WrittenChain } from './worker-person.ts';
