import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { formatTime } from '@yiqiao/model';
import { identification, newMessageId, settlement } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const HOUR_MS = 3_600_000;
const minute = (at: number): string => formatTime(at).slice(0, 16);
const FROM = minute(Date.now() - HOUR_MS);
const TO = minute(Date.now() + HOUR_MS);

/** Adds a closure to a configuration. */
function closed(members: string): (yaml: string) => string {
  return (yaml) => `${yaml}closures:\n  - { from: "${FROM}", to: "${TO}", ${members} }\n`;
}

/** Adds settings to how the core is called. */
function calling(settings: string): (yaml: string) => string {
  return (yaml) => yaml.replace('replyTimeoutMs: 1000 }', `replyTimeoutMs: 1000, ${settings} }`);
}

/** A person insured elsewhere: the hub answers. */
const ELSEWHERE = { insuplc_admdvs: '"330100"' };

async function health({ gateway }: Rig): Promise<{ ready: boolean; peers: unknown }> {
  const response = await fetch(`${gateway.base}/health/ready`);
  return (await response.json()) as { ready: boolean; peers: unknown };
}

describe('A far side that is closed', () => {
  afterEach(endAll);

  const reasons = [
    { reason: 'maintenance', code: 'PEER_MAINTENANCE', says: /维护.*自费/ },
    { reason: 'year-end', code: 'PEER_YEAR_END', says: /先自费.*手工报销/ },
    { reason: 'other', code: 'PEER_CLOSED', says: /先自费.*手工报销/ },
  ] as const;
  for (const { reason, code, says } of reasons) {
    it(`is not sent anything; the cashier is told at once what to do and until when (${reason})`, async () => {
      const rig = await startRig({ change: closed(`peer: care-place-core, reason: ${reason}`) });
      const { yiqiao, err_msg } = assertRefused(await post(rig.gateway.url, settlement()), code);
      assert.match(yiqiao.cashier.zh, says);
      assert(yiqiao.cashier.zh.includes(`预计 ${TO} 恢复`) && yiqiao.cashier.en.includes(TO));
      assert(err_msg.includes(yiqiao.cashier.zh), 'a HIS that shows err_msg alone shows it too');
      assertRefused(await post(rig.gateway.url, identification()), code);
      assert.deepEqual(rig.far.arrived, []);
      assert.deepEqual(await rig.journal(), []);
    });
  }

  it('says what the configuration says instead', async () => {
    const text = 'text: { zh: 请到三楼窗口, en: Go to the third floor. }';
    const rig = await startRig({ change: closed(`peer: care-place-core, reason: year-end, ${text}`) });
    const { yiqiao } = assertRefused(await post(rig.gateway.url, settlement()), 'PEER_YEAR_END');
    assert.equal(yiqiao.cashier.zh, `请到三楼窗口预计 ${TO} 恢复。`);
  });

  const regions = [
    { region: '330100', title: 'a pooling area' },
    { region: '330000', title: 'a province' },
  ];
  for (const { region, title } of regions) {
    it(`may be ${title} behind a line that others use`, async () => {
      const rig = await startRig({ change: closed(`region: "${region}", reason: maintenance`) });
      const { url } = rig.gateway;
      assertRefused(await post(url, settlement({}, ELSEWHERE)), 'PEER_MAINTENANCE');
      assertDone(await post(url, settlement({}, { insuplc_admdvs: '"510100"' })));
      assertDone(await post(url, settlement({ chrg_bchno: '"B0002"' })));
    });
  }

  it('may be closed to some transactions only', async () => {
    const rig = await startRig({
      change: closed('peer: care-place-core, reason: maintenance, transactions: ["2207"]'),
    });
    assertRefused(await post(rig.gateway.url, settlement()), 'PEER_MAINTENANCE');
    assertDone(await post(rig.gateway.url, identification()));
  });

  it('is open again after a reload, and the same message is done', async () => {
    const close = closed('peer: care-place-core, reason: maintenance');
    const rig = await startRig({ change: (yaml) => close(yaml).replace('inFlightMs: 50', 'inFlightMs: 1') });
    const body = settlement();
    assertRefused(await post(rig.gateway.url, body), 'PEER_MAINTENANCE');
    assert.deepEqual((await health(rig)).peers, [{ id: 'care-place-core', state: 'closed' }]);
    rig.rewrite((yaml) => yaml.replace(/closures:[^]*/, ''));
    rig.gateway.reload();
    assertDone(await post(rig.gateway.url, body));
    assert.deepEqual((await health(rig)).peers, []);
  });

  it('is sent what is owed when it opens again, and never before', async () => {
    const rig = await startRig({
      change: (yaml) =>
        closed('peer: care-place-core, reason: maintenance, transactions: ["2601"]')(
          yaml.replace('callerDeadlineMs: 3000', 'callerDeadlineMs: 300'),
        ),
    });
    rig.far.behave(({ infno }) => (infno === '2207' ? 'lost' : undefined));
    const body = settlement();
    assertUnknown(await post(rig.gateway.url, body), 'UPSTREAM_TIMEOUT');
    assertUnknown(await post(rig.gateway.url, body), 'EXCHANGE_IN_PROGRESS');
    assert.deepEqual(rig.far.numbers(), ['2207']);
    rig.rewrite((yaml) => yaml.replace(/closures:[^]*/, ''));
    rig.gateway.reload();
    await rig.gateway.idle();
    assertRefused(await post(rig.gateway.url, body), 'REVERSED');
    assert.deepEqual(rig.far.numbers(), ['2207', '2601']);
  });
});

