import assert from 'node:assert/strict';
import { ask, assertRefusal, startAdminRig, TOKEN } from './admin-rig.ts';
import { oddly, settled } from './far-side.ts';
import type { Answer, Arrived } from './far-side.ts';
import { identification, settlement } from './messages.ts';
import { assertDone } from './posts.ts';
import { endAll, startRig } from './rig.ts';
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

/** Output of the settlement that a far side answers to a message, changed. */
function settledBut(change: (output: Members) => Members): (message: Arrived) => Answer | undefined {
  return ({ infno, data: { mdtrt_id, psn_no, medfee_sumamt } }) => {
    if (infno !== '2207') return undefined;
    const total = Number(medfee_sumamt).toFixed(2);
    const output = JSON.parse(settled({ mdtrt_id, psn_no, total })) as Members;
    return { output: JSON.stringify(change(output)) };
  };
}

type Members = Readonly<Record<string, unknown>>;

function setlinfo({ setlinfo: node, ...others }: Members, change: (node: Members) => Members): Members {
  return { ...others, setlinfo: change(node as Members) };
}

describe('The answer to a settlement, taken by a HIS that is strict,', () => {
  afterEach(endAll);

  const forms: Readonly<Record<string, (output: Members) => Members>> = {
    'without the name of its node': ({ setlinfo: node, ...others }) => ({ ...(node as Members), ...others }),
    'in a list of one': ({ setlinfo: node, ...others }) => ({ setlinfo: [node], ...others }),
    'with names in camel case': (output) =>
      setlinfo(output, ({ medfee_sumamt: medfeeSumamt, setl_id: setlId, ...rest }) => ({
        medfeeSumamt,
        setlId,
        ...rest,
      })),
  };
  for (const [title, change] of Object.entries(forms)) {
    it(`has its settlement in its node when it came ${title}`, async () => {
      const { gateway, far } = await startRig();
      far.behave(settledBut(change));
      const { text, odd } = await told(gateway.url, settlement());
      const { output } = JSON.parse(text) as { output: { setlinfo: Members } };
      assert.deepEqual(
        [output.setlinfo['setl_id'], output.setlinfo['medfee_sumamt'], odd],
        ['JS0001', 12.5, null],
        text,
      );
      assert.deepEqual(far.numbers(), ['2207']);
    });
  }

  it('has exp_content of its definition when it came as expContent', async () => {
    const { gateway, far } = await startRig();
    far.behave(
      settledBut((output) => setlinfo(output, (node) => ({ ...node, expContent: '{"insuPayAmt":"1"}' }))),
    );
    const { text } = await told(gateway.url, settlement());
    assert.match(text, /"exp_content": ?"\{/);
    assert(!text.includes('expContent'), text);
  });

  for (const output of ['null', '{}', '{"setldetail":[]}']) {
    it(`is delivered and listed for a person when it tells no result: ${output}`, async () => {
      const rig = await startAdminRig();
      rig.far.behave(({ infno }) => (infno === '2207' ? { output } : undefined));
      const { odd } = await told(rig.gateway.url, settlement());
      assert.equal(odd, 'required /output/setlinfo');
      assert.equal((await waiting(rig)).length, 1);
      assert.deepEqual(rig.far.numbers(), ['2207']);
    });
  }

  for (const [name, value] of [
    ['balc', 1373.635],
    ['medfee_sumamt', '10.005'],
  ] as const) {
    it(`is delivered and listed for a person when ${name} has three decimals: the settlement stands`, async () => {
      const rig = await startAdminRig();
      rig.far.behave(settledBut((output) => setlinfo(output, (node) => ({ ...node, [name]: value }))));
      const { text, odd } = await told(rig.gateway.url, settlement());
      assert.match(text, new RegExp(`"${name}": ?"?${String(value)}`));
      assert(odd?.split(', ').includes(`amount /output/setlinfo/${name}`), String(odd));
      assert.deepEqual(
        (await waiting(rig)).map(({ state }) => state),
        ['answered'],
      );
      assert.deepEqual(rig.far.numbers(), ['2207']);
    });
  }
});
