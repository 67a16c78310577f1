/**
 * `npm run bench:store`: what the journal in PostgreSQL costs, and what several nodes bring. Everything runs in one run
 * and is told as ratios. `--json` prints one object as the last line. Options: `--only PART` (store, nodes,
 * signing, verification; may be repeated), `--rounds N`, `--count N` requests per round, `--concurrency N`,
 * `--entries N` to verify.
 */
import { measureSigning, measureVerification } from './evidence-part.ts';
import { runParts } from './run-parts.ts';
import { measureNodes, measureStore } from './store-part.ts';

await runParts({
  extras: { entries: 1_000_000 },
  parts: (size, { entries }) => ({
    store: () => measureStore(size),
    nodes: () => measureNodes(size),
    signing: () => measureSigning(size),
    verification: () => measureVerification(entries),
  }),
});
