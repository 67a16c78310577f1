import assert from 'node:assert/strict';
import { figuresOf, speak } from './spoken.ts';

interface Shown {
  readonly node: string;
  readonly fields: readonly {
    readonly name: string;
    readonly english?: string;
    readonly length?: number | string;
    readonly required: boolean;
    readonly valueSet?: { readonly name: string; readonly codes: Record<string, string> };
    readonly changedBy?: string;
  }[];
}

async function shown(...args: string[]): Promise<Record<string, unknown>> {
  return figuresOf(await speak('spec', 'show', ...args, '--json'));
}

describe('yiqiao spec show', () => {
  it('tells fields with labels, types and codes, the operation, identities and profiles', async () => {
    const { code, out } = await speak('spec', 'show', '2207');
    assert.equal(code, 0);
    assert.match(out, /^2207 门诊结算 \/ Outpatient settlement, national\n.*confidence: two sources/);
    assert.match(out, /settleOutpatient, write; hospital, pharmacy → platform, answered by both/);
    assert.match(out, /undone by: cancelOutpatientSettlement; 2601 .*lost: reverse, person/);
    assert.match(out, /identities: .*personal-split/);
    assert.match(out, /changed by: chongqing, hebei-130300\n.*inherited by: cross-province/);
    assert.match(
      out,
      /medfee_sumamt {2}医疗费总额 \/ total medical fee {2}number\(16,2\) {2}必填 required\n/,
    );
    assert.match(out, /psn_setlway .*open psn_setlway: 01 按项目结算 \/ by item/);
  });

  it('tells with --json all codes of a field and its name in the model', async () => {
    const { request, operation } = await shown('2207');
    const [data] = request as Shown[];
    const careType = data?.fields.find(({ name }) => name === 'med_type');
    assert.deepEqual([data?.node, careType?.english, careType?.required], ['data', 'careType', true]);
    assert.equal(Object.keys(careType?.valueSet?.codes ?? {}).length > 12, true);
    assert.equal((operation as { undoneBy: string }).undoneBy, 'cancelOutpatientSettlement');
  });

  it('shows a regional variant with what the region changed', async () => {
    const { request, operation } = await shown('2206A', '--profile', 'liaoning-210100');
    const changed = (request as Shown[]).flatMap(({ fields }) => fields.filter(({ changedBy }) => changedBy));
    assert.equal(
      changed.some(({ name }) => name === 'insuplcAdmdvs'),
      true,
    );
    assert.equal((operation as { transaction: string }).transaction, '2206');
  });

  it('says of a transaction without operation that it has none', async () => {
    const { operation, read } = await shown('3601');
    assert.deepEqual([operation, typeof read], [null, 'boolean']);
  });

  it('shows a transaction of a form of its own', async () => {
    const { name, profiles } = await shown('0304', '--profile', 'predecessor-xml');
    assert.deepEqual(
      [name, profiles],
      [
        { zh: '费用结算', en: 'Fee settlement' },
        [
          {
            profile: 'predecessor-xml',
            confidence: (profiles as { confidence: string }[])[0]?.confidence,
            how: 'defines',
          },
        ],
      ],
    );
  });

  for (const args of [['9999'], ['2207', '--profile', 'nowhere']]) {
    it(`ends with 2 for ${args.join(' ')}, and says what there is`, async () => {
      const { code, err } = await speak('spec', 'show', ...args);
      assert.equal(code, 2);
      assert.match(err, /2207|chongqing/);
    });
  }
});
