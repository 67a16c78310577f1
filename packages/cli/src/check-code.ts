/** `yiqiao code check`: which national code standards a code fits, and why it does not fit the others. */
import { createRegistry } from '@yiqiao/registry';
import type { CodeVerdict, Registry } from '@yiqiao/registry';
import { remarkOnCitizen } from './citizen-remarks.ts';
import type { Report } from './report.ts';

/** Exit code 1 when the code fits no standard, or not the one that is asked for. */
export function checkCode(report: Report, code: string, options: { readonly as?: string }): number {
  const registry = createRegistry();
  const verdicts = registry.explainCode(code, knownId(registry, options.as));
  const told = (outcome: CodeVerdict['outcome']): readonly CodeVerdict[] =>
    verdicts.filter((verdict) => verdict.outcome === outcome);
  const fits = told('fits');
  const remarks = remarkOnCitizen(code);
  report.line(code);
  for (const { zh, en } of remarks) report.line(`提示 / remark\n  ${zh}\n  ${en}`);
  list(report, '符合 / fits', fits, fittingLines);
  list(report, '不符合 / differs', told('differs'), differingLines);
  list(
    report,
    '无法判断，结构未全部公开 / undecided, the structure is not public',
    told('undecided'),
    differingLines,
  );
  return report.finish(fits.length > 0, {
    code,
    fits: fits.map(figures),
    differs: told('differs').map(figures),
    undecided: told('undecided').map(figures),
    remarks,
  });
}

function knownId(registry: Registry, id: string | undefined): string | undefined {
  const known = registry.codeStandards().map((standard) => standard.id);
  if (id === undefined || known.includes(id)) return id;
  throw new Error(`没有编码标准 ${id}，已知的有 / no such standard, the known ones are: ${known.join(', ')}`);
}

function list(
  report: Report,
  title: string,
  verdicts: readonly CodeVerdict[],
  linesOf: (verdict: CodeVerdict) => readonly string[],
): void {
  if (verdicts.length === 0) return;
  report.line(title);
  for (const verdict of verdicts) {
    const { id, name, confidence } = verdict.standard;
    report.line(`  ${id}  ${name.zh} / ${name.en} (${confidence})`);
    for (const line of linesOf(verdict)) report.line(`    ${line}`);
  }
}

function fittingLines({ form, parts }: CodeVerdict): readonly string[] {
  const formLine = form === undefined ? [] : [`${form.name.zh} / ${form.name.en} (${form.confidence})`];
  return [...formLine, ...parts.map(({ name, text }) => `${text}  ${name.zh} / ${name.en}`)];
}

/** A reason that several forms share is told once. */
function differingLines({ reasons }: CodeVerdict): readonly string[] {
  return reasons
    .filter(({ reason }, index) => reasons.findIndex((one) => one.reason.zh === reason.zh) === index)
    .flatMap(({ form, reason }) => [`${form.zh}：${reason.zh}`, `${form.en}: ${reason.en}`]);
}

function figures({ standard, form, parts, reasons }: CodeVerdict): Readonly<Record<string, unknown>> {
  return {
    standard: standard.id,
    name: standard.name,
    confidence: form?.confidence ?? standard.confidence,
    ...(form !== undefined && { form: form.name, parts }),
    ...(reasons.length > 0 && { reasons }),
  };
}
