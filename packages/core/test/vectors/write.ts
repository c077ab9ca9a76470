// Writes spec/vectors anew: node --conditions=development packages/core/test/vectors/write.ts

import { writeFileSync } from 'node:fs';
import { textOf, vectorFiles } from './cases.ts';

const folder = new URL('../../../../spec/vectors/', import.meta.url);
for (const [file, vectors] of Object.entries(vectorFiles())) {
  writeFileSync(new URL(file, folder), textOf(vectors));
  console.log(`${file}: ${vectors.length} cases`);
}
