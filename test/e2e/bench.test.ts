// The benches judge what arrived to the letter, and say in one line what they lack.

import { spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { arrivalOf, faultsOf, numberedLine, numberedLines } from '../../bench/lib/lines.ts';
import { startProxy } from '../../bench/lib/proxy.ts';
import { medianOf, percentile } from '../../bench/lib/statistics.ts';
import { tableText } from '../../bench/lib/table.ts';

const commands = ['throughput', 'latency', 'start', 'catchup'];

function bench(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const file = fileURLToPath(new URL(`../../bench/${command}.ts`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}

describe.each(commands)('bench:%s', (command) => {
  it('tells what it takes', () => {
    const { status, stdout } = bench(command, ['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain(`npm run bench:${command} -- [options]`);
    expect(stdout).toContain('--runs');
  });

  it('says what to install where ncat is missing', () => {
    const { status, stdout, stderr } = bench(command, ['--runs', '1'], { PATH: '/nowhere' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `bench:${command}: ncat is missing; install it with: apt-get install ncat\n`,
    );
  });
});

describe('wrong usage', () => {
  it.each(['--runs 0', '--runs x', '--runs 1.5', '--nonsense 1', 'stray'])(
    'such as %s is refused in one line',
    (words) => {
      const { status, stderr } = bench('throughput', words.split(' '));
      expect(status).toBe(2);
      expect(stderr).toMatch(/^bench:throughput: [^\n]*\n$/u);
    },
  );
});

describe('what arrived', () => {
  const sent = numberedLines(4, 48, 'a: ');
  const lines = [0, 1, 2, 3].map((number) => `a: ${numberedLine(number, 48)}`);
  const arrivalOfLines = (received: readonly string[]) =>
    arrivalOf(Buffer.from(received.join('')), sent, 4);

  it('is lines of the same length, and complete when it is what was sent', () => {
    expect(lines.map((line) => line.length)).toEqual([51, 51, 51, 51]);
    const arrival = arrivalOfLines(lines);
    expect(arrival).toEqual({ arrived: 4, lost: 0, repeated: 0, disordered: 0, damaged: 0 });
    expect(faultsOf(arrival)).toEqual([]);
  });

  it('is told apart when lines are lost, repeated, out of order or in pieces', () => {
    const [a = '', b = '', c = '', d = ''] = lines;
    expect(arrivalOfLines([a, b, d])).toMatchObject({ arrived: 3, lost: 1, disordered: 0 });
    expect(arrivalOfLines([a, b, b, c, d])).toMatchObject({ arrived: 4, repeated: 1, lost: 0 });
    expect(arrivalOfLines([b, a, c, d])).toMatchObject({ arrived: 4, disordered: 1 });
    expect(arrivalOfLines([a, b.slice(0, 20), c, d])).toMatchObject({ lost: 2, damaged: 1 });
    expect(faultsOf(arrivalOfLines([]))).toEqual(['4 lines lost']);
  });
});

describe('figures', () => {
  it('are medians and percentiles of what was measured', () => {
    expect(medianOf([3, 1, 2], (value) => value)).toBe(2);
    expect(medianOf([4, 1, 3, 2], (value) => value)).toBe(2.5);
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect([0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 99, 100]);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('stand in columns', () => {
    expect(
      tableText(
        ['', 'ms'],
        [
          ['parley', '1.5'],
          ['x', '10'],
        ],
      ),
    ).toBe(['         ms', '------  ---', 'parley  1.5', 'x        10'].join('\n'));
  });
});

describe('the proxy', () => {
  it('carries both ways and counts every byte', async () => {
    const echo = createServer((socket) => socket.pipe(socket));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as { port: number };
    const proxy = await startProxy(`127.0.0.1:${port}`);
    const [, proxyPort = ''] = proxy.address.split(':');
    const socket = connect(Number(proxyPort), '127.0.0.1');
    let back = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      back += text;
    });
    socket.end('x'.repeat(100_000));
    await once(socket, 'close');
    expect(back === 'x'.repeat(100_000)).toBe(true);
    expect(proxy.bytes).toBe(200_000);
    expect(proxy.connectedMs).not.toBeNull();
    proxy.close();
    echo.close();
  });
});
