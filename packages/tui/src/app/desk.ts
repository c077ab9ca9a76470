// What the actions of a face share: the state, the means to change it, and what lies around it.

import type { Client, CommandTools, SessionName } from '@parley/client';
import type { Config } from '../config/config.ts';
import type { Tone, Presence } from '../model/item.ts';
import { noted } from '../model/scrollback.ts';
import type { State } from '../model/state.ts';
import { scrollbackOf, withScrollback } from '../model/state.ts';
import type { Look } from '../render/look.ts';
import type { Keymap } from '../input/keymap.ts';

export interface Desk {
  state: State;
  look: Look;
  config: Config;
  keymap: Keymap;
  readonly client: Client;
  readonly tools: CommandTools;
  /** A person looks at this session now; null: at none. */
  readonly attend: (session: SessionName | null) => void;
  /** Leaves the program in order. */
  readonly onQuit: () => void;
  /** Ctrl-c: the second time at once. */
  readonly onInterrupt: () => void;
  readonly suspend: () => void;
  readonly redraw: () => void;
  /** Reads the configuration again; null: without complaint. */
  readonly reload: () => string | null;
}

/** A note at the end of a session's scrollback. */
export function note(
  desk: Desk,
  session: SessionName,
  told: { readonly tone: Tone; readonly text: string; readonly presence?: readonly Presence[] },
): void {
  const { tone, text, presence = [] } = told;
  const atMs = desk.tools.nowMs();
  const back = noted(scrollbackOf(desk.state, session), { tone, text, presence, atMs });
  desk.state = withScrollback(desk.state, session, back);
}

export function noteHere(desk: Desk, tone: Tone, text: string): void {
  note(desk, desk.state.current, { tone, text });
}
