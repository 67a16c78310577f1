/** `yiqiao demo`: the sandbox in a temporary folder on free ports, the visits, the receipts, the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from './report.ts';
import { allScripts, runVisits } from './visits.ts';
import { startWorld } from './world.ts';

/** Exit code 1 when a visit does not end as it should or the books of the parties differ. */
export async function runDemo(report: Report, options: { further?: boolean } = {}): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-demo-'));
  try {
    const world = await startWorld({ folder, ports: 'free', logLevel: 'error' });
    try {
      const { ok, visits } =
        options.further === true
          ? await runVisits(world, report, allScripts())
          : await runVisits(world, report);
      return report.finish(ok, { visits });
    } finally {
      await world.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