describe('A far side that is down', () => {
  afterEach(endAll);

  it('is left alone after failures in a row, is shown as down, and is back with its first answer', async () => {
    const rig = await startRig({ change: calling('breaker: { failures: 3, probeAfterMs: 10 }') });
    const { url, base } = rig.gateway;
    rig.far.behave(() => 'lost');
    for (let count = 0; count < 3; count += 1) {
      assertUnknown(await post(url, identification()), 'READ_UNANSWERED');
    }
    assert.deepEqual((await health(rig)).peers, [{ id: 'care-place-core', state: 'down' }]);
    assert.equal((await health(rig)).ready, true);
    const metrics = await (await fetch(`${base}/metrics`)).text();
    assert.match(metrics, /yiqiao_peer_state\{peer="care-place-core",state="down"\} 1/);
    assert.match(metrics, /yiqiao_peer_state\{peer="hub",state="ok"\} 1/);
    rig.far.behave(() => undefined);
    let answers = 0;
    while (!/"infcode":"?0/.test((await post(url, identification())).bytes.toString())) {
      answers += 1;
      assert(answers < 1_000);
    }
    assertDone(await post(url, settlement()));
    assert.deepEqual((await health(rig)).peers, []);
  });

  it('refuses a settlement unsent; the same message is done when it is back', async () => {
    const change = calling('breaker: { failures: 1, probeAfterMs: 3600000 }');
    const rig = await startRig({ change: (yaml) => change(yaml).replace('inFlightMs: 50', 'inFlightMs: 1') });
    const { url } = rig.gateway;
    rig.far.behave(() => 'lost');
    assertUnknown(await post(url, identification()), 'READ_UNANSWERED');
    const body = settlement();
    const { yiqiao } = assertRefused(await post(url, body), 'PEER_DOWN');
    assert.match(yiqiao.cashier.zh, /稍后重试/);
    assert.deepEqual(rig.far.numbers(), ['1101']);
    assertDone(await post(url, identification(ELSEWHERE)));
    rig.far.behave(() => undefined);
    rig.rewrite((yaml) =>
      yaml.replace('breaker: { failures: 1, probeAfterMs: 3600000 }', 'breaker: { probeAfterMs: 10 }'),
    );
    rig.gateway.reload();
    while (!/"infcode":"?0/.test((await post(url, identification())).bytes.toString()))
      await rig.gateway.idle();
    assertDone(await post(url, body));
  });
});

describe('A far side that is slow', () => {
  afterEach(endAll);

  it('has a queue with an end: what finds no room is told at once that nothing was done', async () => {
    const rig = await startRig({ change: calling('connections: 1, queue: 1') });
    const { url } = rig.gateway;
    const held = Promise.withResolvers<undefined>();
    const arrived = Promise.withResolvers<void>();
    rig.far.behave(() => {
      arrived.resolve();
      return held.promise;
    });
    const first = post(url, settlement({ mdtrt_id: '"S0001"', chrg_bchno: '"B0001"' }));
    await arrived.promise;
    const others = [2, 3].map((n) =>
      post(url, settlement({ mdtrt_id: `"S000${n}"`, chrg_bchno: `"B000${n}"` })),
    );
    assertRefused(await Promise.race(others), 'PEER_BUSY');
    assertDone(await post(url, identification(ELSEWHERE)));
    held.resolve(undefined);
    const told = await Promise.all([first, ...others]);
    assert.equal(told.filter(({ bytes }) => bytes.includes('"PEER_BUSY"')).length, 1);
    assert.deepEqual(rig.far.numbers(), ['2207', '2207']);
  });

  it('is waited for as long as the configuration says for this transaction', async () => {
    const rig = await startRig({
      change: (yaml) =>
        calling('timeouts: { "1101": 50 }')(
          yaml
            .replace('replyTimeoutMs: 1000', 'replyTimeoutMs: 600000')
            .replace('callerDeadlineMs: 3000', 'callerDeadlineMs: 600000'),
        ).replace('replyTimeoutMs: 600000 }', 'replyTimeoutMs: 600000, timeouts: { "1101": 50 } }'),
    });
    const held = Promise.withResolvers<undefined>();
    rig.far.behave(() => held.promise);
    assertUnknown(
      await post(rig.gateway.url, identification({ msgid: JSON.stringify(newMessageId()) })),
      'READ_UNANSWERED',
    );
    held.resolve(undefined);
  });
});

describe('A caller that is slow', () => {
  afterEach(endAll);

  it('has as long for its request as the configuration says', async () => {
    const rig = await startRig({
      change: (yaml) => yaml.replace('limits: {}', 'limits: { bodyTimeoutMs: 100 }'),
    });
    const { hostname, port } = new URL(rig.gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /care-place HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.match(Buffer.concat(chunks).toString(), /"MESSAGE_NOT_READABLE"/);
    assert.deepEqual(rig.far.arrived, []);
  });
});
