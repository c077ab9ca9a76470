// What can be done by a key, which keys do it unless the configuration says otherwise, and what the key list says of it.

export const actionNames = [
  'send',
  'newline',
  'complete-next',
  'complete-previous',
  'left',
  'right',
  'word-left',
  'word-right',
  'line-start',
  'line-end',
  'up',
  'down',
  'history-previous',
  'history-next',
  'delete-left',
  'delete-right',
  'delete-word-left',
  'delete-word-right',
  'delete-to-start',
  'delete-to-end',
  'yank',
  'yank-previous',
  'transpose',
  'undo',
  'session-next',
  'session-previous',
  'session-active',
  'session-last',
  'session-0',
  'session-1',
  'session-2',
  'session-3',
  'session-4',
  'session-5',
  'session-6',
  'session-7',
  'session-8',
  'session-9',
  'page-up',
  'page-down',
  'scroll-up',
  'scroll-down',
  'scroll-end',
  'scroll-start',
  'scroll-unread',
  'search',
  'toggle-sessions',
  'toggle-people',
  'keys',
  'redraw',
  'cancel',
  'suspend',
  'quit',
] as const;

export type Action = (typeof actionNames)[number];
export type Keymap = ReadonlyMap<string, Action>;

export interface Binding {
  readonly keys: readonly string[];
  /** '' for what the list tells with another. */
  readonly help: string;
}

export const actions: Readonly<Record<Action, Binding>> = {
  send: { keys: ['enter'], help: 'send what is typed' },
  newline: { keys: ['alt-enter', 'ctrl-j'], help: 'a new line in the message' },
  'complete-next': { keys: ['tab'], help: 'complete a command, name or session; again: the next' },
  'complete-previous': { keys: ['shift-tab'], help: 'the completion before' },
  left: { keys: ['left', 'ctrl-b'], help: 'a character back' },
  right: { keys: ['right', 'ctrl-f'], help: 'a character on' },
  'word-left': { keys: ['alt-b', 'ctrl-left', 'alt-left'], help: 'a word back' },
  'word-right': { keys: ['alt-f', 'ctrl-right', 'alt-right'], help: 'a word on' },
  'line-start': { keys: ['home', 'ctrl-a'], help: 'to the start of the line' },
  'line-end': { keys: ['end', 'ctrl-e'], help: 'to the end of the line' },
  up: { keys: ['up'], help: 'a row up; in the first row: what was typed before' },
  down: { keys: ['down'], help: 'a row down; in the last row: what was typed after' },
  'history-previous': { keys: ['ctrl-up'], help: 'what was typed before' },
  'history-next': { keys: ['ctrl-down'], help: 'what was typed after' },
  'delete-left': { keys: ['backspace', 'ctrl-h'], help: 'delete the character before' },
  'delete-right': { keys: ['delete', 'ctrl-d'], help: 'delete the character under the cursor' },
  'delete-word-left': { keys: ['ctrl-w', 'alt-backspace'], help: 'cut the word before' },
  'delete-word-right': { keys: ['alt-d', 'alt-delete'], help: 'cut the word after' },
  'delete-to-start': { keys: ['ctrl-u'], help: 'cut to the start of the line' },
  'delete-to-end': { keys: ['ctrl-k'], help: 'cut to the end of the line' },
  yank: { keys: ['ctrl-y'], help: 'put back what was cut' },
  'yank-previous': { keys: ['alt-y'], help: 'after that: what was cut before' },
  transpose: { keys: ['ctrl-t'], help: 'exchange two characters' },
  undo: { keys: ['ctrl--', 'ctrl-_'], help: 'undo' },
  'session-next': { keys: ['ctrl-n'], help: 'the next session' },
  'session-previous': { keys: ['ctrl-p'], help: 'the session before' },
  'session-active': { keys: ['alt-a'], help: 'where something new is: mentions and private first' },
  'session-last': { keys: ['alt-tab', 'alt-/'], help: 'where you were before' },
  'session-0': { keys: ['alt-0'], help: 'session 0, the lobby; alt-1 to alt-9 likewise' },
  'session-1': { keys: ['alt-1'], help: '' },
  'session-2': { keys: ['alt-2'], help: '' },
  'session-3': { keys: ['alt-3'], help: '' },
  'session-4': { keys: ['alt-4'], help: '' },
  'session-5': { keys: ['alt-5'], help: '' },
  'session-6': { keys: ['alt-6'], help: '' },
  'session-7': { keys: ['alt-7'], help: '' },
  'session-8': { keys: ['alt-8'], help: '' },
  'session-9': { keys: ['alt-9'], help: '' },
  'page-up': { keys: ['pageup'], help: 'older lines' },
  'page-down': { keys: ['pagedown'], help: 'newer lines' },
  'scroll-up': { keys: ['shift-up', 'alt-up'], help: 'a row up' },
  'scroll-down': { keys: ['shift-down', 'alt-down'], help: 'a row down' },
  'scroll-end': { keys: ['ctrl-end', 'alt-end', 'alt->'], help: 'the newest line' },
  'scroll-start': { keys: ['ctrl-home', 'alt-home', 'alt-<'], help: 'the oldest line' },
  'scroll-unread': { keys: ['alt-u'], help: 'the first unread line' },
  search: { keys: ['ctrl-r'], help: 'search this session as you type; again: older' },
  'toggle-sessions': { keys: ['alt-s'], help: 'show or hide the sessions' },
  'toggle-people': { keys: ['alt-p'], help: 'show or hide the people' },
  keys: { keys: ['f1'], help: 'this list; also ? where nothing is typed' },
  redraw: { keys: ['ctrl-l'], help: 'draw the screen anew' },
  cancel: { keys: ['escape', 'ctrl-g'], help: 'close what is open' },
  suspend: { keys: ['ctrl-z'], help: 'back to the shell; fg goes on' },
  quit: { keys: ['ctrl-c'], help: 'leave; twice: at once' },
};

export function isAction(name: string): name is Action {
  return Object.hasOwn(actions, name);
}

/** `chosen` replaces the keys of the actions it names; a key it takes is taken from whatever had it. */
export function keymapOf(chosen: ReadonlyMap<Action, readonly string[]>): Keymap {
  const keymap = new Map<string, Action>();
  for (const action of actionNames) {
    if (chosen.has(action)) continue;
    for (const key of actions[action].keys) keymap.set(key, action);
  }
  for (const [action, keys] of chosen) for (const key of keys) keymap.set(key, action);
  return keymap;
}

/** The keys of an action, in the order in which they are to be shown. */
export function keysOf(keymap: Keymap, action: Action): readonly string[] {
  return [...keymap].filter(([, bound]) => bound === action).map(([key]) => key);
}
