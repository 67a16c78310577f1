/** `yiqiao doctor`: what keeps a gateway from its work, and what to do about it. */
import { existsSync, readFileSync } from 'node:fs';
import { examineGateway } from '@yiqiao/gateway';
import type { Finding } from '@yiqiao/gateway';
import type { Report } from './report.ts';

const MARKS = { ok: '✔', warning: '!', fault: '✘' } as const;

/** Examines the machine for each configuration; 1 when anything is at fault. Nothing is changed, no message is sent. */
export async function examine(
  report: Report,
  { config }: { readonly config: readonly string[] },
): Promise<number> {
  for (const file of config) refuseAdapter(file);
  const findings: Finding[] = [];
  for (const file of config) findings.push(...(await examineGateway(file)));
  for (const { check, target, level, found, remedy } of findings) {
    report.line(`${MARKS[level]} ${[check, target].filter(Boolean).join(' ')}  ${sides(found)}`);
    if (remedy !== undefined) {
      report.line(`    ${remedy.zh}`);
      report.line(`    ${remedy.en}`);
    }
  }
  const count = (level: Finding['level']): number => findings.filter((one) => one.level === level).length;
  const faults = count('fault');
  const warnings = count('warning');
  report.line(`${faults} 处故障 faults，${warnings} 处须留意 warnings，${count('ok')} 项正常 fine`);
  return report.finish(faults === 0, { faults, warnings, findings });
}

/** @throws Error for the configuration of an adapter, of which nothing would be understood here */
function refuseAdapter(file: string): void {
  if (!existsSync(file) || !/^adapter:/m.test(readFileSync(file, 'utf8'))) return;
  throw new Error(
    `${file} 是适配器的配置，请用 yiqiao adapter check ${file}。\n` +
      `${file} configures an adapter: yiqiao adapter check ${file}.`,
  );
}

function sides({ zh, en }: Finding['found']): string {
  return zh === en ? zh : `${zh} / ${en}`;
}
