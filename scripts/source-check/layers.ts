// The shape of the house as data: which package may import which, and the order inside core.

export type Kind = 'core' | 'client' | 'adapter' | 'local-api' | 'face' | 'testkit';

/** Which kinds of package a kind may import, its own package apart. */
export const allowedImports: Readonly<Record<Kind, readonly Kind[]>> = {
  core: [],
  client: ['core'],
  adapter: ['core'],
  // Bots use it without the rest of the house.
  'local-api': [],
  face: ['client', 'core', 'local-api'],
  testkit: ['client', 'core'],
};

/** A main.ts is where the parts are put together: it alone may name adapters and other faces. */
export const allowedImportsOfMain: readonly Kind[] = [
  'core',
  'client',
  'adapter',
  'local-api',
  'face',
];

const faces = new Set(['cli', 'tui', 'web', 'irc']);

/** The kind of a package, or undefined where its name fits no kind. */
export function kindOf(packageName: string): Kind | undefined {
  if (isOwnKind(packageName)) return packageName;
  if (faces.has(packageName)) return 'face';
  return /^(?:store|net|crypto)-/u.test(packageName) ? 'adapter' : undefined;
}

function isOwnKind(name: string): name is 'core' | 'client' | 'local-api' | 'testkit' {
  return name === 'core' || name === 'client' || name === 'local-api' || name === 'testkit';
}

/** The folders and top-level files of core, in rows from left to right: nothing imports rightward. */
const coreOrder: readonly (readonly string[])[] = [
  ['globals.d.ts', 'brand.ts', 'limits.ts', 'result.ts'],
  ['bytes'],
  ['codec'],
  ['crypto'],
  ['identity'],
  ['log'],
  ['room'],
  ['network-report.ts'],
  ['ports.ts'],
  ['session'],
  ['sync'],
  ['peer'],
  ['view'],
  ['index.ts'],
];

/** How far to the right a file of core stands, or undefined where it has no place. */
export function coreRank(path: string): number | undefined {
  const [place = ''] = path.slice('packages/core/src/'.length).split('/');
  const rank = coreOrder.findIndex((row) => row.includes(place));
  return rank === -1 ? undefined : rank;
}

/** Names that would bring a clock, chance, a timer or the world into core. */
export const impureNames: ReadonlySet<string> = new Set([
  'Buffer',
  'Date',
  'Math.random',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

export const fileLinesMax = 400;
