import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import { writeProvince } from './example-province.ts';
import { settlement, UNSIGNED } from './messages.ts';
import { assertDone, assertRefused, post } from './posts.ts';
import { endAll, makeFolder, startRig, usualConfig } from './rig.ts';
import type { Rig } from './rig.ts';

/** What the relay of a library hands back to the HIS. */
interface Returned {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
  readonly serial: string;
  readonly bytes: string;
}

async function startCalled(): Promise<Rig> {
  const folder = makeFolder();
  writeProvince(folder);
  return startRig({
    change: (yaml) =>
      yaml
        .replace('logLevel:', `profiles: ${folder}\nlogLevel:`)
        .replace('  - id: plain\n', '  - id: plain\n    profile: called-example\n')
        .replace(`institutions: [${UNSIGNED}]`, `institutions: [${UNSIGNED}], careRegions: ["530100"]`),
  });
}

/** A call of the library: its name, its XML (in ASCII but for element names), its other arguments. */
async function call(
  rig: Rig,
  name: string,
  xml = '',
  beside: Readonly<Record<string, string>> = {},
): Promise<Returned> {
  const headers = Object.entries(beside).map(([argument, value]): [string, string] => [
    `x-yiqiao-beside-${argument}`,
    value,
  ]);
  const response = await fetch(`${rig.gateway.base}/peers/plain/${name}`, {
    method: 'POST',
    body: xml === '' ? null : `<?xml version="1.0" encoding="UTF-8"?><input>${xml}</input>`,
    headers: [['content-type', 'text/xml'], ...headers],
  });
  const told = (argument: string): string =>
    decodeURIComponent(response.headers.get(`x-yiqiao-beside-${argument}`) ?? '');
  const bytes = new TextDecoder('gbk').decode(await response.arrayBuffer());
  return {
    status: response.status,
    code: told('appcode') || response.headers.get('x-yiqiao-code'),
    text: told('appmsg'),
    serial: told('jylsh'),
    bytes,
  };
}

const SETTLEMENT =
  '<个人编号>00000000000000000000000001</个人编号><证件号>000000199001010018</证件号><就诊号>S0001</就诊号><批次>B0001</批次><总额>12.50</总额><范围内>12.50</范围内><参保地>530100</参保地>';

const settle = (rig: Rig): Promise<Returned> => call(rig, '03', SETTLEMENT);

describe('A call of a library that returns code, text and serial beside its XML', () => {
  afterEach(endAll);

  it('hears them in headers, and the same ones when it is sent again', async () => {
    const rig = await startCalled();
    const first = await settle(rig);
    assert.deepEqual([first.status, first.code, first.text], [200, '1', '']);
    assert.match(first.serial, /^D[0-9a-f]{29}$/);
    assert.match(first.bytes, /<结算号>JS0001<\/结算号>/);
    assert.deepEqual(await settle(rig), first);
    assert.equal(rig.far.numbers().filter((number) => number === '2207').length, 1);
  });

  it('is refused with a code and a text of its own kind', async () => {
    const rig = await startCalled();
    const refused = await call(rig, '03', SETTLEMENT.replace('12.50', '12.505'));
    assert.deepEqual([refused.status, refused.code], [200, '-1']);
    assert.match(refused.text, /^\[AMOUNT_INVALID\]|^\[MESSAGE_INVALID\]/);
  });
});

describe('A two-phase caller', () => {
  afterEach(endAll);

  it('confirms what stands without anybody being asked', async () => {
    const rig = await startCalled();
    const { serial } = await settle(rig);
    const asked = rig.far.numbers().length;
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await call(rig, 'confirm', '', { jylsh: serial })).code, '1');
    }
    const told = await call(rig, '49', `<流水号>${serial}</流水号><事务结果>1</事务结果>`);
    assert.deepEqual([told.code, told.bytes], ['1', `<output><流水号>${serial}</流水号></output>`]);
    assert.equal(rig.far.numbers().length, asked);
  });

  for (const [title, cancel] of [
    ['by a call without message', (rig: Rig, serial: string) => call(rig, 'cancel', '', { jylsh: serial })],
    [
      'by the result of its own transaction',
      (rig: Rig, serial: string) => call(rig, '49', `<流水号>${serial}</流水号><事务结果>0</事务结果>`),
    ],
  ] as const) {
    it(`takes back what it cancels, ${title}, and cannot confirm it any more`, async () => {
      const rig = await startCalled();
      const { serial } = await settle(rig);
      assert.equal((await cancel(rig, serial)).code, '1');
      const reversal = rig.far.arrived.find(({ infno }) => infno === '2601');
      assert.equal(reversal?.data['psn_no'], '00000000000000000000000001');
      assert.equal(reversal?.data['oinfno'], '2207');
      assert.equal(reversal?.data['omsgid'], rig.far.arrived.find(({ infno }) => infno === '2207')?.msgid);
      const confirmed = await call(rig, 'confirm', '', { jylsh: serial });
      assert.deepEqual([confirmed.code, confirmed.text.slice(0, 10)], ['-1', '[REVERSED]']);
    });
  }

  it('asks what became of a message', async () => {
    const rig = await startCalled();
    const { serial } = await settle(rig);
    const state = async (number: string): Promise<string | undefined> =>
      /<状态>(.*)<\/状态>/.exec((await call(rig, '91', `<流水号>${number}</流水号>`)).bytes)?.[1];
    assert.deepEqual([await state(serial), await state('D0')], ['Y', 'N']);
    await call(rig, 'cancel', '', { jylsh: serial });
    assert.equal(await state(serial), 'N');
  });

  it('hears that it is not known while it is not', async () => {
    const rig = await startCalled();
    rig.far.behave(({ infno }) => (['2207', '2601'].includes(infno) ? 'lost' : undefined));
    const settled = await settle(rig);
    assert.deepEqual([settled.status, settled.code], [504, 'UPSTREAM_TIMEOUT']);
    const [exchange] = await rig.journal();
    const serial = exchange?.key.messageId ?? '';
    await rig.restart();
    rig.far.behave(({ infno }) => (infno === '2601' ? 'lost' : undefined));
    const asked = await call(rig, 'confirm', '', { jylsh: serial });
    assert.deepEqual([asked.status, asked.code], [504, 'EXCHANGE_IN_PROGRESS']);
  }).timeout(10_000);

  for (const [title, name, xml, beside, code] of [
    ['a number that was never told', 'confirm', '', { jylsh: 'D0' }, 'ORIGINAL_NOT_FOUND'],
    ['a number that was never told, to take it back', 'cancel', '', { jylsh: 'D0' }, 'ORIGINAL_NOT_FOUND'],
    ['no number', 'confirm', '', {}, 'MESSAGE_INVALID'],
    ['a result that nobody knows', '49', '<流水号>D0</流水号><事务结果>7</事务结果>', {}, 'MESSAGE_INVALID'],
  ] as const) {
    it(`is refused with ${title}`, async () => {
      const rig = await startCalled();
      const refused = await call(rig, name, xml, beside);
      assert.deepEqual([refused.code, refused.text.slice(0, code.length + 2)], ['-1', `[${code}]`]);
      assert.equal(rig.far.numbers().length, 0);
    });
  }

  it('speaks for the one institution of its peer, where it gives its care', async () => {
    const rig = await startCalled();
    await settle(rig);
    const [sent] = rig.far.arrived;
    assert.match(sent?.bytes.toString() ?? '', /"mdtrtarea_admvs":"530100"/);
    const [exchange] = await rig.journal();
    assert.equal(exchange?.key.institution, UNSIGNED);
  });
});

