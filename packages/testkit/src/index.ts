export { countingSuite, createFakeSuite } from './fake-suite.ts';
export type { SuiteCalls } from './fake-suite.ts';
