/** `yiqiao demo internet-plus`: the story of a visit over the internet in a temporary folder on free ports. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceEvent } from '@yiqiao/sdk';
import { withCast } from './internet-plus/cast.ts';
import { tellStory } from './internet-plus/story.ts';
import type { StoryStep } from './internet-plus/telling.ts';
import type { Report } from './report.ts';

/** Exit code 1 when a step does not come out as it should or the books of the parties differ. */
export async function runInternetPlus(report: Report): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-internet-plus-'));
  try {
    const steps: StoryStep[] = [];
    const tell = (step: StoryStep): void => {
      steps.push(step);
      printStep(report, step);
    };
    const end = await withCast(folder, (cast) => tellStory({ ...cast, tell }));
    printTrace(report, end.trace);
    return report.finish(end.ok, { steps, books: end.books, trace: end.trace });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printStep(report: Report, { ok, zh, en, facts }: StoryStep): void {
  report.line(`${ok ? '✓' : '✗'} ${zh}`);
  report.line(`  ${en}`);
  const told = Object.entries(facts).filter(([, value]) => value !== '');
  if (told.length > 0) report.line(`  ${told.map(([name, value]) => `${name} ${value}`).join('  ')}`);
}

function printTrace(report: Report, trace: readonly TraceEvent[]): void {
  report.line();
  report.line('全程追溯 the whole chain');
  for (const { step, refs } of trace) {
    const told = Object.entries(refs)
      .filter(([name]) => name !== 'person')
      .map(([name, value]) => `${name} ${value}`);
    report.line(`  ${step.padEnd(30)} ${told.join('  ')}`);
  }
}
