// Time and turns as the system has them.

import type { Scheduler } from './loop.ts';

const TIMER_MS_MAX = 2_147_483_647;

/** `soon` lets pending input and output go first, so a busy loop starves nobody. */
export const systemScheduler: Scheduler = {
  now: () => ({ monotonicMs: performance.now(), wallMs: Date.now() }),
  soon: (task) => {
    setImmediate(task);
  },
  at: (monotonicMs, task) => {
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, monotonicMs - performance.now()));
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
