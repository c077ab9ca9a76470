// What other packages may use of core.

export type { ConversationId, ChainKey, DeviceKey, EntryId, IdentityKey, PeerId } from './brand.ts';
export { LIMITS } from './limits.ts';
export { NetworkError, StoreError } from './ports.ts';
export type {
  ChainRecord,
  ConversationCount,
  DialFailure,
  DialTarget,
  Network,
  NetworkEvent,
  NetworkPath,
  OrderKey,
  RememberedPeer,
  SearchHit,
  Store,
  StoredEntry,
  StoredProof,
  WindowQuery,
  Write,
} from './ports.ts';
export type { Result } from './result.ts';
export { fail, ok } from './result.ts';
