// What the command may use of the full-screen face.

export { openFullScreen } from './open.ts';
export type { OpenedScreen, OpenOptions } from './open.ts';
