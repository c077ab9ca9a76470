// Core's Store port on node:sqlite, and the lock that keeps a second process out of a profile.

export { lockProfile } from './lock.ts';
export type { ProfileLock } from './lock.ts';
export { openStore } from './open.ts';
export type { SqliteStore, StoreOptions } from './open.ts';
