// What bench:tui measures, each with a profile or peers of its own.

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './child.ts';
import { PARLEY, listeningAddress, peerArgs, plainPeer } from './fan-out.ts';
import { numberedLine } from './lines.ts';
import { PtyProgram, withoutSequences } from './pty.ts';
import { percentile } from './statistics.ts';

export const SIZE = { columns: 120, rows: 40 } as const;
const LINE_BYTES = 48;
const STARTED = 'missing 0';
/** In none of the texts that change on the screen meanwhile. */
const TYPED = 'QXZVWYGBDEFIJKOPRUL';
const KEY_INTERVAL_MS = 50;
const LINES_INTERVAL_MS = 10;
const SETTLE_MS = 1_500;
const FILL_LINES = 10_000;
const BURST_KEYS_MAX = 2_000;

/** The client with a profile inside `homes`. */
export function startFace(homes: string, name: string, args: readonly string[] = []): PtyProgram {
  return new PtyProgram(name, [PARLEY, ...peerArgs(homes, name), ...args], SIZE);
}

/** Milliseconds from the start of the process to a text on its screen. */
export async function startMs(program: PtyProgram, text: string = STARTED): Promise<number> {
  return (await program.whenShown(text)) - program.startedMs;
}

export interface Together {
  readonly face: PtyProgram;
  readonly speaker: Child;
}

/** A client, and a peer in line mode that is connected to it. */
export async function meet(homes: string, run: number): Promise<Together> {
  const speaker = plainPeer(homes, `speaker${run}`, ['--stay']);
  const address = await listeningAddress(speaker);
  const face = startFace(homes, `face${run}`, ['--connect', address]);
  await face.whenShown('connected to 1 peer');
  await speaker.until('the client is there', () => speaker.stderr.includes(' is here ('));
  await pause(SETTLE_MS);
  return { face, speaker };
}

export async function part({ face, speaker }: Together): Promise<void> {
  await Promise.all([face.end('SIGTERM'), speaker.end('SIGTERM')]);
}

export interface Typing {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly mostMs: number;
  readonly bytesPerFrame: number;
  readonly bytesPerLine: number;
  readonly framesPerSecond: number;
}

/** From a key to its echo, while so many lines a second arrive (0: while nobody speaks). */
export async function typing(
  { face, speaker }: Together,
  load: { readonly linesPerSecond: number; readonly seconds: number },
): Promise<Typing> {
  const { linesPerSecond, seconds } = load;
  const lines = speakEvenly(speaker, linesPerSecond);
  if (linesPerSecond > 0) await pause(SETTLE_MS);
  const from = {
    bytes: face.bytes,
    frames: face.frames,
    lines: lines.said(),
    ms: performance.now(),
  };
  const delays: number[] = [];
  while (performance.now() - from.ms < seconds * 1000) {
    delays.push(await echoMs(face, TYPED[delays.length % TYPED.length] ?? ''));
    if (delays.length % TYPED.length === 0) await emptied(face);
    await pause(KEY_INTERVAL_MS);
  }
  const took = (performance.now() - from.ms) / 1000;
  const bytes = face.bytes - from.bytes;
  const frames = face.frames - from.frames;
  lines.stop();
  await emptied(face);
  return {
    p50Ms: percentile(delays, 0.5),
    p95Ms: percentile(delays, 0.95),
    mostMs: Math.max(...delays),
    bytesPerFrame: bytes / frames,
    bytesPerLine: bytes / (lines.said() - from.lines),
    framesPerSecond: frames / took,
  };
}

function speakEvenly(
  speaker: Child,
  linesPerSecond: number,
): { readonly said: () => number; readonly stop: () => void } {
  const startedMs = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * linesPerSecond);
    let text = '';
    for (; said < due; said += 1) text += numberedLine(said, LINE_BYTES);
    if (text !== '') speaker.process.stdin.write(text);
  }, LINES_INTERVAL_MS);
  return { said: () => said, stop: () => clearInterval(timer) };
}

