import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readObserved } from '@yiqiao/conformance';
import type { ObservedMessage } from '@yiqiao/conformance';
import { endAll, figuresOf, fileWith, makeFolder, placesOf, speak } from './spoken.ts';
import type { Found, Spoken } from './spoken.ts';

const messages = readObserved();

function observed(id: string): ObservedMessage {
  const found = messages.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

function bytesOf({ raw, rawBase64 = '' }: ObservedMessage): Uint8Array {
  return raw === undefined ? Buffer.from(rawBase64, 'base64') : Buffer.from(raw);
}

/** In the mode that the message's profile implies; its transaction is told. */
function validate(message: ObservedMessage, bytes: string | Uint8Array): Promise<Spoken> {
  const { profile, transaction, direction } = message;
  const side = direction === 'response' ? ['--response'] : [];
  const rest = ['--profile', profile, '--transaction', transaction, ...side, '--json'];
  return speak('validate', fileWith(bytes), ...rest);
}

const SETTLE = '2207-500155-02';
const TRIAL = '2206-411302-02';
const SUMS = '3201-411302-01';
const UNDO = '2601-411302-01';
const LIST = '4101-469005-01';
const PERSON = '1101-130399-02';
const SETTLED = '2207-131100-01';
const STAY = '2305-500103-01';
const PLACE = '1201-330000-01';
const SIGNED_IN = '9001-330000-03';
const LINES = '2204-131100-01';

/** Put in place of a text of the message: title, message, text, what stands in its place. */
type Mutation = readonly [title: string, id: string, from: string | RegExp, to: string];

/** Forms that senders of such messages are known to use; none of them may ever cost a message. */
const MUTATIONS: readonly Mutation[] = [
  ['a byte order mark', SETTLE, /^/, '\uFEFF'],
  ['a byte order mark before an answer', PERSON, /^/, '\uFEFF'],
  ['blanks and line ends around it', SETTLE, /^([^]*)$/, ' \r\n$1\r\n'],
  ['a comma after the last member', TRIAL, '"insutype": "310"', '"insutype": "310",'],
  ['a wrapper around the envelope', SETTLE, /^([^]*)$/, '{"request":$1}'],
  ['input as text', UNDO, /"input": (\{[^]*\})\s*\}$/, ''],
  ['infver 1', SETTLE, '"infver":"1"', '"infver":1'],
  ['infver 1.0.0', SETTLE, '"infver":"1"', '"infver":"1.0.0"'],
  ['infver V1.0', SETTLE, '"infver":"1"', '"infver":"V1.0"'],
  ['infver V1.0.0', SETTLE, '"infver":"1"', '"infver":"V1.0.0"'],
  ['no infver', SETTLE, '"infver":"1",', ''],
  ['no opter_name', SETTLE, /"opter_name":"[^"]*",/, ''],
  ['an opter_type of null', SETTLE, '"opter_type":"1"', '"opter_type":null'],
  ['no fixmedins_name', SETTLE, /"fixmedins_name":"[^"]*",/, ''],
  ['no dev_no', SETTLE, '"dev_no":"",', ''],
  ['recer_admdvs in place of recer_sys_code', SETTLE, '"recer_sys_code":"YBXT"', '"recer_admdvs":"500155"'],
  ['infno as a number', SETTLE, '"infno":"2207"', '"infno":2207'],
  ['a time with the day alone', SETTLE, '"2021-09-24 08:28:27"', '"2021-09-24"'],
  ['a time without separators', SETTLE, '"2021-09-24 08:28:27"', '"20210924082827"'],
  ['a time with milliseconds', SETTLE, '"2021-09-24 08:28:27"', '"2021-09-24 08:28:27.123"'],
  ['members beyond the definition', SETTLE, '"serv_code"', '"TOKEN":"x","serv_code"'],
  ['a member of the region in the body', SETTLE, '"med_type"', '"local_flag":"1","med_type"'],
  ['an amount in quotes', SETTLE, '"medfee_sumamt":9', '"medfee_sumamt":"9"'],
  ['an amount in quotes with decimals', SETTLE, '"medfee_sumamt":9', '"medfee_sumamt":"9.00"'],
  ['a bare amount where the sender quotes', SUMS, '"8958.23"', '8958.23'],
  ['an amount with zeros after it', SETTLE, '"medfee_sumamt":9', '"medfee_sumamt":9.0000'],
  ['an amount with an exponent', SETTLE, '"medfee_sumamt":9', '"medfee_sumamt":9e+0'],
  ['zero with an exponent', SETTLE, '"overlmt_selfpay":0', '"overlmt_selfpay":0E-8'],
  ['an amount that a float missed', SUMS, '"8958.23"', '8958.2299999999996'],
  ['an amount that a float overshot', TRIAL, '"69.6"', '"69.600000000000009"'],
  ['a quoted exponent', SUMS, '"388.23"', '"3.8823E2"'],
  ['an identifier as a number', SETTLE, '"310040000001"', '310040000001'],
  ['a code as a number', SETTLE, '"med_type":"12"', '"med_type":12'],
  ['null where nothing is', SETTLE, '"invono":"2021092414556"', '"invono":null'],
  ['empty text where nothing is', TRIAL, '"dev_no": null', '"dev_no": ""'],
  ['nothing where nothing is', SETTLE, '"return_invono":"",', ''],
  ['a list of one for the node', SETTLE, /"data":(\{[^}]*\})/, '"data":[$1]'],
  ['a list of one for the node, indented', SUMS, /"data": (\{[^}]*\})/, '"data": [ $1 ]'],
  ['no node name', SETTLE, /"data":\{([^}]*)\}/, '$1'],
  ['no node name, indented', UNDO, /"data": \{([^}]*)\}/, '$1'],
  ['camelCase for an identifier', SETTLE, '"psn_no"', '"psnNo"'],
  ['camelCase for an amount', SUMS, '"medfee_sumamt"', '"medfeeSumamt"'],
  ['camelCase in the node of a reversal', UNDO, '"oinfno"', '"oinfno2":"","oinfno"'],
  ['expContent', SETTLE, '"med_type"', '"expContent":"","med_type"'],
  ['exp_content', SETTLE, '"med_type"', '"exp_content":"{}","med_type"'],
  ['an object in exp_content', SETTLE, '"med_type"', '"exp_content":{"a":"1"},"med_type"'],
  ['a day without separators', SUMS, '"2024-01-01"', '"20240101"'],
  ['a day with slashes', SUMS, '"2024-01-31"', '"2024/01/31"'],
  ['a time where a day is asked for', SUMS, '"2024-01-31"', '"2024-01-31 00:00:00"'],
  ['a flag as true', LIST, '"hi_type":"320"', '"hi_type":"320","back_icu":true'],
  ['an object for a list of one', LIST, /"payinfo":\[(\{[^}]*\})\]/, '"payinfo":$1'],
  ['infcode as text', PERSON, '"infcode":0', '"infcode":"0"'],
  ['infcode as 0.0', PERSON, '"infcode":0', '"infcode":0.0'],
  ['infcode as a number', '1161-500102-02', '"infcode":"0"', '"infcode":0'],
  ['a success with a text', PERSON, '"err_msg":null', '"err_msg":"成功"'],
  ['message for err_msg', PERSON, '"err_msg":null', '"message":""'],
  ['no reference id', PERSON, /"inf_refmsgid":"\d*",/, ''],
  ['a node beside output', '1101-310115-01', '"warn_msg"', '"idetinfo2":[],"warn_msg"'],
  ['an amount of the word null', SETTLED, '"act_pay_dedc":4.29', '"act_pay_dedc":"null"'],
  ['an amount of a dash', SETTLED, '"act_pay_dedc":4.29', '"act_pay_dedc":"-"'],
  ['an amount of a blank', SETTLED, '"act_pay_dedc":4.29', '"act_pay_dedc":" "'],
  ['amounts of an answer in quotes', SETTLED, '"medfee_sumamt":4.52', '"medfee_sumamt":"4.52"'],
  ['amounts of an answer with an exponent', SETTLED, '"medfee_sumamt":4.52', '"medfee_sumamt":4.52e+0'],
  ['a sum that a float missed', STAY, '-3379.26', '-3379.2599999999993'],
  ['expContent in an answer', SETTLED, '"expContent":null', '"exp_content":null'],
  ['exp_content for expContent', '1101-310115-01', '"expContent"', '"exp_content"'],
  ['one object for the list of lines', LINES, /"result":\[(\{[^}]*\})\]/, '"result":$1'],
  ['an object where the region sends a list of one', PLACE, /\[(\{[^}]*\})\]/, '$1'],
  ['a list of one where an object belongs', SIGNED_IN, /"signinoutb":(\{[^}]*\})/, '"signinoutb":[$1]'],
  ['a day with time in an answer', PERSON, '"brdy":"1984-10-22"', '"brdy":"1984-10-22 00:00:00"'],
];

