// \doctor: what works and what does not, and what to do about it.

import { findingLines } from '../diagnosis/finding.ts';
import { done } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

export function doctor(call: CommandCall): CommandOutcome {
  return done(call, ...findingLines(call.client.diagnosis()));
}
