import assert from 'node:assert/strict';
import { createRegistry, wantedForm } from '@yiqiao/registry';
import { figuresOf, speak } from './spoken.ts';

interface Shown {
  readonly node: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly checkedAs?: string;
    readonly format?: string;
    readonly alsoFormat?: string;
  }[];
}

const registry = createRegistry();

describe('yiqiao spec show tells of a field how it is written', () => {
  const lines = [
    [
      '3101',
      /adm_date {2}入院日期.* date yyyy-MM-dd HH:mm:ss {2}yyyy-MM-dd 亦放行并提示 let pass with a remark;/,
    ],
    ['3101', /oprn_date {2}手术操作日期.* date yyyy-MM-dd {2}来源数/],
    ['3260', /trt_month .* string\(2\) MM {2}必填/],
    ['3604', /fund_cap .* date\(16,2\) {2}按 number 校验 checked as number/],
    ['2204', /feedetl_sn .* number\(30\) {2}按 string 校验 checked as string/],
  ] as const;
  for (const [transaction, expected] of lines) {
    it(`${transaction}: ${expected.source}`, async () => {
      assert.match((await speak('spec', 'show', transaction)).out, expected);
    });
  }

  it('as the validator wants it, with --json', async () => {
    for (const transaction of ['3101', '2207', '6201', '7201']) {
      const { request } = figuresOf(await speak('spec', 'show', transaction, '--json'));
      for (const { node, fields } of request as readonly Shown[]) {
        const defined = registry
          .definition('national', transaction)
          ?.request.find((one) => one.node === node);
        for (const { name, type, checkedAs = type, format, alsoFormat } of fields) {
          const field = defined?.fields.find((one) => one.name === name);
          assert(field !== undefined, name);
          const { type: wanted, ...formats } = wantedForm(field);
          const told = {
            ...(format !== undefined && { format }),
            ...(alsoFormat !== undefined && { alsoFormat }),
          };
          assert.deepEqual([checkedAs, told], [wanted, formats], `${transaction} ${name}`);
        }
      }
    }
  });
});
