import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { settlement } from './messages.ts';
import { assertDone, post } from './posts.ts';
import { auditedCodes } from './refusals.ts';
import { endAll, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** Writes bytes and tells all that comes back until the connection ends. */
async function say(rig: Rig, text: string): Promise<string> {
  const { port } = new URL(rig.gateway.base);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(text);
  await closed;
  return answer;
}

function head(...lines: string[]): string {
  return [
    'POST /care-place HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');
}

describe('A socket', () => {
  afterEach(endAll);

  const body = settlement();
  const length = `content-length: ${Buffer.byteLength(body)}`;
  const smuggled = `${head(length, 'connection: close')}${body}`;
  const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const bad: readonly (readonly [title: string, bytes: string])[] = [
    ['two lengths', `${head(length, 'content-length: 5')}${body}`],
    ['a length and chunks', `${head(length, 'transfer-encoding: chunked')}${chunk}`],
    ['chunks under a name that only some understand', `${head('transfer-encoding: xchunked')}${chunk}`],
    ['a length with a sign', `${head(`content-length: +${Buffer.byteLength(body)}`)}${body}`],
    ['a header folded over two lines', `${head(length, 'x-a: b\r\n c: d')}${body}`],
    ['a name with a blank before its colon', `${head(length.replace(':', ' :'))}${body}`],
    ['a line feed alone', head(length).replaceAll('\r\n', '\n') + body],
    [
      'another message behind a length of zero',
      `${head('content-length: 0', 'transfer-encoding: chunked')}${smuggled}`,
    ],
    [
      'headers without end',
      head(...Array.from({ length: 3_000 }, (_, index) => `x-${index}: ${'a'.repeat(20)}`)),
    ],
  ];
  it('takes no message whose end two readers would see at different places', async () => {
    const rig = await startRig();
    for (const [title, bytes] of bad) {
      assert.match(await say(rig, bytes), /^HTTP\/1\.1 4\d\d /, title);
      assert.deepEqual(rig.far.numbers(), [], title);
    }
    assertDone(await post(rig.gateway.url, settlement()));
  });

  it('that sends nothing or its headers drop by drop is closed in time, and others are served meanwhile', async () => {
    const rig = await startRig({
      change: (yaml) => yaml.replace('limits: {}', 'limits: { bodyTimeoutMs: 300 }'),
    });
    assertDone(await post(rig.gateway.url, settlement()));
    const slow = say(rig, 'POST /care-place HTTP/1.1\r\nhost: loc');
    assertDone(await post(rig.gateway.url, settlement()));
    assert.match(await slow, /^HTTP\/1\.1 4\d\d /);
  });

  it('is one of a few that an address may hold; the next ones are closed, counted and audited', async () => {
    const rig = await startRig({
      change: (yaml) => yaml.replace('limits: {}', 'limits: { connectionsPerAddress: 2 }'),
    });
    const { port } = new URL(rig.gateway.base);
    const held = [connect(Number(port), '127.0.0.1'), connect(Number(port), '127.0.0.1')];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const third = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    await once(third, 'close');
    await Promise.all(held.map((socket) => once(socket.destroy(), 'close')));
    let metrics = '';
    while (!metrics.includes('turned_away'))
      metrics = await fetch(`${rig.gateway.base}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
    await rig.journal();
    assert(auditedCodes(join(dirname(rig.configFile), 'journal.sqlite')).includes('too-many-connections'));
    assert.match(metrics, /turned_away_total\{reason="too-many-connections"\} [1-9]/);
  });
});
