/** `yiqiao conformance list KIT --matrix`: which combinations are required (必测) and which optional (选测). */
import type { Kit } from '@yiqiao/conformance';
import { displayWidth } from '@yiqiao/sandbox';
import type { Report } from './report.ts';

/** Prints the matrix of a kit as a table. @throws Error for a kit without one */
export function showMatrix(report: Report, { id, matrix }: Kit): number {
  const [first] = matrix;
  if (first === undefined) throw new Error(`测试套 ${id} 没有矩阵 kit ${id} has no matrix`);
  const heads = ['', ...first.values.map(({ factor }) => `${factor.zh} ${factor.en}`)];
  const rows = matrix.map(({ test, values }) => [TESTS[test], ...values.map((value) => value.id)]);
  const widths = heads.map((head, at) =>
    Math.max(...[head, ...rows.map((row) => row[at] ?? '')].map(displayWidth)),
  );
  const line = (cells: readonly string[], rest: string): void =>
    report.line([...cells.map((cell, at) => pad(cell, widths[at] ?? 0)), rest].join('  ').trimEnd());
  report.line(`${id}  ${first.role.zh} ${first.role.en}`);
  line(heads, '要求 requirement');
  for (const [at, { requirement, values }] of matrix.entries())
    line(rows[at] ?? [], `${requirement}  ${values.map(({ text }) => text.zh).join('·')}`);
  const required = matrix.filter(({ test }) => test === 'required').length;
  report.line(`必测 required ${required}, 选测 optional ${matrix.length - required}`);
  return report.finish(true, { kit: id, matrix });
}

const TESTS = { required: '必测 required', optional: '选测 optional' } as const;

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(columns - displayWidth(text), 0));
}