/** One call that the library got: its name and its arguments. */
interface Called {
  readonly name: string;
  readonly serial: string;
  readonly xml: string;
}

/** The relay of a library at which a settlement stands only once it is confirmed. */
async function startLibrary(answer: (call: Called) => 'lost' | number): Promise<{
  url: string;
  calls: readonly Called[];
  close(): void;
}> {
  const calls: Called[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { headers } = request;
      const call = {
        name: String(headers['x-yiqiao-transaction']),
        serial: String(headers['x-yiqiao-beside-jylsh'] ?? ''),
        xml: new TextDecoder('gbk').decode(Buffer.concat(chunks)),
      };
      calls.push(call);
      const code = answer(call);
      if (code === 'lost') return void response.destroy();
      response.setHeader('x-yiqiao-beside-appcode', String(code));
      response.setHeader('x-yiqiao-beside-appmsg', encodeURIComponent(code < 0 ? '不予受理' : ''));
      if (call.name === '03') response.setHeader('x-yiqiao-beside-jylsh', 'T1');
      response.end(
        `<?xml version="1.0" encoding="UTF-8"?><output>${call.name === '03' ? RESULT : ''}</output>`,
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, calls, close: () => server.close() };
}

const RESULT = '<结算号>J1</结算号><总额>12.50</总额><现金>12.50</现金>';

describe('A two-phase far side', () => {
  afterEach(endAll);

  const open: { close(): unknown }[] = [];

  async function start(answer: Parameters<typeof startLibrary>[0]): Promise<{
    gateway: Gateway;
    calls: readonly Called[];
  }> {
    const folder = makeFolder();
    writeProvince(folder);
    const library = await startLibrary(answer);
    const yaml = usualConfig({ core: library.url, hub: library.url })
      .replace('role: care-place', 'role: insured-place')
      .replace('carePlaceCore', 'insuredPlaceCore')
      .replace('logLevel:', `profiles: ${folder}\nlogLevel:`)
      .replace('  - id: care-place-core\n', '  - id: care-place-core\n    profile: called-example\n')
      .replace(/routes:[^]*/, '');
    const configFile = join(folder, 'gateway.yaml');
    writeFileSync(configFile, yaml);
    const gateway = await startGateway({ configFile });
    open.push(library, gateway);
    return { gateway, calls: library.calls };
  }

  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
  });

  it('is told to let a settlement stand, under the number that its answer told, before the caller hears of it', async () => {
    const { gateway, calls } = await start(() => 1);
    const posted = await post(gateway.url, settlement());
    assertDone(posted);
    assert.deepEqual(
      calls.map(({ name, serial }) => `${name} ${serial}`),
      ['03 ', 'confirm T1'],
    );
    assert.match(calls[0]?.xml ?? '', /<就诊号>S0001<\/就诊号>/);
    assert.deepEqual(calls[1]?.xml, '');
  });

  it('is told again until it answers', async () => {
    let lost = 2;
    const { gateway, calls } = await start(({ name }) => (name === 'confirm' && lost-- > 0 ? 'lost' : 1));
    assertDone(await post(gateway.url, settlement()));
    assert.deepEqual(
      calls.map(({ name }) => name),
      ['03', 'confirm', 'confirm', 'confirm'],
    );
  });

  it('confirms nothing that it refused', async () => {
    const { gateway, calls } = await start(() => -1);
    assertRefused(await post(gateway.url, settlement()), 'UPSTREAM_REJECTED');
    assert.deepEqual(
      calls.map(({ name }) => name),
      ['03'],
    );
  });
});
