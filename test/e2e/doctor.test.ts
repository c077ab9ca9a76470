// parley doctor: says what is wrong and what to do, exits 1 where something is bad, and asks the parley that runs.

import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from './peer.ts';

afterEach(endAll);

interface Finding {
  readonly about: string;
  readonly level: string;
  readonly text: string;
  readonly advice: string | null;
}

interface Visit {
  readonly code: number | null;
  readonly findings: readonly Finding[];
}

async function visit(home: string, ...args: readonly string[]): Promise<Visit> {
  const own = ['doctor', '--json', '--no-discovery', ...args];
  const doctor = new Peer({ home, args: own, waitMsMax: 20_000 });
  const { code } = await doctor.endInput();
  const [{ findings = [] } = {}] = doctor.objects as { findings?: Finding[] }[];
  return { code, findings };
}

function about({ findings }: Visit, what: string): readonly Finding[] {
  return findings.filter((each) => each.about === what);
}

describe('parley doctor', { timeout: 60_000 }, () => {
  it('works where there is no profile, and makes none', async () => {
    const home = join(newHome(), 'none');
    const found = await visit(home, '--listen', '127.0.0.1:0');
    expect(found.code).toBe(0);
    expect(about(found, 'process')[0]?.text).toContain('no parley runs on it');
    expect(about(found, 'listening')[0]?.text).toContain('this machine only');
    expect(about(found, 'peers')[0]).toMatchObject({ level: 'warn' });
    expect(existsSync(home)).toBe(false);
  });

  it('is told by a peer that it dials how things look from there', async () => {
    const rock = await startJson('rock');
    const home = newHome();
    const listen = ['--listen', '127.0.0.1:0'];
    const found = await visit(
      home,
      ...listen,
      '--connect',
      rock.address,
      '--connect',
      '127.0.0.1:1',
    );
    expect(found.code).toBe(0);
    expect(about(found, 'NAT')[0]?.text).toBe('none: others see an address of this machine');
    expect(about(found, 'peers')[0]?.text).toMatch(/^1 link; .* 2 dials, 1 failed/u);
    expect(about(found, 'dial')[0]).toMatchObject({ level: 'warn' });
    expect(about(found, 'dial')[0]?.text).toContain('127.0.0.1:1');
  });

  it('asks the parley that runs on the profile', async () => {
    const [anna, bobby] = [await startJson('anna'), await startJson('bobby')];
    anna.command(`\\connect ${bobby.address}`);
    await anna.object('peer');
    const found = await visit(anna.home);
    expect(found.code).toBe(0);
    expect(about(found, 'process')[0]?.text).toContain('a parley runs on it');
    expect(about(found, 'listening')[0]?.text).toContain(anna.address);
    expect(about(found, 'peers')[0]).toMatchObject({ level: 'ok' });
    expect(about(found, 'clock')[0]?.text).toContain('1 peer');
  });

  it('exits 1 where others may read the key, and says how to end that', async () => {
    const anna = await startJson('anna');
    await anna.end('SIGTERM');
    chmodSync(join(anna.home, 'keys.json'), 0o644);
    const found = await visit(anna.home, '--listen', '127.0.0.1:0');
    expect(found.code).toBe(1);
    const [profile] = about(found, 'profile');
    expect(profile).toMatchObject({ level: 'bad' });
    expect(profile?.advice).toContain("chmod go= '");
  });

  it('exits 1 where it cannot listen as it was asked to', async () => {
    const rock = await startJson('rock');
    const found = await visit(newHome(), '--listen', rock.address);
    expect(found.code).toBe(1);
    expect(about(found, 'listening')[0]?.text).toContain(rock.address);
  });
});
