import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import { message, settlement } from './messages.ts';
import { assertDone, assertRefused, places, post } from './posts.ts';
import { endAll, makeFolder, usualConfig } from './rig.ts';

/** One message that the core got: its transaction, and its elements as text. */
interface Arrived {
  readonly transaction: string;
  element(name: string): string | undefined;
}

/** Elements of `output`, a refusal, or a connection that breaks. */
type Answer = { readonly output: string } | { readonly refused: string } | 'lost';

const SETTLED = { output: '<aaz216>J1</aaz216><ake149>10.50</ake149><akb067>2.00</akb067>' };

function readCall(text: string): Arrived {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  const element = (name: string): string | undefined =>
    new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(plain)?.[1];
  return { transaction: element('TransNo') ?? '', element };
}

function resultOf(answer: Exclude<Answer, 'lost'>): string {
  const [code, text, output] =
    'refused' in answer ? ['-1', answer.refused, ''] : ['0', '', `<output>${answer.output}</output>`];
  return `<?xml version="1.0" encoding="UTF-8"?><result><errorcode>${code}</errorcode><errormsg>${text}</errormsg>${output}</result>`;
}

describe('An insured place whose core speaks the predecessor’s form', () => {
  const open: { close(): unknown }[] = [];

  /** A gateway that national callers reach, of an insured place unless told otherwise, and what its core got. */
  async function start(
    answer: (call: Arrived) => Answer,
    role: 'insured-place' | 'care-place' = 'insured-place',
  ): Promise<{ url: string; arrived: readonly Arrived[] }> {
    const arrived: Arrived[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const call = readCall(new TextDecoder('gbk').decode(Buffer.concat(chunks)));
        arrived.push(call);
        const told = answer(call);
        if (told === 'lost') response.destroy();
        else response.setHeader('content-type', 'text/xml').end(resultOf(told));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const core = `http://127.0.0.1:${port}/`;
    const configFile = join(makeFolder(), 'gateway.yaml');
    const yaml = usualConfig({ core, hub: core })
      .replace('role: care-place', `role: ${role}`)
      .replace('carePlaceCore', role === 'insured-place' ? 'insuredPlaceCore' : 'carePlaceCore')
      .replace('  - id: care-place-core\n', '  - id: care-place-core\n    profile: predecessor-xml\n')
      .replace(/routes:[^]*/, '');
    writeFileSync(configFile, yaml);
    const gateway = await startGateway({ configFile });
    open.push(server, gateway);
    return { url: gateway.url, arrived };
  }

  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
    await endAll();
  });

  it('settles there, and the caller hears it in the national form', async () => {
    const { url, arrived } = await start(() => SETTLED);
    const { output } = assertDone(await post(url, settlement())) as {
      output: { setlinfo: Record<string, unknown> };
    };
    const { setl_id: id, mdtrt_id: visit, fund_pay_sumamt: fund } = output.setlinfo;
    assert.deepEqual([id, visit, fund], ['J1', 'S0001', 10.5]);
    const [call] = arrived;
    assert.deepEqual(
      [call?.transaction, call?.element('ykc700'), call?.element('akc264'), call?.element('aab299')],
      ['0304', 'S0001', '12.50', '530100'],
    );
  });

  it('is refused in the core’s own words', async () => {
    const { url } = await start(() => ({ refused: '待遇暂停' }));
    assert.equal(assertRefused(await post(url, settlement()), 'UPSTREAM_REJECTED').err_msg, '待遇暂停');
  });

  it('takes a settlement back by 1301 when its answer is lost', async () => {
    const { url, arrived } = await start(({ transaction }) =>
      transaction === '0304' ? 'lost' : { output: '' },
    );
    assertRefused(await post(url, settlement()), 'REVERSED');
    const [settled, reversed] = arrived;
    assert.deepEqual(
      [settled?.transaction, reversed?.transaction, reversed?.element('otransno')],
      ['0304', '1301', '0304'],
    );
    assert.equal(reversed?.element('otransid'), settled?.element('transid'));
    assert.notEqual(settled?.element('transid'), '');
  });

  it('gets no 2302 of a stay that is not on record: the predecessor’s 0302 could mean another visit', async () => {
    const { url, arrived } = await start(() => ({ output: '' }), 'care-place');
    const line = `{"feedetl_sn":"7","mdtrt_id":"S0001","psn_no":"33010000000000000000000001"}`;
    const refusal = assertRefused(await post(url, message('2302', `{"data":[${line}]}`)), 'FORMAT_LIMIT');
    assert.deepEqual([places(refusal), arrived], [['no-transaction /infno'], []]);
  });
});
