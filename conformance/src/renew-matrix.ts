/** `node conformance/src/renew-matrix.ts KIT`: chooses what a matrix lacks since values were added; what was chosen stays. */
import { readFileSync, writeFileSync } from 'node:fs';
import { requiredSpaceOf, spaceOf } from './kits/matrix.ts';
import type { MatrixFile } from './kits/matrix.ts';
import { coverPairs } from './kits/pairwise.ts';

const [kit = ''] = process.argv.slice(2);
const file = new URL(`../kits/${kit}/matrix.json`, import.meta.url);
const matrix = JSON.parse(readFileSync(file, 'utf8')) as MatrixFile;
const before = matrix.combinations.map((text) => text.split('/'));
const required = coverPairs(requiredSpaceOf(matrix), before);
const kept = [...before, ...required.filter((one) => !before.some((other) => other.join() === one.join()))];
const combinations = coverPairs(spaceOf(matrix), kept).map((one) => one.join('/'));
writeFileSync(file, `${JSON.stringify({ ...matrix, combinations }, undefined, 2)}\n`);
process.stdout.write(`${combinations.length} combinations, ${combinations.length - before.length} more\n`);
