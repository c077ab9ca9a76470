// The command line of a bench: whole numbers, or lists of them, and --help.

import { parseArgs } from 'node:util';

export interface BenchOption {
  readonly help: string;
  /** One number, or several with commas between them. */
  readonly standard: readonly number[];
}

export interface BenchUsage<Name extends string> {
  /** As npm runs it: "bench:throughput". */
  readonly command: string;
  /** What it measures, in lines of at most 80 characters. */
  readonly about: string;
  readonly options: Readonly<Record<Name, BenchOption>>;
}

export type BenchNumbers<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** The numbers asked for. Prints the help and exits 0, or one line on wrong usage and exits 2. */
export function readOptions<Name extends string>(
  usage: BenchUsage<Name>,
  argv: readonly string[] = process.argv.slice(2),
): BenchNumbers<Name> {
  try {
    const values = parse(usage, argv);
    if (values['help'] === true) {
      console.log(helpText(usage));
      process.exit(0);
    }
    const numbers: Partial<Record<Name, readonly number[]>> = {};
    for (const name of Object.keys(usage.options) as Name[])
      numbers[name] = numbersOf(name, values[name]);
    return numbers as BenchNumbers<Name>;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`${usage.command}: ${error.message} (see npm run ${usage.command} -- --help)`);
    return process.exit(2);
  }
}

/** For an option that is one number. */
export function single(numbers: readonly number[]): number {
  const [first, ...others] = numbers;
  if (first === undefined || others.length > 0)
    throw new Error(`one number, not ${numbers.join()}`);
  return first;
}

function parse<Name extends string>(
  { options }: BenchUsage<Name>,
  argv: readonly string[],
): Record<string, unknown> {
  const known = Object.entries<BenchOption>(options).map(([name, { standard }]) => [
    name,
    { type: 'string' as const, default: standard.join(',') },
  ]);
  const { values } = parseArgs({
    args: [...argv],
    options: { ...Object.fromEntries(known), help: { type: 'boolean' } },
  });
  return values;
}

function numbersOf(name: string, value: unknown): number[] {
  const numbers = String(value).split(',').map(Number);
  if (!numbers.every((number) => Number.isSafeInteger(number) && number > 0))
    throw new Error(`--${name} takes whole numbers above 0, not '${String(value)}'`);
  return numbers;
}

function helpText<Name extends string>({ command, about, options }: BenchUsage<Name>): string {
  const rows = Object.entries<BenchOption>(options).map(
    ([name, { help, standard }]) =>
      `  --${name.padEnd(12)} ${help} (default: ${standard.join(',')})`,
  );
  return [about, '', `Usage: npm run ${command} -- [options]`, '', ...rows].join('\n');
}
