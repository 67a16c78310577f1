import assert from 'node:assert/strict';
import { figuresOf, speak } from './spoken.ts';

interface Shown {
  readonly node: string;
  readonly fields: readonly {
    readonly name: string;
    readonly english?: string;
    readonly label: { readonly zh: string; readonly en?: string };
    readonly mapped?: readonly { readonly model: string; readonly national?: string }[];
    readonly counterparts?: readonly string[];
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
    assert.match(out, /changed by: chongqing, hebei-130300.*\n.*inherited by: cross-province/);
    assert.match(
      out,
      /medfee_sumamt {2}医疗费总额 \/ total medical fee {2}number\(16,2\) {2}必填 required; 来源数 sources \d+; 模型 model total\n/,
    );
    assert.match(out, /psn_setlway .*open psn_setlway: 01 按项目结算 \/ by item/);
  });

  it('tells of a request without input that there is none', async () => {
    const { out } = await speak('spec', 'show', '5101');
    assert.match(out, /请求 \/ request\n {2}—\n应答 \/ response\n {2}feedetail/);
  });

  it('tells of a write which query shows it, what that needs and what to look for, or why none does', async () => {
    const { out } = await speak('spec', 'show', '2501');
    assert.match(out, /whether it was done: 5304，.*same hospital.*; 另需 \/ needs: begntime \(inferred\)/);
    const { out: injury } = await speak('spec', 'show', '2507');
    assert.match(injury, /whether it was done: — 没有交易能查询意外伤害备案/);
    assert.doesNotMatch((await speak('spec', 'show', '5304')).out, /whether it was done/);
    const { operation } = await shown('2501');
    assert.deepEqual(
      (operation as { shownBy: { query: string; needs: string[] }[] }).shownBy.map(({ query, needs }) => [
        query,
        needs,
      ]),
      [['5304', ['begntime']]],
    );
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

  it('tells of each identity what a broken one does, and why one is not checked', async () => {
    const { out: application } = await speak('spec', 'show', '3203');
    assert.match(
      application,
      /identities: clearing-agreed\n {2}clearing-agreed: .*\(one source\)\n.*refused\n/,
    );
    const { out: settlement } = await speak('spec', 'show', '2207');
    assert.match(settlement, /scope-split: .*\n.*请求 .*remarked on\n.*answer: .*flagged, never refused/);
    assert.match(settlement, /lines-to-total: .*\n.*not shown by one message: .*2204.* \/ needs the lines/);
    const { identities } = await shown('5204');
    assert.deepEqual(identities, ['line-amount']);
  });

  it('tells the sums of a form of its own', async () => {
    const { identities } = await shown('0304', '--profile', 'predecessor-xml');
    assert.deepEqual(identities, ['legacy-total', 'legacy-fund']);
  });

  it('tells of a region’s fields the operation, the canonical member and the national field, with its label', async () => {
    const { code, out } = await speak('spec', 'show', 'SI11', '--profile', 'shanghai');
    assert.equal(code, 0);
    assert.match(out, /source of the profile: one client .* \(one source\)\n/);
    assert.match(out, /map SI11: presettleOutpatient \(2206\), inferred/);
    assert.match(
      out,
      /totalexpense {2}交易费用总额 \/ total medical fee {2}number {2}→ 2206 data\.medfee_sumamt = presettleOutpatient\.total \(inferred\)/,
    );
    const { request, operation } = await shown('SI11', '--profile', 'shanghai');
    assert.equal((operation as { operation: string }).operation, 'presettleOutpatient');
    const fields = (request as Shown[]).flatMap((node) => node.fields);
    const named = (name: string): Shown['fields'][number] | undefined =>
      fields.find((field) => field.name === name);
    assert.deepEqual(named('jzdyh')?.mapped?.[0]?.national, '2206 data.mdtrt_id');
    assert.deepEqual(named('jzdyh')?.label.en, 'visit ID');
    assert.deepEqual(named('deptid')?.counterparts, ['bilg_dept_codg']);
    assert.equal(named('persontype')?.label.en, undefined);
  });

  it('tells of the members of an envelope the national ones', async () => {
    const { out } = await speak('spec', 'show', '0304', '--profile', 'predecessor-xml');
    assert.match(
      out,
      /aab299 {2}行政区划代码（就医地） \/ region of the place of care .*→ envelope\.mdtrtarea_admvs = header:careRegion/,
    );
  });

  it('tells why a region’s transaction has no map', async () => {
    const { out } = await speak('spec', 'show', 'SI12', '--profile', 'shanghai');
    assert.match(out, /no map: /);
    assert.match(out, /notWired: /);
  });

  it('tells what a region’s confirmation does, and what its profile says of it', async () => {
    const { out } = await speak('spec', 'show', '49', '--profile', 'zhejiang');
    assert.match(out, /two-phase: confirm \(HIS事务结果 = 1, 医保交易流水号\)/);
    assert.match(out, /two-phase: cancel \(HIS事务结果 = -1, 医保交易流水号\)/);
    assert.match(out, /lost: no source tells/);
    const { twoPhase } = await shown('30', '--profile', 'zhejiang');
    assert.equal(twoPhase, undefined);
    const unwired = await shown('ClinicSettles', '--profile', 'shaanxi-xianyang');
    assert.match(JSON.stringify(unwired.twoPhase), /notWired: .*a person decides/);
  });

  it('tells which regions have a national transaction in a form or under a number of their own', async () => {
    const { out } = await speak('spec', 'show', '2206');
    assert.match(out, /mapped by: .*guizhou-guiyang CALCLIN \(CALCLIN-trial\) \(inferred, .*incomplete\)/);
    assert.match(out, /mapped by: .*shanghai SI11 \(inferred/);
    assert.match(
      out,
      /under a number of its own: jiangxi-360000 2206A \(one source\); liaoning-210100 2206A \(one source\)\n/,
    );
    const { regional } = await shown('2207');
    const settled = (regional as { profile: string; transaction: string; incomplete: boolean }[]).find(
      ({ profile }) => profile === 'predecessor-xml',
    );
    assert.deepEqual([settled?.transaction, settled?.incomplete], ['0304', false]);
    const own = await shown('2206A', '--profile', 'liaoning-210100');
    assert.equal(own['nationalNumber'], '2206');
    assert.equal(JSON.stringify(own['regional']).includes('SI11'), true);
  });

  it('tells at its end what each source is that it names', async () => {
    const { out } = await speak('spec', 'show', '2207');
    assert.match(out, /\n来源 \/ sources .*\n {2}s1: [^\n]*\.docx\n {2}s221: /);
    const { sources, sourceNames } = await shown('2207');
    assert.deepEqual(Object.keys(sourceNames as object), sources);
  });

  for (const [number, profiles] of [
    ['1161', ['chongqing', 'neimenggu']],
    ['90502', ['guangdong-foshan']],
  ] as const) {
    it(`names the profiles that have ${number}, which the national form lacks, and the command that shows it`, async () => {
      const { code, err } = await speak('spec', 'show', number);
      assert.equal(code, 2);
      assert.match(err, /^TRANSACTION_UNKNOWN/);
      for (const profile of profiles) {
        const command = `yiqiao spec show ${number} --profile ${profile}`;
        assert.equal(err.includes(command), true, err);
        assert.equal((await speak(...command.split(' ').slice(1))).code, 0);
      }
    });
  }

  it('lists the numbers of a profile for one that no profile has', async () => {
    const { code, err } = await speak('spec', 'show', '9998', '--profile', 'shanghai');
    assert.equal(code, 2);
    assert.match(err, /no transaction 9998[^]*已有的交易：.*SI11 .*SI12/);
  });

  it('finds what most elements of a mapped transaction become, in every form of its own', async () => {
    for (const [number, profile] of [
      ['0304', 'predecessor-xml'],
      ['48', 'guizhou-yinhai'],
      ['hos.upload.fee', 'hainan'],
      ['ec.query', 'jiangsu'],
      ['CXJB004', 'sichuan-yibin'],
      ['settle_mz', 'shandong-dareway'],
    ] as const) {
      const { request, response, maps } = await shown(number, '--profile', profile);
      const fields = [...(request as Shown[]), ...(response as Shown[])].flatMap((node) => node.fields);
      const told = fields.filter(({ mapped }) => mapped !== undefined);
      assert.equal(told.length > fields.length * 0.4, true, `${profile} ${number} ${told.length}`);
      assert.equal((maps as unknown[]).length > 0, true);
    }
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
