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
    for (const given of ['H43010000001', '000000199001010018', '499999999999999'])
      assert.deepEqual(figuresOf(await speak('code', 'check', given, '--json'))['remarks'], []);
  });

  it('ends with 2 and lists the standards when there is none of that name', async () => {
    const { code, err } = await speak('code', 'check', 'M01600', '--as', 'illness');
    assert.equal(code, 2);
    assert.match(err, /chronic-disease/);
  });
});
