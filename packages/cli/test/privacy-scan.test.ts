import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf, speak } from './spoken.ts';

const ID = '000000199001010018';

describe('yiqiao privacy scan', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-privacy-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, content: string | Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  it('ends with 0 when everything is masked', async () => {
    write('a.log', '{"psn_name":"测*甲","certno":"0****************8"}\n');
    assert.equal((await speak('privacy', 'scan', folder)).code, 0);
  });

  it('names file, line and column of each finding, and never the value', async () => {
    write('a.log', `one\ntwo ${ID}\n{"psn_name":"测试甲"}\n`);
    const { code, out } = await speak('privacy', 'scan', folder);
    assert.equal(code, 1);
    assert.match(out, /a\.log:2:5 {2}身份证号/);
    assert.match(out, /a\.log:3:14 {2}个人信息字段 personal field psn_name {2}测\*甲/);
    assert.equal(out.includes(ID), false);
  });

  it('knows the names that a region gives its own fields', async () => {
    write(
      'a.log',
      '{"delver_tel":"075500000000","delv_entp_name":"测试配送","pwcry_bfadm_coma_du":"1/2/3"}\n',
    );
    const { findings } = figuresOf(await speak('privacy', 'scan', folder, '--json'));
    assert.deepEqual(
      (findings as { under?: string }[]).map(({ under }) => under),
      ['delver_tel', 'pwcry_bfadm_coma_du'],
    );
  });

  it('finds what the border between two pieces cuts, once, in a file of several megabytes', async () => {
    const piece = 1_048_576;
    for (const shift of [0, 5, 17, 18, 200, 400, 401, 800]) {
      const lead = 'x'.repeat(piece - shift - 1);
      write('big.log', `${lead} ${ID} ${'y'.repeat(piece)} ${ID}\n`);
      const { count, findings } = figuresOf(await speak('privacy', 'scan', folder, '--json'));
      assert.equal(count, 2, `shifted by ${shift}`);
      const columns = (findings as { column: number }[]).map(({ column }) => column);
      assert.deepEqual(columns, [piece - shift + 1, 2 * piece - shift + 21]);
    }
  });

  it('reads a database and other bytes as they are', async () => {
    write(
      'j.sqlite',
      Buffer.concat([Buffer.of(0, 1, 0xff, 0xfe), Buffer.from(`"psn_no":"P0001"`), Buffer.of(0)]),
    );
    const { count } = figuresOf(await speak('privacy', 'scan', folder, '--json'));
    assert.equal(count, 1);
  });

  it('ends with 2 when there is no such file', async () => {
    assert.equal((await speak('privacy', 'scan', join(folder, 'none'))).code, 2);
  });
});
