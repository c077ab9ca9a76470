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
export { FakeClient, FakeView, ownIdentity, personOf } from './fake-client.ts';
export type { LineWish } from './fake-client.ts';
