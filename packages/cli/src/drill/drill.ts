/** `yiqiao drill`: the sandbox, broken in several ways one after the other, for people who are on duty some day. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Report } from '../report.ts';
import { startWorld } from '../world.ts';
import { EXERCISES } from './exercises.ts';

interface Options {
  /** Waits for Enter before each step. */
  readonly step?: boolean;
  /** Only this exercise. */
  readonly only?: string;
}

/** Runs the exercises; 1 when one does not end as it should. */
export async function runDrill(report: Report, { step = false, only }: Options): Promise<number> {
  const chosen = EXERCISES.filter(({ id }) => only === undefined || id === only);
  if (chosen.length === 0)
    throw new Error(`没有该演练 no such exercise: ${EXERCISES.map(({ id }) => id).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-drill-'));
  const results: { id: string; ok: boolean; tookMs: number; seen: readonly unknown[] }[] = [];
  try {
    for (const { id, title, breaks, alerts, duty, run } of chosen) {
      report.line(`\n${id}  ${title.zh} / ${title.en}`);
      report.line(`  故障 broken   ${breaks.zh} / ${breaks.en}`);
      report.line(`  告警 alerts   ${alerts.join(', ') || '无 none'}`);
      report.line(`  处置 to do    ${duty.zh}\n                ${duty.en}`);
      if (step) await untilEnter();
      const world = await startWorld({ folder: join(folder, id), ports: 'free', logLevel: 'silent' });
      const began = performance.now();
      try {
        const { ok, seen } = await run(world);
        for (const { zh, en } of seen) report.line(`  所见 seen     ${zh}\n                ${en}`);
        report.line(`  结果 result   ${ok ? '合格 passed' : '不合格 FAILED'}`);
        results.push({ id, ok, tookMs: Math.round(performance.now() - began), seen });
      } finally {
        await world.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return report.finish(
    results.every(({ ok }) => ok),
    { exercises: results },
  );
}

async function untilEnter(): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  await terminal.question('Enter … ');
  terminal.close();
}
