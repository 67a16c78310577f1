import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf, makeFolder, endAll, speak } from './spoken.ts';

/** 2208 门诊结算撤销 of a synthetic visit, with members of `data` changed; `undefined` leaves one out. */
function cancellation(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    infno: '2208',
    msgid: 'H53010000001202601010800000001',
    mdtrtarea_admvs: '530100',
    insuplc_admdvs: '330100',
    recer_sys_code: '99',
    infver: '1.0.0',
    opter_type: '1',
    opter: '0001',
    opter_name: '测试经办',
    inf_time: '2026-01-01 08:00:00',
    fixmedins_code: 'H53010000001',
    fixmedins_name: '示例医院',
    sign_no: 'Q0001',
    input: {
      data: { setl_id: 'J0001', mdtrt_id: 'S0001', psn_no: '00000000000000000000000001', ...changes },
    },
  });
}

function fileWith(text: string): string {
  const file = join(makeFolder(), 'message.json');
  writeFileSync(file, text);
  return file;
}

describe('yiqiao', () => {
  after(endAll);

  const usage = [
    ['no such command', ['settle']],
    ['no command', []],
    ['no such option', ['demo', '--fast']],
    ['a missing argument', ['validate']],
    ['an argument too many', ['demo', 'a']],
    ['a command that has commands', ['keys']],
  ] as const;
  for (const [title, args] of usage) {
    it(`ends with 2 and says how it is used: ${title}`, async () => {
      const plain = await speak(...args);
      assert.deepEqual([plain.code, plain.out], [2, '']);
      assert.match(plain.err, /Usage: yiqiao|--help/);
      const json = await speak(...args, '--json');
      const { ok, code, message } = figuresOf(json);
      assert.deepEqual([json.code, ok, code, typeof message], [2, false, 'UNUSABLE', 'string']);
    });
  }

  it('lists its commands and ends with 0 when asked', async () => {
    const { code, out } = await speak('--help');
    assert.equal(code, 0);
    for (const command of ['start', 'demo', 'send', 'validate', 'keys', 'config']) {
      assert.match(out, new RegExp(`^  ${command} `, 'm'));
    }
  });
});

describe('yiqiao validate', () => {
  after(endAll);

  it('ends with 0 for a message that is fit to be sent', async () => {
    const file = fileWith(cancellation());
    const { code, out } = await speak('validate', file);
    assert.equal(code, 0);
    assert.match(out, /2208 门诊结算撤销/);
    const spoken = await speak('validate', file, '--json');
    assert.deepEqual(figuresOf(spoken), {
      ok: true,
      file,
      profile: 'national',
      mode: 'strict',
      transaction: '2208',
      faults: [],
      deviations: [],
    });
  });

  it('ends with 1 and lists every fault in both languages with its place', async () => {
    const file = fileWith(cancellation({ setl_id: undefined, psn_no: '' }));
    const { code, out } = await speak('validate', file);
    assert.equal(code, 1);
    assert.match(out, /2 处有误/);
    assert.match(out, /\/input\/data\/setl_id {2}必填项缺失[^]*Required/);
    const { ok, faults } = figuresOf(await speak('validate', file, '--json'));
    assert.equal(ok, false);
    assert.deepEqual(
      (faults as { rule: string; at: string }[]).map(({ rule, at }) => `${rule} ${at}`).toSorted(),
      ['required /input/data/psn_no', 'required /input/data/setl_id'],
    );
  });

  it('ends with 0 where tolerance is asked for and a departure can be carried on', async () => {
    const file = fileWith(cancellation({ mdtrt_id: 5 }));
    assert.equal((await speak('validate', file)).code, 1);
    const { ok, deviations } = figuresOf(await speak('validate', file, '--tolerant', '--json'));
    assert.deepEqual([ok, (deviations as unknown[]).length], [true, 1]);
  });

  it('checks an answer when it is told which transaction it answers', async () => {
    const file = fileWith('{"infcode":0,"err_msg":"","inf_refmsgid":"1","output":{"setlinfo":{}}}');
    const spoken = await speak('validate', file, '--response', '--transaction', '2208', '--json');
    assert.deepEqual([spoken.code, figuresOf(spoken)['transaction']], [1, '2208']);
    const untold = await speak('validate', file, '--response');
    assert.equal(untold.code, 2);
    assert.match(untold.err, /--transaction/);
  });

  const unreadable = [
    ['is no JSON', 'infno=2208', 'MESSAGE_NOT_READABLE'],
    ['has a member twice', '{"infno":"2208","infno":"2208"}', 'DUPLICATE_MEMBER'],
    ['is of no known transaction', cancellation().replace('2208', '9998'), 'TRANSACTION_UNKNOWN'],
  ] as const;
  for (const [title, text, expected] of unreadable) {
    it(`ends with 1 and tells why when the message ${title}`, async () => {
      const spoken = await speak('validate', fileWith(text), '--json');
      assert.deepEqual([spoken.code, figuresOf(spoken)['code']], [1, expected]);
    });
  }

  it('ends with 2 when there is no such file or profile', async () => {
    const missing = await speak('validate', join(makeFolder(), 'missing.json'));
    assert.deepEqual([missing.code, missing.out], [2, '']);
    assert.match(missing.err, /missing\.json/);
    const profile = await speak('validate', fileWith(cancellation()), '--profile', 'nowhere');
    assert.equal(profile.code, 2);
    assert.match(profile.err, /nowhere/);
  });
});

