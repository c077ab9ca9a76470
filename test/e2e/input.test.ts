// Good and bad input in line mode and in JSON mode.

import { afterEach, describe, expect, it } from 'vitest';
import { Peer, endAll, startJson } from './peer.ts';

afterEach(endAll);

const alone = ['--no-discovery', '--listen', '127.0.0.1:0', '--name', 'bobby'];

async function plainTo(anna: Peer, ...args: readonly string[]): Promise<Peer> {
  const bobby = new Peer({ args: ['--plain', ...alone, '--connect', anna.address, ...args] });
  await anna.object('peer', { event: 'connected', name: 'bobby' });
  return bobby;
}

describe('line mode', () => {
  it('refuses a line over 16 KiB with its size and number, and goes on', async () => {
    const anna = await startJson('anna');
    const bobby = await plainTo(anna);
    bobby.write(`before\n${'x'.repeat(16_385)}\n${'y'.repeat(16_384)}\nafter\n`);
    await anna.sees('before', 'after', 'y'.repeat(16_384));
    expect(anna.texts()).toHaveLength(3);
    expect(bobby.stderr).toContain(
      'parley: line 2 of the input has 16385 bytes, 16384 are allowed; it was not sent\n',
    );
  });

  it('refuses a line of 50 MB in bounded memory', async () => {
    const anna = await startJson('anna');
    const bobby = await plainTo(anna);
    for (let part = 0; part < 50; part += 1) bobby.write('x'.repeat(1_000_000));
    bobby.write('\nafter\n');
    await anna.sees('after');
    expect(bobby.stderr).toContain('line 1 of the input has 50000000 bytes');
  });

  it('refuses a line that is not UTF-8 with its number, and goes on', async () => {
    const anna = await startJson('anna');
    const bobby = await plainTo(anna);
    bobby.process.stdin.write(Buffer.from('one\n\ntw\xf6\nthree\n', 'latin1'));
    await anna.sees('one', 'three');
    expect(anna.texts()).toEqual(['one', 'three']);
    expect(bobby.stderr).toContain('parley: line 3 of the input is not UTF-8 and was not sent\n');
  });

  it('prints what others say and nothing else, hostile text harmlessly', async () => {
    const anna = await startJson('anna');
    const bobby = await plainTo(anna);
    bobby.write('mine\n');
    anna.say('\u001b[31mred\u0007 \u202eevil \u200bzero \r\n two');
    anna.command('\\me waves');
    await bobby.until('two lines', () => bobby.stdout.includes('waves\n'));
    expect(bobby.stdout).toBe(
      'anna: \\u{1b}[31mred\\u{7} \\u{202e}evil \\u{200b}zero \n     two\n* anna waves\n',
    );
  });

  it('shows a question mark for what a locale without UTF-8 cannot show', async () => {
    const anna = await startJson('anna');
    const args = ['--plain', ...alone, '--connect', anna.address];
    const bobby = new Peer({ args, env: { LANG: 'C' } });
    await anna.object('peer', { event: 'connected', name: 'bobby' });
    anna.say('Grüße 👋');
    await bobby.until('a line', () => bobby.stdout.includes('\n'));
    expect(bobby.stdout).toBe('anna: Gr??e ?\n');
  });

  it('puts the time before a line with --time, and old lines first with --history', async () => {
    const anna = await startJson('anna');
    const first = await plainTo(anna);
    first.write('typed\n');
    anna.say('heard');
    await anna.sees('typed', 'heard');
    await first.until('the line', () => first.stdout !== '');
    expect((await first.end('SIGTERM')).code).toBe(0);
    const args = ['--plain', ...alone, '--history', '10', '--time'];
    const again = new Peer({ args, home: first.home });
    await again.until('both lines', () => again.stdout.split('\n').length === 3);
    expect(again.stdout).toMatch(/^\d\d:\d\d bobby: typed$/mu);
    expect(again.stdout).toMatch(/^\d\d:\d\d anna: heard$/mu);
  });

  it('runs commands, and never says one that it does not know', async () => {
    const anna = await startJson('anna');
    const bobby = await plainTo(anna);
    await bobby.until('anna', () => bobby.stderr.includes('anna is here'));
    bobby.write('\\usres\n//slash\n\\\\backslash\n\\users\n\\whois anna\n');
    await anna.sees('/slash', '\\backslash');
    expect(anna.texts()).toEqual(['/slash', '\\backslash']);
    await bobby.until('whois', () => bobby.stderr.includes(anna.identity));
    expect(bobby.stderr).toContain('parley: unknown command \\usres; the nearest is \\users');
    expect(bobby.stderr).toMatch(/^anna\s+[0-9a-z]{8}\s+lan$/mu);
    expect(bobby.stdout).toBe('');
  });
});

describe('JSON mode', () => {
  it('answers broken input with an error and does nothing else', async () => {
    const anna = await startJson('anna');
    const broken = [
      '{',
      '[]',
      'null',
      '"say"',
      '{"type":"dance"}',
      '{"type":"say"}',
      '{"type":"say","text":1}',
    ];
    for (const line of broken) anna.write(`${line}\n`);
    anna.write('{"type":"say","session":"nowhere","text":"x"}\n');
    anna.write('{"type":"say","text":"half \\ud800"}\n');
    anna.command('\\nonsense');
    anna.command('hello');
    anna.write('{"type":"say","text":"good","unknown":{"field":[1]}}\n');
    await anna.sees('good');
    const errors = anna.objects.filter(({ type }) => type === 'error').map(({ code }) => code);
    expect(errors.join(' ')).toBe(
      'bad-json bad-json bad-json bad-json unknown-type missing-field missing-field ' +
        'unknown-session lone-surrogate unknown-command unknown-command',
    );
    expect(anna.texts()).toEqual(['good']);
  });

  it('carries any text as it is, in objects of one line without control characters', async () => {
    const anna = await startJson('anna');
    const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
    await bobby.object('peer', { event: 'connected', name: 'anna' });
    const text = 'a\nb\u2028c\u001b[31m\u202e\u009b\u{e0041}👋 é';
    anna.say(text);
    await bobby.sees(text);
    expect(bobby.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it('shows older lines with --history first, and only then', async () => {
    const anna = await startJson('anna');
    for (const text of ['one', 'two', 'three']) anna.say(text);
    await anna.sees('three');
    await anna.end('SIGTERM');
    const silent = await startJson('anna', { home: anna.home });
    silent.say('four');
    await silent.sees('four');
    expect(silent.texts()).toEqual(['four']);
    await silent.end('SIGTERM');
    const again = await startJson('anna', { home: anna.home, args: ['--history', '3'] });
    again.say('five');
    await again.sees('five');
    expect(again.texts()).toEqual(['two', 'three', 'four', 'five']);
  });
});

describe('a pipe', () => {
  it('brings 20,000 lines to another peer, all and in order', async () => {
    const anna = await startJson('anna');
    const bobby = await plainTo(anna);
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}`);
    bobby.write(lines.map((line) => `${line}\n`).join(''));
    const ended = await bobby.endInput();
    expect(ended.code).toBe(0);
    expect(bobby.stderr).toContain('-- 20000 lines held by 1 peer');
    await anna.sees('line 19999');
    expect(anna.texts('bobby')).toEqual(lines);
  });
});
