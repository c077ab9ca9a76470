// Which line a receipt is for, where not every entry says one.

import type { Arrived, ChainKey, Conversation, IdentityKey, Line, PeerState } from '@parley/core';
import { describe, expect, it } from 'vitest';
import { Receipts } from '../src/receipts.ts';

const SELF = 'a'.repeat(64) as IdentityKey;
const CHAIN = 'c'.repeat(80) as ChainKey;
const conversation = { own: CHAIN } as Conversation;

function entry(seq: number, ...lines: readonly Line[]): Arrived {
  const header = { conversation: 'd'.repeat(64), chain: CHAIN, seq };
  return {
    entry: { id: `entry ${seq}`, header },
    lines,
    identity: SELF,
    late: false,
  } as unknown as Arrived;
}

const said: Line = { type: 'say', text: 'x' };

function receipts(...arrived: readonly Arrived[]): Receipts {
  const all = new Receipts({ self: { identity: SELF } } as PeerState);
  all.arrived(arrived, 1);
  return all;
}

describe('a receipt', () => {
  it('is for the last line that is said in what is held', () => {
    const all = receipts(entry(0, said, said), entry(1, said));
    expect(all.lineAt(conversation, 1)).toBe('entry 0.1');
    expect(all.lineAt(conversation, 2)).toBe('entry 1.0');
  });

  it('is for the line before, where news of other kinds came after it', () => {
    const all = receipts(entry(0, said), entry(1, { type: 'nick', name: 'anna' }));
    expect(all.lineAt(conversation, 2)).toBe('entry 0.0');
    // Entries of a private session that say no line never come here at all.
    expect(all.lineAt(conversation, 3)).toBe('entry 0.0');
  });

  it('is for no line where none was said in this run', () => {
    expect(receipts().lineAt(conversation, 3)).toBeNull();
    expect(receipts(entry(5, said)).lineAt(conversation, 5)).toBeNull();
  });
});
