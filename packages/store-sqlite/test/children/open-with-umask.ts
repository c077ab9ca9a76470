// Locks and fills a profile under the umask it is given, and says which modes its files have while
// it is open.

import fs from 'node:fs';
import path from 'node:path';
import { lockProfile } from '../../src/lock.ts';
import { openStore } from '../../src/open.ts';

const [directory = '', mask = ''] = process.argv.slice(2);
process.umask(Number.parseInt(mask, 8));
lockProfile(directory);
const store = openStore({ path: path.join(directory, 'parley.db') });
store.commit([{ kind: 'meta', key: 'key', value: 'value' }]);
const modeOf = (file: string): string => (fs.statSync(file).mode & 0o777).toString(8);
const files = fs.readdirSync(directory).map((name) => [name, modeOf(path.join(directory, name))]);
console.log(JSON.stringify({ directory: modeOf(directory), files: Object.fromEntries(files) }));
await store.close();
