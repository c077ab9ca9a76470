// All that the screen shows and does not read anew for every frame, as one value.

import type { Person, SessionName, SessionSummary } from '@parley/client';
import { lobbyName } from '@parley/client';
import { emptyEditor } from '../editor/editor.ts';
import type { Editor } from '../editor/editor.ts';
import type { Completion } from './completion.ts';
import type { Mode } from './mode.ts';
import { emptyScrollback } from './scrollback.ts';
import type { Scrollback } from './scrollback.ts';

export interface State {
  readonly columns: number;
  readonly rows: number;
  /** The window has the focus, as far as the terminal tells. */
  readonly focused: boolean;
  readonly current: SessionName;
  /** Where one was before. */
  readonly last: SessionName | null;
  readonly sessions: readonly SessionSummary[];
  /** Of the current session. */
  readonly people: readonly Person[];
  /** Sessions where someone said our name unseen. */
  readonly mentions: ReadonlySet<SessionName>;
  readonly scrollbacks: ReadonlyMap<SessionName, Scrollback>;
  readonly editors: ReadonlyMap<SessionName, Editor>;
  readonly showsSessions: boolean;
  readonly showsPeople: boolean;
  readonly mode: Mode;
  readonly completion: Completion | null;
  /** The line that a search led to. */
  readonly found: string | null;
  readonly ownName: string;
  /** How we are connected, in words. */
  readonly connection: string;
}

export function initialState(columns: number, rows: number): State {
  return {
    columns,
    rows,
    focused: true,
    current: lobbyName,
    last: null,
    sessions: [],
    people: [],
    mentions: new Set(),
    scrollbacks: new Map(),
    editors: new Map(),
    showsSessions: true,
    showsPeople: true,
    mode: { kind: 'typing' },
    completion: null,
    found: null,
    ownName: '',
    connection: '',
  };
}

export function scrollbackOf(state: State, session: SessionName): Scrollback {
  return state.scrollbacks.get(session) ?? emptyScrollback;
}

export function withScrollback(state: State, session: SessionName, back: Scrollback): State {
  if (state.scrollbacks.get(session) === back) return state;
  return { ...state, scrollbacks: new Map(state.scrollbacks).set(session, back) };
}

export function editorOf(state: State): Editor {
  return state.editors.get(state.current) ?? emptyEditor();
}

export function withEditor(state: State, editor: Editor): State {
  return { ...state, editors: new Map(state.editors).set(state.current, editor) };
}

export function currentSummary(state: State): SessionSummary | undefined {
  return state.sessions.find(({ session }) => session === state.current);
}

/** What a session calls for: nothing, messages, private messages, or someone who said our name. */
export type Level = 'none' | 'message' | 'private' | 'mention';

export function levelOf(state: State, { session, unread, kind }: SessionSummary): Level {
  if (unread === 0) return 'none';
  if (state.mentions.has(session)) return 'mention';
  return kind === 'private' ? 'private' : 'message';
}

const ranks: Readonly<Record<Level, number>> = { none: 0, message: 1, private: 2, mention: 3 };

/** The session to look at next: of the highest level, the first; null where nothing is new. */
export function nextActive(state: State): SessionName | null {
  const others = state.sessions.filter(({ session }) => session !== state.current);
  let best: SessionSummary | null = null;
  for (const each of others) {
    const rank = ranks[levelOf(state, each)];
    if (rank > (best === null ? 0 : ranks[levelOf(state, best)])) best = each;
  }
  return best?.session ?? null;
}

/** The neighbour in the list, around its ends. */
export function neighbourOf(state: State, by: 1 | -1): SessionName {
  const { sessions, current } = state;
  const at = sessions.findIndex(({ session }) => session === current);
  const next = sessions[(Math.max(0, at) + by + sessions.length) % Math.max(1, sessions.length)];
  return next?.session ?? current;
}
