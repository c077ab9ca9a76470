export { secretFromPassphrase } from './passphrase.ts';
export { createNodeSuite } from './suite.ts';
