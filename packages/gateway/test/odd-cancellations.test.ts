import assert from 'node:assert/strict';
import { ask, startAdminRig } from './admin-rig.ts';
import { settled } from './far-side.ts';
import type { Answer, Arrived } from './far-side.ts';
import { message, settlement } from './messages.ts';
import { assertDone } from './posts.ts';
import { endAll } from './rig.ts';
import type { Rig } from './rig.ts';
import { stayMessages } from './stay-messages.ts';

/** A far side that settles, and cancels so much of it. */
function cancelling(amount: string): (message: Arrived) => Answer | undefined {
  return ({ infno, data: { mdtrt_id, psn_no, medfee_sumamt } }) => {
    if (infno === '2207' || infno === '2304')
      return { output: settled({ mdtrt_id, psn_no, total: Number(medfee_sumamt).toFixed(2) }) };
    if (infno === '2208' || infno === '2305')
      return { output: settled({ mdtrt_id, psn_no, total: amount }).replace('"J', '"C') };
    return undefined;
  };
}

const stay = stayMessages('330100');
const keys = '"setl_id":"JS0001","mdtrt_id":"S0001","psn_no":"00000000000000000000000001"';

/** Settlement and cancellation. */
const PAIRS = {
  '2208': () => [
    settlement({}, { insuplc_admdvs: '"330100"' }),
    message('2208', `{"data":{${keys}}}`, { insuplc_admdvs: '"330100"' }),
  ],
  '2305': () => [stay.settlement('S0001', 12.5), stay.cancellation('S0001', 'JS0001')],
} as const;

/** The remarks on the cancellation that the admin API shows. */
async function remarks(rig: Rig, texts: readonly string[]): Promise<readonly string[]> {
  for (const body of texts) {
    const response = await fetch(rig.gateway.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    assertDone({ status: response.status, contentType: '', bytes: Buffer.from(await response.text()) });
  }
  const { body } = await ask(rig.gateway, '/admin/exchanges?odd=waiting');
  const [newest] = body['exchanges'] as { id: number; transaction: string }[];
  if (newest === undefined || !['2208', '2305'].includes(newest.transaction)) return [];
  const shown = (await ask(rig.gateway, `/admin/exchanges/${newest.id}`)).body;
  const oddities = shown['oddities'] as { found: { message: { en: string } }[] }[];
  return oddities.flatMap(({ found }) => found.map(({ message: { en } }) => en));
}

describe('A cancellation that is not the settlement with the other sign', () => {
  afterEach(endAll);

  for (const [number, texts] of Object.entries(PAIRS)) {
    it(`is delivered and listed for a person: ${number}`, async () => {
      const rig = await startAdminRig();
      rig.hub.behave(cancelling('-12.49'));
      const found = await remarks(rig, texts());
      const mirror = found.filter((text) => text.startsWith('Identity cancel-mirror'));
      assert.equal(mirror.length, 2, found.join('\n'));
      assert.match(mirror[0] ?? '', /medfee_sumamt -12\.49 ≠ -\(12\.50\), difference 0\.01 CNY/);
    });

    it(`is not remarked on when it is: ${number}`, async () => {
      const rig = await startAdminRig();
      rig.hub.behave(cancelling('-12.50'));
      const found = await remarks(rig, texts());
      assert.deepEqual(
        found.filter((text) => text.startsWith('Identity')),
        [],
      );
    });
  }
});
