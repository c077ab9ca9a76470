// How much one link carries: frames and bytes a second between two processes on loopback, for small and large frames.

import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Network, PeerId } from '@parley/core';
import { createNetwork } from '@parley/net-libp2p';

const RUNS = [
  { frameBytes: 100, frames: 1_000_000 },
  { frameBytes: 65_536, frames: 10_000 },
] as const;

function create(): Network {
  const privateKey = randomBytes(32);
  const listen = ['127.0.0.1:0'];
  return createNetwork({ privateKey, listen, discovery: false, userAgent: 'bench' });
}

/** Counts frames, and answers the last one of each run. */
async function receive(): Promise<void> {
  const network = create();
  let frames = 0;
  let run = 0;
  await network.start((event) => {
    if (event.kind === 'listening') process.send?.(event.addresses[0]);
    if (event.kind !== 'frame') return;
    frames += 1;
    if (frames < (RUNS[run]?.frames ?? 0)) return;
    frames = 0;
    run += 1;
    network.send(event.peer, new Uint8Array(1));
  });
  process.on('disconnect', () => void network.stop());
}

class Sender {
  readonly #network = create();
  #wake: () => void = () => undefined;
  #answered: () => void = () => undefined;

  async connect(address: string): Promise<PeerId> {
    const linked = Promise.withResolvers<PeerId>();
    await this.#network.start((event) => {
      if (event.kind === 'connected') linked.resolve(event.peer);
      if (event.kind === 'drained') this.#wake();
      if (event.kind === 'frame') this.#answered();
      if (event.kind === 'disconnected') linked.reject(new Error(event.reason));
    });
    this.#network.dial({ addresses: [address], peer: null, record: null });
    return linked.promise;
  }

  /** Seconds until the other side has it all. */
  async run(peer: PeerId, frames: number, frameBytes: number): Promise<number> {
    const frame = randomBytes(frameBytes);
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    const started = performance.now();
    for (let sent = 0; sent < frames; sent += 1) {
      if (this.#network.send(peer, frame)) continue;
      // eslint-disable-next-line no-await-in-loop -- back-pressure is part of what is measured
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    await answered;
    return (performance.now() - started) / 1_000;
  }

  stop(): Promise<void> {
    return this.#network.stop();
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['receive'], {
    execArgv: ['--conditions=development'],
  });
  const address = await new Promise<string>((resolve) => {
    child.once('message', (message) => {
      if (typeof message === 'string') resolve(message);
    });
  });
  const sender = new Sender();
  const peer = await sender.connect(address);
  const idle = process.memoryUsage.rss();
  for (const { frames, frameBytes } of RUNS) {
    // eslint-disable-next-line no-await-in-loop -- one run after the other
    const seconds = await sender.run(peer, frames, frameBytes);
    const perSecond = Math.round(frames / seconds).toLocaleString('en');
    const rate = megabytes((frames * frameBytes) / seconds);
    console.log(`${frameBytes} B frames: ${perSecond} frames/s, ${rate} MB/s`);
  }
  const peak = process.resourceUsage().maxRSS * 1_024;
  console.log(`memory: ${megabytes(idle)} MB when linked, ${megabytes(peak)} MB at most`);
  child.disconnect();
  await sender.stop();
}

await (process.argv[2] === 'receive' ? receive() : measure());
