import assert from 'node:assert/strict';
import { ask, assertRefusal, startAdminRig, TOKEN } from './admin-rig.ts';
import { oddly } from './far-side.ts';
import { identification, settlement } from './messages.ts';
import { assertDone } from './posts.ts';
import { endAll } from './rig.ts';
import type { Rig } from './rig.ts';

const BROKEN = 'identity /output/setlinfo/medfee_sumamt';

/** A settlement of somebody insured elsewhere. */
const remote = (): string => settlement({}, { insuplc_admdvs: '"330100"' });

/** Posts and tells the header and the answer. */
async function told(url: string, body: string): Promise<{ odd: string | null; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
  const text = await response.text();
  assertDone({ status: response.status, contentType: '', bytes: Buffer.from(text) });
  return { odd: response.headers.get('x-yiqiao-odd'), text };
}

interface Line {
  readonly id: number;
  readonly state: string;
  readonly region?: string;
  readonly odd?: { readonly waitingSince?: string; readonly places: { rule: string; at: string }[] };
}

async function waiting({ gateway }: Pick<Rig, 'gateway'>, query = 'odd=waiting'): Promise<readonly Line[]> {
  return (await ask(gateway, `/admin/exchanges?${query}`)).body['exchanges'] as Line[];
}

describe('An odd answer', () => {
  afterEach(endAll);

  it('is delivered as it came, flagged in a header without values, and again when it is asked for again', async () => {
    const rig = await startAdminRig();
    rig.hub.behave(oddly);
    const body = remote();
    const first = await told(rig.gateway.url, body);
    assert.match(first.text, /"psn_part_amt": ?-5\.00/);
    const places = first.odd?.split(', ') ?? [];
    assert.equal(places[0], BROKEN);
    assert(places.includes('value-set /output/setlinfo/mdtrt_cert_type'), first.odd ?? '');
    assert.deepEqual(await told(rig.gateway.url, body), first);
    await rig.restart();
    assert.deepEqual(await told(rig.gateway.url, body), first);
    rig.hub.behave(() => undefined);
    assert.equal((await told(rig.gateway.url, remote())).odd, null);
  });

  it('is listed for a person with its region, and shown with formula, operands and difference', async () => {
    const rig = await startAdminRig();
    rig.hub.behave(oddly);
    await told(rig.gateway.url, remote());
    const [line, ...others] = await waiting(rig);
    assert.deepEqual([line?.state, line?.region, others], ['answered', '330100', []]);
    assert(line?.odd?.waitingSince !== undefined);
    assert.deepEqual(line.odd.places[0], { rule: 'identity', at: '/output/setlinfo/medfee_sumamt' });
    const { body } = await ask(rig.gateway, `/admin/exchanges/${line.id}`);
    const [{ leg, peer, found }] = body['oddities'] as [
      { leg: number; peer: string; found: { label: object; message: { zh: string; en: string } }[] },
    ];
    assert.deepEqual([leg, peer], [1, 'hub']);
    for (const part of [/psn_part_amt -5\.00/, /difference \d+\.\d\d CNY/, /Formula: \S+/])
      assert.match(found[0]?.message.en ?? '', part);
    assert.match(found[0]?.message.zh ?? '', /差额 \d+\.\d\d 元。公式：/);
    const metrics = await (await fetch(`${rig.gateway.base}/metrics`)).text();
    assert.match(metrics, /^yiqiao_odd_answers_waiting 1$/m);
    assert.equal((await ask(rig.gateway, '/admin/metrics')).body['odd'], 1);
  });

  it('is closed by a person with a note, on record and in the audit log, and no outcome changes', async () => {
    const rig = await startAdminRig();
    rig.hub.behave(oddly);
    const body = remote();
    const { odd } = await told(rig.gateway.url, body);
    const [{ id }] = (await waiting(rig)) as [Line];
    const looked = { reason: '已与参保地核对，000000199001010018', operator: '王工 0007' };
    const path = `/admin/exchanges/${id}/looked`;
    assertRefusal(await ask(rig.gateway, path, { body: { operator: looked.operator } }), 400, 'BODY_INVALID');
    const shown = (await ask(rig.gateway, path, { body: looked })).body;
    const [look] = shown['looks'] as [{ reason: string; operator: string; at: string }];
    assert.deepEqual([shown['state'], look.operator], ['answered', '王工 0007']);
    assert.match(look.reason, /^已与参保地核对，[^1]*\*/);
    assert.deepEqual(
      [await waiting(rig), (await waiting(rig, 'odd=looked')).map((one) => one.id)],
      [[], [id]],
    );
    assertRefusal(await ask(rig.gateway, path, { body: looked }), 409, 'NOTHING_TO_LOOK_AT');
    assertRefusal(await ask(rig.gateway, '/admin/exchanges/99/looked', { body: looked }), 404, 'NOT_FOUND');
    assert.equal((await told(rig.gateway.url, body)).odd, odd, 'whoever asks again is flagged all the same');
    const [exchange] = await rig.journal();
    assert.deepEqual([exchange?.state, exchange?.resolution], ['answered', undefined]);
  });

  it('to a question is flagged, and nobody has to look at it', async () => {
    const rig = await startAdminRig();
    rig.far.behave(oddly);
    rig.hub.behave(oddly);
    assert.match(
      (await told(rig.gateway.url, identification())).odd ?? '',
      /^value-set \/output\/baseinfo\/gend/,
    );
    assert.deepEqual(await waiting(rig), []);
  });

  it('is listed by each gateway on its way, as each saw it, and the header is passed on', async () => {
    const place = await startAdminRig();
    const care = await startAdminRig();
    place.hub.behave(oddly);
    care.rewrite((yaml) =>
      yaml.replace(care.hub.url, place.gateway.url).replace('    profile: cross-province\n', ''),
    );
    await care.restart();
    const { odd } = await told(care.gateway.url, remote());
    assert(odd?.startsWith(BROKEN), String(odd));
    for (const rig of [care, place]) assert.equal((await waiting(rig)).length, 1);
    const [{ id }] = (await waiting(care)) as [Line];
    const { body } = await ask(care.gateway, `/admin/exchanges/${id}`, { token: TOKEN });
    const [{ furtherOn }] = body['oddities'] as [{ furtherOn: { rule: string; at: string }[] }];
    assert.equal(furtherOn.map(({ rule, at }) => `${rule} ${at}`)[0], BROKEN);
  });
});