/** A letter that stands nowhere on the screen is written once it has been typed, and not before. */
async function echoMs(face: PtyProgram, letter: string): Promise<number> {
  face.tail = '';
  const typedMs = performance.now();
  const seen = face.when(`echo of ${letter}`, () => withoutSequences(face.tail).includes(letter));
  face.type(letter);
  return (await seen) - typedMs;
}

async function emptied(face: PtyProgram): Promise<void> {
  face.type('\x15');
  await pause(KEY_INTERVAL_MS);
}

export interface Burst {
  /** From the first byte into the speaker to the last line on the screen. */
  readonly ms: number;
  readonly bytes: number;
  readonly frames: number;
  /** Keys typed meanwhile that did not come to the speaker, in order, with the line they made. */
  readonly droppedKeys: number;
}

/** So many lines in one write, and keys all the while. */
export async function burst({ face, speaker }: Together, count: number): Promise<Burst> {
  const from = { bytes: face.bytes, frames: face.frames };
  const lines = Array.from({ length: count }, (_, at) => `burst ${at + 1}.\n`).join('');
  face.tail = '';
  const startedMs = performance.now();
  speaker.process.stdin.write(lines);
  const seen = { ms: 0 };
  const look = async (): Promise<void> => {
    seen.ms = await face.whenShown(`burst ${count}.`);
  };
  const shown = look();
  let typed = '';
  while (seen.ms === 0 && typed.length < BURST_KEYS_MAX) {
    const letter = TYPED[typed.length % TYPED.length] ?? '';
    face.type(letter);
    typed += letter;
    await pause(LINES_INTERVAL_MS);
  }
  await shown;
  const ms = seen.ms - startedMs;
  const bytes = face.bytes - from.bytes;
  const frames = face.frames - from.frames;
  face.type('end\r');
  const heard = (): string | undefined => / ?(\w*end)\n$/u.exec(speaker.output().toString())?.[1];
  await speaker.until('what was typed', () => heard() !== undefined);
  const came = heard() ?? '';
  return {
    ms,
    bytes,
    frames,
    droppedKeys: came === `${typed}end` ? 0 : typed.length + 3 - came.length,
  };
}

/** A profile with so many lines, said by its owner alone; the last is "last of all". */
export async function fill(homes: string, name: string, lines: number): Promise<void> {
  const child = new Child(name, PARLEY, ['--plain', ...peerArgs(homes, name)]);
  for (let said = 0; said < lines - 1; said += FILL_LINES) {
    let text = '';
    const end = Math.min(lines - 1, said + FILL_LINES);
    for (let number = said; number < end; number += 1) text += numberedLine(number, LINE_BYTES);
    if (!child.process.stdin.write(text)) await drained(child);
  }
  child.process.stdin.end('last of all\n');
  const code = await child.end();
  if (code !== 0) throw new Error(`${join(homes, name)} ended with ${code}: ${child.stderr}`);
}

function drained(child: Child): Promise<void> {
  return new Promise((resolve) => child.process.stdin.once('drain', () => resolve()));
}

export interface Opening {
  readonly ms: number;
  readonly residentMb: number;
  readonly peakMb: number;
  /** To the start of all history and back to its end, each until it is shown. */
  readonly jumpsMs: number;
}

/** Opens a filled profile, goes to its first line and back. */
export async function opening(homes: string, name: string): Promise<Opening> {
  const face = startFace(homes, name);
  const ms = await startMs(face, 'last of all');
  await face.whenShown(STARTED);
  await pause(SETTLE_MS);
  const startedMs = performance.now();
  face.tail = '';
  face.type('\x1b<');
  await face.whenShown('00000000');
  face.tail = '';
  face.type('\x1b>');
  const jumpsMs = (await face.whenShown('last of all')) - startedMs;
  const { residentMb, peakMb } = face.memory();
  await face.end('SIGTERM');
  return { ms, residentMb, peakMb, jumpsMs };
}
