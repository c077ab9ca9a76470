// The network that is loaded late: nothing that was asked of it before is lost, and it starts once.

import { emptyNetworkReport } from '@parley/core';
import type { Network, NetworkEvent, NetworkReport, PeerId } from '@parley/core';
import { describe, expect, it } from 'vitest';
import { LateNetwork } from '../src/profile/late-network.ts';

const peer = '12D3late' as PeerId;

class Recorder implements Network {
  readonly peer: PeerId;
  readonly calls: string[] = [];
  constructor(name: PeerId = peer) {
    this.peer = name;
  }
  start(_handler: (event: NetworkEvent) => void): Promise<void> {
    this.calls.push('start');
    return Promise.resolve();
  }
  dial(): void {
    this.calls.push('dial');
  }
  hangUp(): void {
    this.calls.push('hangUp');
  }
  send(): boolean {
    this.calls.push('send');
    return false;
  }
  meet(keys: readonly Uint8Array[]): void {
    this.calls.push(`meet ${keys.length}`);
  }
  report(): NetworkReport {
    return emptyNetworkReport();
  }
  stop(): Promise<void> {
    this.calls.push('stop');
    return Promise.resolve();
  }
}

describe('a network that is loaded late', () => {
  it('does what was asked of it before, in order, once it runs; what was sent to nobody is dropped', async () => {
    const real = new Recorder();
    const late = new LateNetwork(peer, () => Promise.resolve(real));
    late.dial({ addresses: ['x:1'], peer: null, record: null });
    late.meet([new Uint8Array(32)]);
    expect(late.send(peer, new Uint8Array())).toBe(true);
    expect(real.calls).toEqual([]);
    await late.start(() => undefined);
    expect(late.send(peer, new Uint8Array())).toBe(false);
    expect(real.calls).toEqual(['start', 'dial', 'meet 1', 'send']);
  });

  it('never starts when it was stopped while it was loaded', async () => {
    const real = new Recorder();
    const loading = Promise.withResolvers<Network>();
    const late = new LateNetwork(peer, () => loading.promise);
    const started = late.start(() => undefined);
    await late.stop();
    loading.resolve(real);
    await started;
    expect(real.calls).toEqual([]);
  });

  it('does not run under a name that is not its own', async () => {
    const other = new Recorder('12D3other' as PeerId);
    const late = new LateNetwork(peer, () => Promise.resolve(other));
    await expect(late.start(() => undefined)).rejects.toThrow('12D3other');
    expect(other.calls).toEqual([]);
  });
});
