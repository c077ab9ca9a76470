// What the command may use of the full-screen face.

export { openFullScreen } from './open.ts';
export type { OpenedScreen, OpenOptions } from './open.ts';
export { TUI_LIMITS } from './limits.ts';
export { NodeTerminal } from './output/node-terminal.ts';
export type { Terminal } from './output/terminal.ts';
