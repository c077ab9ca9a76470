// A network of doctor's own, with a key that nobody knows, for as long as it takes to find out.

import { randomBytes } from 'node:crypto';
import { finding, networkFindings } from '@parley/client';
import type { Finding, PeerSettings } from '@parley/client';
import { NetworkError } from '@parley/core';
import type { DialTarget, Network, NetworkEvent } from '@parley/core';
import type { Context } from '../context.ts';
import { defaultListen } from '../profile/listen.ts';
import { networkChoices } from '../profile/network-choices.ts';
import type { DoctorOptions } from '../usage/invocation.ts';
import { CLI_LIMITS } from '../limits.ts';

export interface OwnNetwork {
  readonly options: DoctorOptions;
  readonly settings: PeerSettings;
  /** Whom to dial, so that they can say what they see. */
  readonly targets: readonly DialTarget[];
}

export async function ownNetworkFindings(
  { options, settings, targets }: OwnNetwork,
  { adapters, version }: Context,
): Promise<readonly Finding[]> {
  const usual = options.listen.length === 0 ? await defaultListen() : null;
  const { createNetwork } = await adapters.network();
  const network = createNetwork({
    privateKey: randomBytes(32),
    listen: usual?.listen ?? options.listen,
    discovery: options.discovery && settings.network.discovery,
    userAgent: `parley/${version} doctor`,
    ...networkChoices(settings, false),
  });
  const failures: Finding[] = [];
  let links = 0;
  const hear = (event: NetworkEvent): void => {
    if (event.kind === 'connected') links += 1;
    if (event.kind === 'discovered') network.dial(event.target);
    if (event.kind === 'dialFailed') failures.push(dialFinding(event));
  };
  try {
    await network.start(hear);
  } catch (error) {
    await network.stop();
    if (!(error instanceof NetworkError)) throw error;
    const advice = 'give another --listen HOST:PORT';
    return [finding('listening', 'bad', error.message, advice)];
  }
  for (const target of targets.slice(0, CLI_LIMITS.doctorDialsMax)) network.dial(target);
  await settled(network);
  const found = networkFindings(network.report(), links);
  await network.stop();
  const notice = usual?.notice ?? null;
  const notices = notice === null ? [] : [finding('listening', 'ok', notice)];
  return [...notices, ...found, ...failures.slice(0, CLI_LIMITS.doctorDialsMax)];
}

function dialFinding({ target, text }: Extract<NetworkEvent, { kind: 'dialFailed' }>): Finding {
  const advice = 'is it up, and is the address still theirs?';
  return finding('dial', 'warn', `${target.addresses[0] ?? ''}: ${text}`, advice);
}

/** Until nothing has changed for a while, or for so long at most. */
async function settled(network: Network): Promise<void> {
  const { doctorLookMs, doctorQuietLooks, doctorMsMax } = CLI_LIMITS;
  let last = '';
  let quiet = 0;
  for (let passedMs = 0; passedMs < doctorMsMax; passedMs += doctorLookMs) {
    const now = JSON.stringify(network.report());
    quiet = now === last ? quiet + 1 : 0;
    if (quiet >= doctorQuietLooks) return;
    last = now;
    // eslint-disable-next-line no-await-in-loop -- what others answer takes time
    await new Promise((resolve) => {
      setTimeout(resolve, doctorLookMs);
    });
  }
}