/** The text of `input` in quotes: a replacement cannot escape what it finds. */
function withTextBody(raw: string): string {
  const { input, ...envelope } = JSON.parse(raw) as { input: unknown };
  return JSON.stringify({ ...envelope, input: JSON.stringify(input) });
}

describe('yiqiao validate, for the messages that were really sent', () => {
  after(endAll);

  for (const message of messages) {
    it(`ends with 0 by the profile of its place: ${message.id} (${message.profile})`, async () => {
      const spoken = await validate(message, bytesOf(message));
      assert.deepEqual([spoken.code, placesOf(spoken, 'faults')], [0, []]);
      assert.equal(figuresOf(spoken)['mode'], 'tolerant');
    });
  }

  for (const [title, id, from, to] of MUTATIONS) {
    it(`ends with 0 where such a one has ${title} (${id})`, async () => {
      const message = observed(id);
      const raw = message.raw ?? '';
      const text = title === 'input as text' ? withTextBody(raw) : raw.replace(from, to);
      assert.notEqual(text, raw, 'the change finds its place');
      const spoken = await validate(message, text);
      assert.deepEqual([spoken.code, placesOf(spoken, 'faults')], [0, []]);
    });
  }

  const bad: readonly Mutation[] = [
    ['a required member of the body is missing', SETTLE, '"med_type":"12",', ''],
    ['an amount has a third decimal', SETTLE, '"medfee_sumamt":9', '"medfee_sumamt":9.005'],
    ['two objects stand for one', SETTLE, /"data":(\{[^}]*\})/, '"data":[$1,$1]'],
    ['nobody says who asks', SETTLE, /"fixmedins_code":"[^"]*",/, ''],
    ['an amount is a word', SETTLE, '"medfee_sumamt":9', '"medfee_sumamt":"null"'],
  ];
  for (const [title, id, from, to] of bad) {
    it(`ends with 1 where ${title}`, async () => {
      const message = observed(id);
      const text = (message.raw ?? '').replace(from, to);
      const spoken = await validate(message, text);
      assert.deepEqual([spoken.code, placesOf(spoken, 'faults').length > 0], [1, true]);
    });
  }
});

