// Who came and went, in a few words however many they are.

import type { Presence } from '../model/item.ts';
import { TUI_LIMITS } from '../limits.ts';

/** "bobby, carmen are here; dora is gone"; of someone who came and went and came, only how it ended. */
export function presenceText(presence: readonly Presence[]): string {
  const ended = new Map<string, Presence['event']>();
  for (const { name, event } of presence) {
    ended.delete(name);
    ended.set(name, event);
  }
  const came = [...ended].filter(([, event]) => event === 'came').map(([name]) => name);
  const went = [...ended].filter(([, event]) => event === 'went').map(([name]) => name);
  const parts: string[] = [];
  if (came.length > 0) parts.push(`${listed(came)} ${isOrAre(came)} here`);
  if (went.length > 0) parts.push(`${listed(went)} ${isOrAre(went)} gone`);
  return parts.join('; ');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, TUI_LIMITS.foldedNames).join(', ');
  const more = names.length - TUI_LIMITS.foldedNames;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function isOrAre(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}
