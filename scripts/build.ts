// Bundles the parley command into a few files, because few start three times faster than many.

import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

// Some dependencies are CommonJS and call require() for node's own modules, which ESM does not have.
const banner = [
  "import { createRequire as parleyCreateRequire } from 'node:module';",
  'const require = parleyCreateRequire(import.meta.url);',
].join('\n');

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = 'packages/cli/dist';

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [{ in: 'packages/cli/src/main.ts', out: 'parley' }],
  outdir: folder,
  // What is imported lazily gets a file of its own, so that --help need not read the network.
  splitting: true,
  metafile: true,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  conditions: ['development'],
  mainFields: ['module', 'main'],
  // Native code stays in node_modules, where it is looked for when a link first needs it.
  external: ['node-datachannel', 'node-datachannel/*'],
  sourcemap: 'linked',
  banner: { js: banner },
  define: { PARLEY_VERSION: JSON.stringify(manifest.version) },
  logLevel: 'warning',
});

// Parts of earlier builds, whose names carry another hash.
const built = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(join(root, folder))) {
  if (!built.has(name)) rmSync(join(root, folder, name), { recursive: true });
}
