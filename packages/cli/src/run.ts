// Runs an invocation: its command, and one way out for whatever becomes of it.

import type { Adapters, Context } from './context.ts';
import { Ending } from './ending.ts';
import { EXIT, exitCodeOf, failureText } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { Output } from './io/output.ts';
import type { Invocation, LogLevel } from './usage/invocation.ts';
import { parseCommandLine } from './usage/parse.ts';

/** Resolves when the command has begun; the process ends by itself. */
export async function run(
  argv: readonly string[],
  adapters: Adapters,
  version: string,
): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const out = new Output(stdout);
  const err = new Output(stderr);
  let level: LogLevel = argv.includes('debug') ? 'debug' : 'info';
  const report = (error: unknown): void => {
    ending.restore();
    err.write(failureText(error, level === 'debug'));
  };
  const ending = new Ending(
    (code) => process.exit(code),
    (error, isFirst) => {
      if (isFirst || level === 'debug') report(error);
    },
  );
  const fail = (error: unknown): void => {
    report(error);
    ending.end(exitCodeOf(error));
  };
  ending.add(() => Promise.all([out.flush(), err.flush()]).then(() => undefined));
  ending.watchSignals();
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  out.open((failure) => (failure === null ? ending.end(EXIT.done) : fail(failure)));
  // Whoever closed our stderr does not want to know.
  err.open(() => undefined);
  const context = { adapters, version, env, stdin, stdout, stderr, out, err, ending };
  try {
    const invocation = parseCommandLine(argv, version);
    if (invocation.kind !== 'text') level = invocation.options.logLevel ?? level;
    const isOver = await runCommand(invocation, context);
    if (isOver) ending.end(EXIT.done satisfies ExitCode);
  } catch (error) {
    fail(error);
  }
}

/** True if the process is to end now; each command is loaded when it is run. */
async function runCommand(invocation: Invocation, context: Context): Promise<boolean> {
  switch (invocation.kind) {
    case 'text':
      context.out.write(invocation.text);
      return true;
    case 'chat':
      await (await import('./chat.ts')).chat(invocation.options, context);
      return false;
    case 'serve':
      await (await import('./serve.ts')).serve(invocation.options, context);
      return false;
    case 'doctor':
      await (await import('./doctor.ts')).doctor(invocation.options, context);
      return false;
    default:
      await runTask(invocation, context);
      return true;
  }
}

type Task = Exclude<Invocation, { readonly kind: 'text' | 'chat' | 'serve' | 'doctor' }>;

/** What is over when it is done. */
async function runTask(task: Task, context: Context): Promise<void> {
  switch (task.kind) {
    case 'export':
      return (await import('./export.ts')).exportLines(task.options, context);
    case 'import':
      return (await import('./import.ts')).importLines(task.options, context);
    case 'search':
      return (await import('./search.ts')).search(task.options, context);
    case 'send':
      return (await import('./send.ts')).send(task.options, context);
    case 'id':
      return (await import('./id.ts')).id(task.options, context);
    case 'invite':
      return (await import('./invite.ts')).invite(task.options, context);
    case 'room':
      return (await import('./room.ts')).newRoom(task.options, context);
    case 'log':
      return (await import('./log.ts')).log(task.options, context);
  }
  return task satisfies never;
}
