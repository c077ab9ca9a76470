// What doctor says: each state has its words, what is wrong has advice, and a clock is judged by the median.

import { clockFinding, findingLines, networkFindings } from '@parley/client';
import type { Finding } from '@parley/client';
import { emptyNetworkReport } from '@parley/core';
import type { ListenReport, NetworkReport, PeerId } from '@parley/core';
import { describe, expect, it } from 'vitest';

const empty = emptyNetworkReport();

function found(report: Partial<NetworkReport>, about: string, links = 1): Finding {
  const finding = networkFindings({ ...empty, ...report }, links).find(
    (each) => each.about === about,
  );
  if (finding === undefined) throw new Error(`nothing is said about ${about}`);
  return finding;
}

function listening(own: Partial<ListenReport>): Finding {
  const usual = {
    address: '5.6.7.8:4747',
    reach: 'public',
    dialled: 'unknown',
    saidBy: null,
    reason: 'nobody-to-ask',
  } as const;
  return found({ listen: [{ ...usual, ...own }] }, 'listening');
}

describe('what doctor says of the network', () => {
  it('names for each address who could dial it, and what to do where nobody can', () => {
    const said = { dialled: 'yes', saidBy: '12D3rock' as PeerId, reason: 'dialled-back' } as const;
    expect(listening(said)).toMatchObject({ level: 'ok', advice: null });
    expect(listening(said).text).toBe('5.6.7.8:4747: others can dial it, says 12D3rock');
    const no = listening({ dialled: 'no', reason: 'dial-back-failed' });
    expect(no.level).toBe('warn');
    expect(no.advice).toContain('firewall');
    expect(listening({ reason: 'asking-off' }).text).toContain('switched off');
    expect(listening({ reach: 'lan', dialled: 'yes' }).text).toContain('others have dialled it');
    expect(listening({ reach: 'loopback' }).text).toContain('this machine only');
  });

  it('warns of no address at all, of nobody linked, and of what a symmetric NAT means', () => {
    expect(found({}, 'listening').level).toBe('warn');
    expect(found({}, 'peers', 0)).toMatchObject({ level: 'warn' });
    expect(found({}, 'peers', 2)).toMatchObject({ level: 'ok' });
    const nat = { kind: 'symmetric', reason: 'different-seen', seenAs: ['9.9.9.9:1'] } as const;
    expect(found({ nat }, 'NAT')).toMatchObject({ level: 'warn' });
    expect(found({ nat }, 'NAT').text).toContain('9.9.9.9:1');
  });

  it.each([
    'switched-off',
    'not-needed',
    'looking',
    'mapped',
    'refused',
    'no-gateway',
    'double-nat',
  ] as const)('has words for UPnP: %s', (reason) => {
    const upnp = { state: 'off', reason, mapped: ['9.9.9.9:4747'] } as const;
    const isWrong = reason === 'refused' || reason === 'double-nat';
    expect(found({ upnp }, 'UPnP').level).toBe(isWrong ? 'warn' : 'ok');
    expect(found({ upnp }, 'UPnP').advice === null).toBe(!isWrong);
  });

  it('never calls anything wrong without saying what to do', () => {
    const reports: Partial<NetworkReport>[] = [
      {},
      { mdns: { state: 'failed', heard: 0, reason: 'no-multicast' } },
      { relay: { ...empty.relay, state: 'looking', reason: 'refused' } },
      { dht: { ...empty.dht, state: 'client', reason: 'not-reachable', peers: 3 } },
    ];
    for (const report of reports) {
      for (const { level, advice } of networkFindings({ ...empty, ...report }, 0))
        expect(level === 'ok' || advice !== null).toBe(true);
    }
  });
});

describe('what doctor says of the clock', () => {
  it('goes by the median, so that one wrong neighbour does not count', () => {
    expect(clockFinding([]).level).toBe('ok');
    expect(clockFinding([10, -20, 86_400_000]).level).toBe('ok');
    expect(clockFinding([90_000, 91_000, 0]).level).toBe('warn');
    expect(clockFinding([86_400_000])).toMatchObject({ level: 'bad' });
    expect(clockFinding([86_400_000]).text).toBe('1 d behind 1 peer');
    expect(clockFinding([-86_400_000]).text).toBe('1 d ahead of 1 peer');
  });
});

describe('findings as lines', () => {
  it('stand in columns, with the advice below', () => {
    const lines = findingLines([
      { about: 'a', level: 'ok', text: 'fine', advice: null },
      { about: 'long', level: 'bad', text: 'broken', advice: 'mend it' },
    ]);
    expect(lines).toEqual(['ok    a     fine', 'bad   long  broken', '            → mend it']);
  });
});
