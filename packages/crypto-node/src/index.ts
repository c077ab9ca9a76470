export { createNodeSuite } from './suite.ts';
