// The part of bench:mesh that runs in the World: whole rooms in virtual time, one core, no sockets and no real signatures.

import { createFakeSuite } from '@parley/testkit/fake-suite';
import { runMesh } from '@parley/testkit/world/mesh';
import type { MeshReport } from '@parley/testkit/world/mesh';
import { decimal, whole } from './table.ts';

export interface MeshLoad {
  readonly peers: number;
  readonly authors: number;
  readonly linesEach: number;
  readonly seed: number;
}

export interface MeasuredMesh extends MeshLoad {
  readonly report: MeshReport;
  /** Processor time of all of it, the joining included. */
  readonly cpuS: number;
  readonly memoryMb: number;
}

/** One network delay: of every link, one way. */
const DELAY_MS = 100;

export const MESH_HEAD: readonly string[] = [
  'peers',
  'links',
  'p50',
  'p99',
  'copies',
  'later',
  'frames',
  'heads',
  'bytes',
  'missing',
  'CPU s',
  'MB',
];

export async function measureMesh(load: MeshLoad): Promise<MeasuredMesh> {
  const before = process.cpuUsage();
  const plan = { ...load, delayMs: DELAY_MS, unevenMs: 0 };
  const report = await runMesh(plan, { suite: createFakeSuite() });
  const { user, system } = process.cpuUsage(before);
  const memoryMb = process.memoryUsage().rss / 2 ** 20;
  return { ...load, report, cpuS: (user + system) / 1_000_000, memoryMb };
}

function sum({ run, heads, branch, want }: MeshReport['frames']): number {
  return run + heads + branch + want;
}

/** Latency in network delays; frames and bytes of one line for each peer that got it. */
export function meshRow({ peers, report, cpuS, memoryMb }: MeasuredMesh): readonly string[] {
  const { links, latencyMs, copies, copiesLater, frames, bytes, missing } = report;
  return [
    whole(peers),
    decimal(links.mean, 1),
    decimal(latencyMs.p50 / DELAY_MS, 1),
    decimal(latencyMs.p99 / DELAY_MS, 1),
    decimal(copies, 2),
    decimal(copiesLater, 2),
    decimal(sum(frames), 2),
    decimal(frames.heads, 2),
    whole(sum(bytes)),
    whole(missing),
    decimal(cpuS, 1),
    whole(memoryMb),
  ];
}

const COPIES_MAX = 3;
const DELAYS_MAX = 4;

/** Of fewer lines the first, which makes the tree, is most of the cost: then those after it are judged. */
const LINES_JUDGED_MIN = 20;

export function objectionsToMesh({ peers, linesEach, report }: MeasuredMesh): readonly string[] {
  const found: string[] = [];
  const { latencyMs, missing, isConnected } = report;
  const copies = linesEach < LINES_JUDGED_MIN ? report.copiesLater : report.copies;
  if (!isConnected) found.push(`${peers} peers: there is no way from each to each`);
  if (missing > 0) found.push(`${peers} peers: ${missing} deliveries are missing`);
  if (copies > COPIES_MAX) found.push(`${peers} peers: ${decimal(copies, 2)} copies per delivery`);
  if (peers <= 1_000 && latencyMs.p99 >= DELAYS_MAX * DELAY_MS)
    found.push(`${peers} peers: p99 is ${decimal(latencyMs.p99 / DELAY_MS, 1)} network delays`);
  return found;
}
