import { createNodeSuite } from '@parley/crypto-node';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { TAGS } from '../src/crypto/tagged.ts';
import { lobbyId } from '../src/room/lobby.ts';

it('the lobby is named by its tagged hash', () => {
  const expected = createHash('sha256').update('parley/room/1\0lobby').digest('hex');
  expect(lobbyId(createNodeSuite())).toBe(expected);
});

it('no tag begins another', () => {
  const tags = Object.values(TAGS).map((tag) => Buffer.from(tag).toString());
  for (const one of tags) {
    expect(tags.filter((other) => other.startsWith(one))).toEqual([one]);
    expect(one).toMatch(/^parley\/[a-z-]+\/1\0$/u);
  }
});