describe('The mode of yiqiao validate', () => {
  after(endAll);
  const raw = observed(TRIAL).raw ?? '';

  const modes = [
    ['henan-411302', [], 'tolerant', 0],
    ['henan-411302', ['--tolerant'], 'tolerant', 0],
    ['henan-411302', ['--strict'], 'strict', 1],
    ['national', [], 'strict', 1],
  ] as const;
  for (const [profile, options, mode, code] of modes) {
    it(`is ${mode} for ${[profile, ...options].join(' ')}`, async () => {
      const file = fileWith(raw);
      const spoken = await speak('validate', file, '--profile', profile, ...options, '--json');
      assert.deepEqual([spoken.code, figuresOf(spoken)['mode']], [code, mode]);
      const { out } = await speak('validate', file, '--profile', profile, ...options);
      assert.match(out, mode === 'strict' ? /严格 \/ strict/ : /宽容 \/ tolerant/);
    });
  }

  it('cannot be both', async () => {
    const { code, err } = await speak('validate', fileWith(raw), '--strict', '--tolerant');
    assert.equal(code, 2);
    assert.match(err, /--strict.*cannot be used with.*--tolerant/);
  });

  it('tolerant lists rule, place and what was put right', async () => {
    const text = raw.replace('"69.6"', '6.96e1').replace('"psn_no"', '"psnNo"');
    const { code, out } = await speak('validate', fileWith(text), '--profile', 'henan-411302');
    assert.equal(code, 0);
    assert.match(out, / {2}- exponent {2}\/input\/data\/medfee_sumamt {2}.*69\.6.*\(6\.96e1\)\n {4}.*69\.6/);
    assert.match(out, / {2}- name-form {2}\/input\/data\/psnNo {2}.*psn_no/);
  });
});

