// What the figures were taken on, since they mean nothing without it.

import { cpus, freemem, loadavg, release, totalmem, type } from 'node:os';

const GIB = 2 ** 30;

/** Lines for the top of a report. */
export function machineText(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = `${(totalmem() / GIB).toFixed(1)} GiB memory (${(freemem() / GIB).toFixed(1)} free)`;
  const [load = 0] = loadavg();
  const lines = [
    `${processors.length} cores, ${model}; ${memory}`,
    `${type()} ${release()}, node ${process.version}, ${new Date().toISOString().slice(0, 16)}Z`,
  ];
  if (load > BUSY_LOAD)
    lines.push(`load average ${load.toFixed(1)} before the start: others are at work, so beware`);
  return lines.join('\n');
}

const BUSY_LOAD = 0.5;
