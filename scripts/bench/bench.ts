/**
 * `npm run bench`: what an exchange costs, what its journal costs, and what faults of some cost others. Subjects run in
 * processes of their own, in turn, several rounds. `--json` prints one object as the last line. Options: `--only PART`
 * (exchange, durable, encryption, writes, province, access, client, reload; may be repeated), `--rounds N`, `--count N` requests
 * per round, `--concurrency N`, `--reloads N`.
 */
import { measureAccess } from './access-part.ts';
import { measureClient } from './client-part.ts';
import { measureExchange } from './exchange-part.ts';
import { measureDurable, measureEncryption, measureWrites } from './journal-parts.ts';
import { measureDeadProvince } from './province-part.ts';
import { measureReloads } from './reload-part.ts';
import { runParts } from './run-parts.ts';

await runParts({
  extras: { reloads: 100 },
  parts: (size, { reloads }) => ({
    exchange: () => measureExchange(size),
    durable: () => measureDurable(size),
    encryption: () => measureEncryption(size),
    writes: () => measureWrites(size),
    province: () => measureDeadProvince(size),
    access: () => measureAccess(size),
    client: () => measureClient(size),
    reload: () => measureReloads({ ...size, reloads }),
  }),
  first: 'exchange',
});