describe('What yiqiao validate says of its file', () => {
  after(endAll);

  it('is its name, whatever becomes of it', async () => {
    const sound = observed(SETTLE).raw ?? '';
    const cases = [
      [sound, ['--profile', 'chongqing'], 0],
      [sound, [], 1],
      ['no message', [], 1],
      [sound.replace('"2207"', '"9998"'), [], 1],
      [sound, ['--profile', 'nowhere'], 2],
      [sound, ['--response'], 1],
      ['{"infcode":0}', ['--response'], 2],
    ] as const;
    for (const [text, options, code] of cases) {
      const file = fileWith(text);
      const plain = await speak('validate', file, ...options);
      assert.equal(plain.code, code, options.join(' '));
      assert.ok(`${plain.out}${plain.err}`.startsWith(`${file}: `), plain.out + plain.err);
      assert.equal(figuresOf(await speak('validate', file, ...options, '--json'))['file'], file);
    }
  });

  it('when it cannot be read: code, file and remedy, and 2', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'messages'));
    const places = [
      ['missing.json', /没有这个文件[^]*no such file/],
      ['messages', /这是目录[^]*a folder/],
    ] as const;
    for (const [name, reason] of places) {
      const file = join(folder, name);
      const plain = await speak('validate', file);
      assert.deepEqual([plain.code, plain.out], [2, '']);
      assert.match(plain.err, /FILE_UNREADABLE/);
      assert.match(plain.err, reason);
      assert.doesNotMatch(plain.err, /ENOENT|EISDIR/);
      const { code, faults } = figuresOf(await speak('validate', file, '--json'));
      assert.deepEqual([code, (faults as readonly Found[])[0]?.at], ['FILE_UNREADABLE', file]);
    }
  });
});

