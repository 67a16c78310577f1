/**
 * `recompute.ts DIR`: the verdict from the CSV files of a run alone, as one JSON object; differences go to standard
 * error. Exit code 1 when something was lost, doubled or known to one side only, or the books differ.
 */
import { readLedgers } from './ledgers.ts';
import { compareLedgers } from './verdict.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: recompute.ts DIR');
const { differences, ...verdict } = compareLedgers(readLedgers(folder));
for (const line of differences) process.stderr.write(`${line}\n`);
process.stdout.write(`${JSON.stringify(verdict)}\n`);
const { lost, doubled, oneSided, ledgersEqual } = verdict;
process.exitCode = ledgersEqual && lost + doubled + oneSided === 0 ? 0 : 1;
