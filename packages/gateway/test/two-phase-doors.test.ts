import assert from 'node:assert/strict';
import { fieldsOf, inGbk, provinceFile, writeProvince } from './example-province.ts';
import { UNSIGNED } from './messages.ts';
import {
  completed,
  PERSON_PAIRS,
  regionMap,
  regionSample,
  withHeader,
  writeCopy,
  yunnanSettlement,
} from './region-copies.ts';
import type { Pair } from './region-copies.ts';
import { endAll, makeFolder, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const HEADER: readonly Pair[] = [
  { fill: 'header:operatorType', constant: '1' },
  { fill: 'header:insuredRegion', constant: '530100' },
];

const OPERATOR: readonly Pair[] = [
  { fill: 'header:operator', constant: '0001' },
  { fill: 'header:operatorName', constant: '测试经办' },
];

const PERSON = {
  ...PERSON_PAIRS,
  credentialNumber: { constant: '000000199001010018' },
  personType: { constant: '11' },
  personName: { constant: '测试甲' },
};

const LINE = {
  'feeLines.externalPrescription': { constant: '0' },
  'feeLines.billingDepartmentCode': { constant: 'A01' },
  'feeLines.billingDepartmentName': { constant: '内科' },
  'feeLines.billingDoctorCode': { constant: 'D0001' },
  'feeLines.billingDoctorName': { constant: '测试医生' },
  'feeLines.hospitalApproval': { constant: '0' },
  'feeLines.personNumber': { constant: '00000000000000000000000001' },
};

/** A gateway whose HIS speaks the form of a region. */
async function startDoor(profile: string, folder: string): Promise<Rig> {
  return startRig({
    change: (yaml) =>
      yaml
        .replace('logLevel:', `profiles: ${folder}\nlogLevel:`)
        .replace('  - id: plain\n', `  - id: plain\n    profile: ${profile}\n`)
        .replace(`institutions: [${UNSIGNED}]`, `institutions: [${UNSIGNED}], careRegions: ["530100"]`),
  });
}

interface Told {
  readonly status: number;
  readonly bytes: Buffer;
  readonly code: string | null;
}

async function call(rig: Rig, path: string, body: Buffer<ArrayBuffer> | null): Promise<Told> {
  const response = await fetch(`${rig.gateway.base}/peers/plain${path}`, { method: 'POST', body });
  const { status, headers } = response;
  return { status, bytes: Buffer.from(await response.arrayBuffer()), code: headers.get('x-yiqiao-code') };
}

describe('A HIS that confirms by the number that the answer told (浙江 49)', () => {
  afterEach(endAll);

  const sample = regionSample('zhejiang', '29.request.txt').slice(2, -2).split('~');

  /** 30 is 29 with 经办人 before the last two. */
  const settle = (rig: Rig): Promise<Told> =>
    call(rig, '/30', inGbk(`$$${sample.toSpliced(-2, 0, '0001').join('~')}$$`));
  const confirm = (rig: Rig, number: string, result: string): Promise<Told> =>
    call(rig, '/49', inGbk(`$$~~~~30~${number}~${result}~~0$$`));

  async function startZhejiang(): Promise<Rig> {
    const folder = makeFolder();
    const zero = { from: 'root:单据列表.0.非医保项目总额', as: 'fen' };
    const map = completed(regionMap('zhejiang', '30'), {
      ...PERSON,
      ...LINE,
      'feeLines.feeLineNumber': { from: 'wire:项目医院编号' },
      'feeLines.catalogueCode': { from: 'wire:项目医院编号' },
      'feeLines.visitId': { from: 'root:门诊号' },
      visitId: { from: 'wire:门诊号' },
      selfFunded: zero,
      overLimitSelfPaid: zero,
      firstSelfPaid: zero,
      inScope: { from: 'sum:收费项目列表.项目总金额', as: 'fen' },
    });
    writeCopy(folder, { id: 'place', of: 'zhejiang', maps: [map], profile: withHeader('zhejiang', HEADER) });
    return startDoor('place', folder);
  }

  it('hears from the record that its settlement stands, however often it asks', async () => {
    const rig = await startZhejiang();
    const settled = await settle(rig);
    const number = fieldsOf(settled.bytes)[8] ?? '';
    assert.equal(number, 'JMZ0001', settled.bytes.toString());
    const asked = rig.far.numbers();
    assert.deepEqual(asked, ['2204', '2207']);
    for (let times = 0; times < 2; times += 1) {
      const told = await confirm(rig, number, '1');
      assert.deepEqual([told.status, ...fieldsOf(told.bytes)], [200, '0', '', '', '', '', number, '']);
    }
    assert.deepEqual(rig.far.numbers(), asked);
  });

  it('has it taken back when its own side failed, and cannot confirm it then', async () => {
    const rig = await startZhejiang();
    const number = fieldsOf((await settle(rig)).bytes)[8] ?? '';
    for (let times = 0; times < 2; times += 1)
      assert.equal(fieldsOf((await confirm(rig, number, '-1')).bytes)[0], '0');
    assert.deepEqual(rig.far.numbers(), ['2204', '2207', '2601', '2205']);
    assert.equal((await confirm(rig, number, '1')).code, 'REVERSED');
  });

  it('still finds it after a restart', async () => {
    const rig = await startZhejiang();
    const number = fieldsOf((await settle(rig)).bytes)[8] ?? '';
    await rig.restart();
    assert.equal(fieldsOf((await confirm(rig, number, '1')).bytes)[0], '0');
  });

  it('is refused a number that was never told, and a result that means another thing elsewhere', async () => {
    const rig = await startZhejiang();
    assert.equal((await confirm(rig, '123', '1')).code, 'ORIGINAL_NOT_FOUND');
    assert.equal((await confirm(rig, '123', '-1')).code, 'ORIGINAL_NOT_FOUND');
    const refused = await confirm(rig, '123', '0');
    assert.equal(refused.code, 'MESSAGE_INVALID');
    assert.match(fieldsOf(refused.bytes)[1] ?? '', /HIS事务结果.*1, -1/);
    assert.deepEqual(rig.far.numbers(), []);
  });
});

describe('A HIS that numbers its trades itself (云南)', () => {
  afterEach(endAll);

  async function startYunnan(): Promise<Rig> {
    const folder = makeFolder();
    const identify = completed(regionMap('yunnan', 'int_outpatientidentify'), {
      ...PERSON,
      departmentCode: { constant: 'A01' },
      specialty: { constant: 'A01' },
    });
    const settle = yunnanSettlement(PERSON);
    const profile = withHeader('yunnan', HEADER);
    writeCopy(folder, { id: 'place', of: 'yunnan', maps: [identify, settle], profile });
    return startDoor('place', folder);
  }

  const invoke = async (
    rig: Rig,
    name: string,
    ...values: readonly string[]
  ): Promise<{ out: readonly string[]; error_code: string; code: string | null }> => {
    const told = await call(rig, '', Buffer.from(JSON.stringify({ call: name, in: values })));
    return {
      ...(JSON.parse(told.bytes.toString()) as { out: string[]; error_code: string }),
      code: told.code,
    };
  };
  const begin = async (rig: Rig): Promise<string> => (await invoke(rig, 'int_gettranssequence')).out[0] ?? '';
  const register = async (rig: Rig): Promise<void> => {
    const visit = ['1', '测试医生', UNSIGNED, '0001', '内科', 'B1', 'M1', '2026-01-01', '', await begin(rig)];
    assert.equal((await invoke(rig, 'int_outpatientidentify', ...visit)).error_code, '0000');
  };
  const settle = (rig: Rig, number: string): ReturnType<typeof invoke> =>
    invoke(rig, 'int_feebalance', 'S0001', '0001', '0.00', '12.50', number);
  const end = (rig: Rig, number: string, how: string): ReturnType<typeof invoke> =>
    invoke(rig, 'int_transaction', '2', 'S0001', number, how);

  it('gets numbers of 18 digits, each another, and its trade stands under one', async () => {
    const rig = await startYunnan();
    await register(rig);
    const numbers = [await begin(rig), await begin(rig)];
    for (const number of numbers) assert.match(number, /^\d{18}$/);
    assert.notEqual(numbers[0], numbers[1]);
    const number = numbers[0] ?? '';
    const settled = await settle(rig, number);
    assert.equal(settled.error_code, '0000', JSON.stringify(settled));
    assert.deepEqual(await settle(rig, number), settled);
    for (let times = 0; times < 2; times += 1) assert.equal((await end(rig, number, '1')).error_code, '0000');
    assert.deepEqual(rig.far.numbers(), ['2201', '2207']);
    assert.equal((await end(rig, number, '0')).error_code, '0000');
    assert.deepEqual(rig.far.numbers(), ['2201', '2207', '2601']);
    assert.equal((await end(rig, number, '1')).code, 'REVERSED');
  });

  it('has a trade that never arrived rolled back for good', async () => {
    const rig = await startYunnan();
    await register(rig);
    const number = await begin(rig);
    assert.equal((await end(rig, number, '1')).code, 'ORIGINAL_NOT_FOUND');
    assert.equal((await end(rig, number, '0')).code, 'ORIGINAL_NOT_FOUND');
    const late = await settle(rig, number);
    assert.notEqual(late.error_code, '0000');
    assert.deepEqual(rig.far.numbers(), ['2201']);
  });
});

describe('A HIS that stages rows (陕西神木)', () => {
  afterEach(endAll);

  async function startShenmu(): Promise<Rig> {
    const folder = makeFolder();
    const price = { from: 'root:MZ_FYMXB.0.价格', as: 'fen' };
    const none = { from: 'root:MZ_FYMXB.0.类别', as: 'fen' };
    const map = completed(regionMap('shaanxi-shenmu', 'MZ'), {
      ...PERSON,
      ...LINE,
      'feeLines.visitId': { constant: 'S0001' },
      'feeLines.feeTime': { constant: '2026-01-01 08:00:00' },
      'feeLines.institutionCatalogueCode': { from: 'wire:医保编码' },
      'feeLines.lineAmount': price,
      visitId: { constant: 'S0001' },
      total: price,
      inScope: price,
      selfFunded: none,
      overLimitSelfPaid: none,
      firstSelfPaid: none,
    });
    const profile = withHeader('shaanxi-shenmu', [...HEADER, ...OPERATOR]);
    writeCopy(folder, { id: 'place', of: 'shaanxi-shenmu', maps: [map], profile });
    return startDoor('place', folder);
  }

  interface Rows {
    readonly state: string;
    readonly tables: Readonly<Record<string, unknown>> | null;
    readonly code: string | null;
  }
  const exchange = async (rig: Rig, name: string, tables: object): Promise<Rows> => {
    const told = await call(rig, '', Buffer.from(JSON.stringify({ exchange: name, tables })));
    return { ...(JSON.parse(told.bytes.toString()) as Rows), code: told.code };
  };
  const stage = (rig: Rig): Promise<Rows> =>
    exchange(rig, 'MZ', {
      MZ_FYMXB: [
        { YBKH: 'C0001', ID: 1, CFBH: 'B7', 类别: '0', 医保编码: 'X1', 价格: 12.5, 数量: 1, YXBZ: 'F' },
      ],
    });
  const about = (rig: Rig, name: string): Promise<Rows> =>
    exchange(rig, name, { of: 'MZ', YBKH: 'C0001', CFBH: 'B7' });

  it('finds its rows by card and prescription, takes them, and does not take back what stands by clearing', async () => {
    const rig = await startShenmu();
    assert.deepEqual((await about(rig, 'LOOK')).tables, { rows: 'none' });
    const settled = await stage(rig);
    assert.equal(settled.state, 'taken', JSON.stringify(settled));
    assert.deepEqual(await stage(rig), settled);
    assert.deepEqual((await about(rig, 'LOOK')).tables, { rows: 'settled' });
    for (let times = 0; times < 2; times += 1)
      assert.deepEqual((await about(rig, 'TAKE')).tables, { rows: 'cleared' });
    assert.deepEqual((await about(rig, 'CLEAR')).tables, { rows: 'settled' });
    assert.deepEqual(rig.far.numbers(), ['2204', '2207']);
  });

  it('has rows that never arrived cleared for good', async () => {
    const rig = await startShenmu();
    assert.equal((await about(rig, 'TAKE')).code, 'ORIGINAL_NOT_FOUND');
    assert.equal((await about(rig, 'CLEAR')).code, 'ORIGINAL_NOT_FOUND');
    assert.notEqual((await stage(rig)).state, 'taken');
    assert.deepEqual(rig.far.numbers(), []);
  });
});

describe('A HIS that confirms what it only read, too (贵州银海)', () => {
  afterEach(endAll);

  async function startReading(): Promise<Rig> {
    const folder = makeFolder();
    const profile = provinceFile('called-example/profile.json') as { twoPhase: { calls: readonly object[] } };
    writeProvince(folder, {
      'called-example/profile.json': {
        ...profile,
        messageId: { whenEmpty: [] },
        twoPhase: { calls: profile.twoPhase.calls.map((one) => ({ ...one, reads: true })) },
      },
      'called-example/transactions/01.json': provinceFile('delimited-example/transactions/01.json'),
      'called-example/maps/01.json': provinceFile('delimited-example/maps/01.json'),
    });
    return startDoor('called-example', folder);
  }

  const phase = async (rig: Rig, name: string, serial: string): Promise<string | undefined> => {
    const headers = { 'content-type': 'text/xml', 'x-yiqiao-beside-jylsh': serial };
    const response = await fetch(`${rig.gateway.base}/peers/plain/${name}`, { method: 'POST', headers });
    await response.arrayBuffer();
    return response.headers.get('x-yiqiao-beside-appcode') ?? undefined;
  };
  const read = async (rig: Rig): Promise<string> => {
    const xml = '<证件号>000000199001010018</证件号><姓名>测试甲</姓名><参保地>530100</参保地>';
    const response = await fetch(`${rig.gateway.base}/peers/plain/01`, {
      method: 'POST',
      body: `<?xml version="1.0" encoding="UTF-8"?><input>${xml}</input>`,
      headers: { 'content-type': 'text/xml' },
    });
    await response.arrayBuffer();
    return decodeURIComponent(response.headers.get('x-yiqiao-beside-jylsh') ?? '');
  };

  it('whose answer was lost learns the number by sending the same again, and takes it back by that', async () => {
    const rig = await startReading();
    const settle = async (): Promise<string> => {
      const xml =
        '<个人编号>00000000000000000000000001</个人编号><证件号>000000199001010018</证件号><就诊号>S0001</就诊号><批次>B0001</批次><总额>12.50</总额><范围内>12.50</范围内><参保地>530100</参保地>';
      const body = `<?xml version="1.0" encoding="UTF-8"?><input>${xml}</input>`;
      const response = await fetch(`${rig.gateway.base}/peers/plain/03`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/xml' },
      });
      await response.arrayBuffer();
      return decodeURIComponent(response.headers.get('x-yiqiao-beside-appmsg') ?? '');
    };
    assert.equal(await settle(), '');
    const number = /^\[ALREADY_DONE\].*originalMessageId=(\w+)/.exec(await settle())?.[1] ?? '';
    assert.equal(await phase(rig, 'confirm', number), '1');
    assert.equal(await phase(rig, 'cancel', number), '1');
    assert.deepEqual(rig.far.numbers(), ['2207', '2601']);
  });

  for (const name of ['confirm', 'cancel'])
    it(`is told success for a ${name} of what it read, and refused a number that was never told`, async () => {
      const rig = await startReading();
      assert.equal(await phase(rig, name, await read(rig)), '1');
      assert.equal(await phase(rig, name, '123'), '-1');
      assert.deepEqual(rig.far.numbers(), ['1101']);
    });
});

