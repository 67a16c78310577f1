/** Journals in a real PostgreSQL, each in a schema of its own. */
import { sharedPostgres } from '../../../scripts/testing/postgres-server.ts';

let url: Promise<string> | undefined;
let schemas = 0;

/** A place where no journal is yet. */
export async function createPlace(): Promise<{ readonly url: string; readonly schema: string }> {
  url ??= sharedPostgres().then((server) => server.createDatabase());
  schemas += 1;
  return { url: await url, schema: `journal_${schemas}` };
}
