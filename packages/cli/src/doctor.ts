// `parley doctor`: what works and what does not, and what to do about it; asks the parley that runs, if one does.

import { existsSync } from 'node:fs';
import { finding, findingLines } from '@parley/client';
import type { Finding } from '@parley/client';
import { StoreError } from '@parley/core';
import type { DialTarget } from '@parley/core';
import { LocalError, connectLocal } from '@parley/local-api';
import type { Context } from './context.ts';
import { ownNetworkFindings } from './doctor/own-network.ts';
import { nodeFinding, profileFindings } from './doctor/profile-findings.ts';
import { EXIT } from './failure.ts';
import { jsonLine } from './face/json-objects.ts';
import { profileDirectory, profileFiles } from './profile/home.ts';
import type { ProfileFiles } from './profile/home.ts';
import { chosenFor } from './profile/settings.ts';
import type { DoctorOptions } from './usage/invocation.ts';

/** Resolves when all is written and the process is to end. */
export async function doctor(options: DoctorOptions, context: Context): Promise<void> {
  const { adapters, env, out, ending } = context;
  const files = profileFiles(await profileDirectory(options.home, env));
  const { settings, complaints, fileComplaints } = await chosenFor(options, env);
  const broken = [...fileComplaints, ...complaints];
  const findings = [
    nodeFinding(process.versions.node),
    ...(await profileFindings(files, adapters)),
    ...broken.map((text) => finding('settings', 'warn', text, 'mend that line')),
  ];
  const running = await askRunning(files);
  if (running === null) {
    const addresses = [...settings.network.connect, ...options.connect];
    const typed = addresses.map((each) => ({ addresses: [each], peer: null, record: null }));
    const targets = [...typed, ...(await remembered(files, context))];
    findings.push(lockFinding(files, await adapters.storage()));
    findings.push(...(await ownNetworkFindings({ options, settings, targets }, context)));
  } else findings.push(...running);
  const isBad = findings.some(({ level }) => level === 'bad');
  out.write(options.json ? jsonLine({ ok: !isBad, findings }) : textOf(findings));
  ending.end(isBad ? EXIT.failed : EXIT.done);
}

function textOf(findings: readonly Finding[]): string {
  return findingLines(findings)
    .map((line) => `${line}\n`)
    .join('');
}

/** Null where no parley runs on the profile. */
async function askRunning({ directory }: ProfileFiles): Promise<readonly Finding[] | null> {
  try {
    const client = await connectLocal(directory);
    try {
      const text = `a parley runs on it, and says of itself what follows`;
      return [finding('process', 'ok', text), ...(await client.doctor())];
    } finally {
      await client.close();
    }
  } catch (error) {
    if (error instanceof LocalError && error.code === 'not-running') return null;
    throw error;
  }
}

function lockFinding(
  { directory, keys }: ProfileFiles,
  { lockProfile }: Awaited<ReturnType<Context['adapters']['storage']>>,
): Finding {
  const own = 'no parley runs on it: what follows is of a peer of doctor’s own, with a new key';
  if (!existsSync(keys)) return finding('process', 'ok', own);
  try {
    lockProfile(directory).release();
    return finding('process', 'ok', own);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'locked') throw error;
    const advice = 'what follows is of a peer of doctor’s own; end that process to see more';
    return finding('process', 'warn', `${error.message}, and cannot be asked`, advice);
  }
}

/** Peers we met, newest first. */
async function remembered(files: ProfileFiles, context: Context): Promise<readonly DialTarget[]> {
  if (!existsSync(files.database)) return [];
  const { openStore } = await context.adapters.storage();
  try {
    const store = openStore({ path: files.database });
    const peers = store.peers().toSorted((one, other) => other.lastSeenMs - one.lastSeenMs);
    await store.close();
    return peers.map(({ peer, addresses }) => ({ peer, addresses, record: null }));
  } catch (error) {
    // It is told already that the store does not open.
    if (error instanceof StoreError) return [];
    throw error;
  }
}
