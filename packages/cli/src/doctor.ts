/** `yiqiao doctor`: what keeps a gateway from its work, and what to do about it. */
import { examineGateway } from '@yiqiao/gateway';
import type { Finding } from '@yiqiao/gateway';
import type { Report } from './report.ts';

const MARKS = { ok: '✔', warning: '!', fault: '✘' } as const;

/** Examines the machine for each configuration; 1 when anything is at fault. Nothing is changed, no message is sent. */
export async function examine(
  report: Report,
  { config }: { readonly config: readonly string[] },
): Promise<number> {
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

function sides({ zh, en }: Finding['found']): string {
  return zh === en ? zh : `${zh} / ${en}`;
}