describe('A call that is in the list of a region and that this gateway does not carry', () => {
  afterEach(endAll);

  for (const [region, path, body] of [
    ['zhejiang', '/22', inGbk('$$~~~~1$$')],
    ['guizhou-yinhai', '/yh_interface_getuncertaintytrade', null],
    ['guizhou-yinhai', '/03', null],
    ['shanghai', '', Buffer.from('{"xxlxm":"SI12","jgdm":"H53010000002","xxnr":{"jssqxh":"1"}}')],
    ['shanghai', '', Buffer.from('{"xxlxm":"SI91","jgdm":"H53010000002","xxnr":{"jssqxh":"1"}}')],
    ['yunnan', '', Buffer.from('{"call":"init","in":[]}')],
  ] as const) {
    it(`is refused as that, with what to do (${region} ${path}${body?.toString('latin1').slice(0, 20) ?? ''})`, async () => {
      const rig = await startDoor(region, makeFolder());
      assert.equal((await call(rig, path, body)).code, 'TRANSACTION_NOT_CARRIED');
      assert.equal(
        (await call(rig, '/nothing', inGbk('$$~~~~1$$'))).code === 'TRANSACTION_NOT_CARRIED',
        false,
      );
    });
  }

  for (const [region, path, body] of [
    ['zhejiang', '/49', inGbk('$$~~~~30~123~1~~0$$')],
    ['yunnan', '', Buffer.from('{"call":"int_transaction","in":["2","S1","123","1"]}')],
    ['shaanxi-shenmu', '', Buffer.from('{"exchange":"TAKE","tables":{"of":"MZ","YBKH":"C1","CFBH":"B1"}}')],
  ] as const) {
    it(`is another thing than one about a number that is not on record (${region})`, async () => {
      const rig = await startDoor(region, makeFolder());
      assert.equal((await call(rig, path, body)).code, 'ORIGINAL_NOT_FOUND');
    });
  }

  for (const name of ['yh_interface_confirm', 'yh_interface_cancel']) {
    it(`is another thing than ${name} of a number that was never told, which is no success`, async () => {
      const rig = await startDoor('guizhou-yinhai', makeFolder());
      const headers = { 'x-yiqiao-beside-jylsh': '123', 'x-yiqiao-beside-jyyzm': '1' };
      const { headers: told } = await fetch(`${rig.gateway.base}/peers/plain/${name}`, {
        method: 'POST',
        headers,
      });
      assert.equal(told.get('x-yiqiao-beside-appcode'), '-1');
      const text = decodeURIComponent(told.get('x-yiqiao-beside-appmsg') ?? '');
      assert.match(text, /^\[ORIGINAL_NOT_FOUND\].*originalMessageId=123/);
    });
  }
});
