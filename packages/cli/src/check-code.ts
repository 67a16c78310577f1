/** `yiqiao code check`: which national code standards a code fits, and why it does not fit the others. */
import { createRegistry } from '@yiqiao/registry';
import type { CodeStandard, CodeVerdict, Registry } from '@yiqiao/registry';
import { remarkOnCitizen } from './citizen-remarks.ts';
import type { Bilingual } from './citizen-remarks.ts';
import {
  PUT_RIGHT,
  confidenceWords,
  differingLines,
  fittingLines,
  leftOpen,
  onlyWhere,
} from './code-words.ts';
import type { Report } from './report.ts';

/**
 * Exit code 1 when the code fits no standard, or not the one that is asked for; 0 with a remark when the structure of
 * the latter is not public, or inferred, so that nothing is known to be wrong. A blank is a code of none.
 */
export function checkCode(report: Report, code: string, options: { readonly as?: string }): number {
  const registry = createRegistry();
  const asked = knownName(registry, options.as);
  const verdicts = registry.explainCode(code, asked);
  const told = (outcome: CodeVerdict['outcome']): readonly CodeVerdict[] =>
    verdicts.filter((verdict) => verdict.outcome === outcome);
  const fits = told('fits');
  const open = fits.length > 0 || code.trim() === '' ? [] : verdicts.filter(isOpen);
  const ok = fits.length > 0 || (asked !== undefined && open.length > 0);
  const general = [
    ...remarkOnCitizen(code),
    ...(asked === undefined ? [] : remarksOnAsked(asked, { verdicts, ok, open })),
  ];
  report.line(code);
  for (const { zh, en } of general) report.line(`提示 / remark\n  ${zh}\n  ${en}`);
  list(report, '符合 / fits', fits, fittingLines);
  list(report, '不符合 / differs', told('differs'), differingLines);
  list(
    report,
    '无法判断，结构未全部公开 / undecided, the structure is not public',
    told('undecided'),
    differingLines,
  );
  return report.finish(ok, {
    code,
    fits: fits.map(figures),
    differs: told('differs').map(figures),
    undecided: told('undecided').map(figures),
    remarks: unique([...general, ...fits.flatMap((verdict) => verdict.remarks)]),
  });
}

/** The standards with the fields that hold their codes, for whoever has to name one. */
export function standardNames(): string {
  const lines = createRegistry()
    .codeStandards()
    .map(({ id, name, fields }) => {
      const names = fields.map((field) => field.name).join(', ');
      return `  ${id}  ${name.zh} / ${name.en}${names === '' ? '' : `\n    ${names}`}`;
    });
  return `编码标准与存放其编码的字段 / standards, and the fields that hold their codes:\n${lines.join('\n')}`;
}

/** A standard, or a field of the interface that holds codes of one. */
function knownName(registry: Registry, name: string | undefined): string | undefined {
  const isCalled = ({ id, fields }: CodeStandard): boolean =>
    id === name || fields.some((field) => field.name === name);
  if (name === undefined || registry.codeStandards().some(isCalled)) return name;
  throw new Error(
    `没有名为 ${name} 的编码标准或字段 / no standard or field of that name\n${standardNames()}`,
  );
}

/** Whether a code that differs may still be good. */
function isOpen({ standard, outcome }: CodeVerdict): boolean {
  return outcome === 'undecided' || standard.confidence === 'inferred';
}

interface Asked {
  readonly verdicts: readonly CodeVerdict[];
  readonly ok: boolean;
  readonly open: readonly CodeVerdict[];
}

/** Why a code that fits not is let pass, or what to do about it; and where a field holds such codes at all. */
function remarksOnAsked(asked: string, { verdicts, ok, open }: Asked): readonly Bilingual[] {
  const where = verdicts.flatMap(({ standard }) => {
    const when = standard.fields.find(({ name }) => name === asked)?.when;
    return when === undefined ? [] : [onlyWhere(asked, standard.name, when)];
  });
  if (!ok) return [...where, PUT_RIGHT];
  return open.length === 0 ? where : [...where, leftOpen(open.map(({ standard }) => standard.name))];
}

function unique(remarks: readonly Bilingual[]): readonly Bilingual[] {
  return [...new Map(remarks.map((remark) => [remark.zh, remark])).values()];
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
    report.line(`  ${id}  ${name.zh} / ${name.en} (${confidenceWords(confidence)})`);
    for (const line of linesOf(verdict)) report.line(`    ${line}`);
  }
}

function figures(verdict: CodeVerdict): Readonly<Record<string, unknown>> {
  const { standard, form, parts, reasons, rewritten } = verdict;
  return {
    standard: standard.id,
    name: standard.name,
    confidence: form?.confidence ?? standard.confidence,
    ...(form !== undefined && { form: form.name, parts }),
    ...(reasons.length > 0 && { reasons }),
    ...(rewritten !== undefined && { rewritten }),
  };
}
