// What every component is given beside the state: colours, the clock of this place, and what people are called now.

import type { Person } from '@parley/client';
import { sanitise } from '@parley/client';
import type { IdentityKey } from '@parley/core';
import type { Painter } from '../style/painter.ts';

export interface Look {
  readonly painter: Painter;
  /** False where nothing but ASCII can be shown. */
  readonly unicode: boolean;
  /** "10:23" */
  readonly clock: (ms: number) => string;
  /** "Sunday, 22 November 2026" */
  readonly day: (ms: number) => string;
  /** As this terminal can show it, without control characters. */
  readonly shown: (text: string) => string;
}

/** How a text without its control characters looks where nothing but ASCII can be shown. */
export function shownIn(unicode: boolean): Look['shown'] {
  return unicode ? sanitise : (text) => sanitise(text).replaceAll(/[^\x20-\x7e]/gu, '?');
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

export function dayText(ms: number): string {
  return dayFormat.format(ms);
}

/** What they are called now, also in what they said before they changed their name. */
export function labelsOf(people: readonly Person[]): ReadonlyMap<IdentityKey, string> {
  return new Map(people.map(({ identity, label }) => [identity, label]));
}
