export { createMlsSessionCrypto } from './session-crypto.ts';
