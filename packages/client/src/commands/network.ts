// \connect and \peers: links to other peers, and what came of the attempts to make some.

import { isInviteText } from '@parley/core';
import type { Attempt, Connection } from '../api.ts';
import { columns } from './columns.ts';
import { durationText } from './duration.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

export function connect(call: CommandCall): CommandOutcome {
  const isInvite = isInviteText(call.rest);
  const address = isInvite ? 'whoever made the invite' : (call.words[0] ?? '');
  if (!isInvite && call.words.length > 1)
    return refuse('wrong-usage', 'one address at a time: \\connect ADDRESS');
  const dialled = call.client.connect(isInvite ? call.rest : address);
  if (!dialled.ok) return refuse(isInvite ? 'bad-invite' : 'bad-address', dialled.reason);
  return done(call, `dialling ${address}; \\peers shows what becomes of it`);
}

export function peers(call: CommandCall): CommandOutcome {
  const nowMs = call.tools.nowMs();
  const { view } = call.client;
  const connections = view.connections().map((connection) => connectionRow(connection, nowMs));
  const attempts = view.attempts().map((attempt) => attemptRow(attempt, nowMs));
  if (connections.length + attempts.length === 0) {
    return done(call, 'no connections, and nobody to dial; \\connect ADDRESS dials someone');
  }
  return done(call, ...columns([...connections, ...attempts]));
}

function connectionRow(connection: Connection, nowMs: number): string[] {
  const { label, direction, address, path, latencyMs, sinceMs, lastError } = connection;
  const latency = latencyMs === null ? 'latency unknown' : `${Math.round(latencyMs)} ms`;
  const since = `for ${durationText(nowMs - sinceMs)}`;
  const error = lastError === null ? '' : `, before: ${lastError}`;
  return [label ?? '(says hello)', direction, address, `${path}, ${latency}, ${since}${error}`];
}

function attemptRow(attempt: Attempt, nowMs: number): string[] {
  const { address, failures, lastError, nextMs } = attempt;
  const facts = [failures === 0 ? 'not reached yet' : `failed ${failures}×`];
  if (lastError !== null) facts.push(`last: ${lastError}`);
  facts.push(
    nextMs === null || nextMs <= nowMs
      ? 'next try now'
      : `again in ${durationText(nextMs - nowMs)}`,
  );
  return ['(dialling)', 'outbound', address, facts.join(', ')];
}