describe('What an answer tells of itself', () => {
  after(endAll);
  const sample = (path: string): string =>
    fileURLToPath(new URL(`../../../schemas/provincial/${path}`, import.meta.url));

  it('its transaction, where its form has a place for it', async () => {
    const file = sample('shanghai/samples/SI11.response.json.txt');
    const spoken = await speak('validate', file, '--profile', 'shanghai', '--response', '--json');
    assert.deepEqual([spoken.code, figuresOf(spoken)['transaction']], [0, 'SI11']);
  });

  it('nothing of it elsewhere: then it is asked for', async () => {
    const file = fileWith(observed(SETTLED).raw ?? '');
    const { code, err } = await speak('validate', file, '--profile', 'hebei-130300', '--response');
    assert.equal(code, 2);
    assert.match(err, /--transaction/);
  });

  it('nothing of success, in a form of its own: it is read where its transaction is told', async () => {
    const file = fileWith(observed('1162-130300-03').raw ?? '');
    const of = ['validate', file, '--profile', 'hebei-130300', '--response'];
    const read = await speak(...of, '--transaction', '1162', '--json');
    assert.deepEqual([read.code, figuresOf(read)['profile']], [0, 'hebei-130300-ec']);
    for (const told of [[], ['--transaction', '2207'], ['--transaction', 'constructor']]) {
      const spoken = await speak(...of, ...told);
      assert.equal(spoken.code, 1, told.join(' '));
      assert.match(spoken.out, /--transaction 1162[\s\S]*MESSAGE_NOT_READABLE[\s\S]*another interface/);
    }
  });

  it('nothing of what stands beside it: --beside gives it', async () => {
    const file = sample('guizhou-yinhai/samples/48.response.xml');
    const besides = JSON.parse(
      readFileSync(sample('guizhou-yinhai/samples/48.response.beside.json'), 'utf8'),
    ) as Record<string, string>;
    const told = Object.entries(besides).flatMap(([name, value]) => ['--beside', `${name}=${value}`]);
    const of = ['validate', file, '--profile', 'guizhou-yinhai', '--response', '--transaction', '48'];
    const spoken = await speak(...of, ...told, '--json');
    assert.deepEqual([spoken.code, placesOf(spoken, 'faults')], [0, []]);
    const untold = await speak(...of);
    assert.equal(untold.code, 2);
    assert.match(untold.err, /--beside appcode=/);
    assert.equal((await speak(...of, '--beside', 'appcode')).code, 2);
  });
});

describe('An encrypted message', () => {
  after(endAll);
  const cipher = Buffer.from('not a cipher, but as long as one').toString('base64');

  it('is told as encrypted, with what to do', async () => {
    const request = (observed(SETTLE).raw ?? '').replace(
      /"input":\{"data":\{[^}]*\}\}/,
      `"input":"${cipher}"`,
    );
    const answer = `{"infcode":0,"inf_refmsgid":"1","output":"${cipher}"}`;
    const cases = [
      [request, 'jilin', '/input', []],
      [answer, 'jilin', '/output', ['--response', '--transaction', '2207']],
      [request, 'national', '/input', []],
    ] as const;
    for (const [text, profile, at, options] of cases) {
      const of = ['validate', fileWith(text), '--profile', profile, ...options];
      const spoken = await speak(...of, '--json');
      const { code, faults } = figuresOf(spoken);
      assert.deepEqual(
        [spoken.code, code, (faults as readonly Found[]).map((fault) => fault.at)],
        [1, 'MESSAGE_ENCRYPTED', [at]],
      );
      assert.match((await speak(...of)).out, /SM4[^]*解密[^]*[Dd]ecrypt/);
    }
  });
});

describe('yiqiao map explain, of a message that has to be put right', () => {
  after(endAll);

  it('follows the values as a gateway maps them', async () => {
    const raw = (observed(TRIAL).raw ?? '').replace('"69.6"', '6.96e1').replace('"psn_no"', '"psnNo"');
    const of = ['map', 'explain', fileWith(raw), '--from', 'henan-411302', '--to', 'national'];
    const { code, out } = await speak(...of);
    assert.equal(code, 0);
    assert.match(out, /\/data\/medfee_sumamt → presettleOutpatient\.total → \/data\/medfee_sumamt\n/);
    assert.match(out, /\/data\/psn_no → presettleOutpatient\.personNumber → \/data\/psn_no\n/);
  });

  it('tells a file that is not there like any other bad input', async () => {
    const { code, err } = await speak('map', 'explain', join(makeFolder(), 'none'), '--to', 'national');
    assert.equal(code, 2);
    assert.match(err, /FILE_UNREADABLE[^]*none/);
  });
});
