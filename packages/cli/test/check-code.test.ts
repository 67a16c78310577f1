import assert from 'node:assert/strict';
import { figuresOf, speak } from './spoken.ts';

describe('yiqiao code check', () => {
  it('ends with 0 and takes a code apart by the standard that it fits', async () => {
    const { code, out } = await speak('code', 'check', 'H43010000001');
    assert.equal(code, 0);
    assert.match(out, /符合 \/ fits\n {2}institution [^]*430100 {2}区划 \/ region[^]*不符合 \/ differs/);
    assert.match(out, /doctor [^]*第 1 位（识别码）应为“D”，现为“H”/);
  });

  it('ends with 1 and says why in both languages when a code does not fit the standard asked for', async () => {
    const { code, out } = await speak('code', 'check', '000000199001010019', '--as', 'citizen-id');
    assert.equal(code, 1);
    assert.match(out, /校验位不符，应为 8\n.*the check character should be 8/);
    assert.doesNotMatch(out, /institution/);
  });

  it('tells a reason that several forms share once', async () => {
    const { out } = await speak('code', 'check', 'e11.900', '--as', 'disease');
    assert.equal(out.match(/类目字母/g)?.length, 1);
  });

  it('tells with --json what fits, what differs and what cannot be decided', async () => {
    const { ok, code, fits, differs, undecided } = figuresOf(
      await speak('code', 'check', 'M01600', '--json'),
    );
    assert.deepEqual([ok, code], [true, 'M01600']);
    const ids = (list: unknown): string[] => (list as { standard: string }[]).map(({ standard }) => standard);
    assert.deepEqual(ids(fits), ['chronic-disease', 'cross-province-chronic-disease']);
    assert.equal(ids(differs).includes('institution'), true);
    assert.equal(ids(undecided).includes('day-surgery'), true);
  });

  for (const [title, given, remark] of [
    [
      'fifteen digits that may be an old citizen number',
      '100000490101002',
      /十五位.*升位后为 10000019490101002[\dX]/,
    ],
    ['a small x at the end', '00000019900101002x', /请改写为 00000019900101002X。/],
  ] as const) {
    it(`remarks on ${title}, with what to write`, async () => {
      const { out } = await speak('code', 'check', given);
      assert.match(out, remark);
      const { remarks } = figuresOf(await speak('code', 'check', given, '--json'));
      assert.equal((remarks as readonly unknown[]).length, 1);
    });
  }

  it('remarks on nothing else', async () => {
    for (const given of ['H43010000001', '499999999999999'])
      assert.deepEqual(figuresOf(await speak('code', 'check', given, '--json'))['remarks'], []);
  });

  const named = [
    ['admdvs', '430100', 0],
    ['msgid', 'H43010000001202406030920050001', 0],
    ['fixmedins_code', 'P43010000001', 0],
    ['fixmedins_code', 'X43010000001', 1],
    ['certno', '000000199001010019', 1],
  ] as const;
  for (const [name, given, expected] of named) {
    it(`takes the wire name ${name} for the standards whose codes it holds: ${given} ends with ${expected}`, async () => {
      assert.equal((await speak('code', 'check', given, '--as', name)).code, expected);
    });
  }

  it('says where a field holds such codes only beside a value of another', async () => {
    const { out } = await speak('code', 'check', 'M03900', '--as', 'dise_codg');
    assert.match(out, /仅在 med_type = 14 时存放门诊慢特病病种[^]*only where med_type = 14/);
  });

  const lenient = [
    ['agency', 'A1', 'of which only the name is known'],
    ['settlement-list', 'A1', 'that is no code list'],
    ['daysrg_dise_list_code', 'A1', 'of a field whose codes nobody describes'],
    ['pharmacist', 'Y1', 'whose other forms are not public'],
    ['nurse', 'n43010000000', 'whose structure is inferred'],
    ['med_list_codg', '目录外', 'of several, some of which are inferred'],
  ] as const;
  for (const [name, given, what] of lenient) {
    it(`ends with 0 and a remark for ${given} as ${name}, a standard ${what}`, async () => {
      const spoken = await speak('code', 'check', given, '--as', name, '--json');
      const { ok, fits, remarks } = figuresOf(spoken);
      assert.deepEqual([spoken.code, ok, fits], [0, true, []]);
      assert.match(JSON.stringify(remarks), /不判为错误.*not called wrong/);
    });
  }

  it('ends with 1 for a blank, whatever the standard', async () => {
    for (const name of ['agency', 'nurse', 'disease', 'psn_no'])
      assert.equal((await speak('code', 'check', ' ', '--as', name)).code, 1, name);
  });

  it('remarks on a region that nobody knows, and explains that of synthetic data', async () => {
    const unknown = figuresOf(await speak('code', 'check', 'H99999900001', '--json'));
    assert.match(JSON.stringify([unknown.ok, unknown['remarks']]), /true.*999999.*check the code/);
    const synthetic = await speak('code', 'check', '000000', '--as', 'region');
    assert.equal(synthetic.code, 0);
    assert.match(synthetic.out, /合成（测试）数据[^]*synthetic \(test\) data/);
  });

  it('says how to write a code of another case or width', async () => {
    const { out } = await speak('code', 'check', 'ｈ43010000001', '--as', 'institution');
    assert.match(out, /请改写为 H43010000001[^]*write H43010000001/);
  });

  for (const args of [
    ['code', 'check', 'M01600', '--as', 'illness'],
    ['code', 'check', '--help'],
  ]) {
    it(`lists the standards with their fields after ${args.join(' ')}`, async () => {
      const { out, err } = await speak(...args);
      assert.match(
        out + err,
        /chronic-disease  门诊慢特病病种[^]*opsp_dise_code, dise_codg[^]*msgid, omsgid/,
      );
    });
  }

  it('ends with 2 when there is no standard of that name', async () => {
    assert.equal((await speak('code', 'check', 'M01600', '--as', 'illness')).code, 2);
  });
});