describe('yiqiao keys', () => {
  after(endAll);

  it('makes a pair whose private half only its owner reads, and shows it without the private half', async () => {
    const out = makeFolder();
    const made = figuresOf(await speak('keys', 'make', '--out', out, '--name', 'test', '--json'));
    const { privateFile, publicFile, publicHex } = made as Record<string, string>;
    assert.equal(statSync(privateFile ?? '').mode & 0o777, 0o600);
    for (const [file, kind] of [
      [privateFile, 'private'],
      [publicFile, 'public'],
    ] as const) {
      const shown = await speak('keys', 'show', file ?? '', '--json');
      assert.deepEqual(
        [shown.code, figuresOf(shown)['kind'], figuresOf(shown)['publicHex']],
        [0, kind, publicHex],
      );
      const [, body = ''] = readFileSync(privateFile ?? '', 'utf8').split('\n');
      assert(!shown.out.includes(body) && !(await speak('keys', 'show', file ?? '')).out.includes(body));
    }
  });

  it('never overwrites a key', async () => {
    const out = makeFolder();
    await speak('keys', 'make', '--out', out);
    const before = readFileSync(join(out, 'sm2.key.pem'), 'utf8');
    const again = await speak('keys', 'make', '--out', out);
    assert.deepEqual([again.code, readFileSync(join(out, 'sm2.key.pem'), 'utf8')], [2, before]);
  });

  it('ends with 2 for a file that holds no key', async () => {
    const spoken = await speak('keys', 'show', fileWith('not a key'), '--json');
    assert.deepEqual([spoken.code, figuresOf(spoken)['code']], [2, 'KEY_INVALID']);
  });
});

describe('yiqiao doctor', () => {
  after(endAll);

  it('ends with 2 for the configuration of an adapter, and names the command for it', async () => {
    const { code, err } = await speak('doctor', '--config', fileWith('adapter: his\n'));
    assert.equal(code, 2);
    assert.match(err, /configures an adapter: yiqiao adapter check /);
  });
});

describe('yiqiao config check', () => {
  after(endAll);

  it('ends with 1 and tells every fault with line and remedy', async () => {
    const file = fileWith('role: hub\nregion: 530000\npeers: []\nroute: []\n');
    const { code, out } = await speak('config', 'check', file);
    assert.equal(code, 1);
    assert.match(out, /line 2: must be text; put numbers in quotes/);
    assert.match(out, /line 4: there is no setting route/);
    const { ok, faults } = figuresOf(await speak('config', 'check', file, '--json'));
    assert.deepEqual([ok, (faults as { at: string }[]).map(({ at }) => at)], [false, ['/region', '/route']]);
  });

  it('ends with 1 when there is no such file', async () => {
    const spoken = await speak('config', 'check', join(makeFolder(), 'missing.yaml'), '--json');
    assert.deepEqual([spoken.code, figuresOf(spoken)['ok']], [1, false]);
  });
});
