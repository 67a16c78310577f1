import assert from 'node:assert/strict';
import { request as openRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { settlement } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, envelopeOf, post } from './posts.ts';
import type { Posted } from './posts.ts';
import { endAll, startRig } from './rig.ts';

const MIB = 1_048_576;

/** A request whose body the test writes piece by piece. */
function open(url: string, headers: Readonly<Record<string, string | number>> = {}): ClientRequest {
  return openRequest(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
}

function answerTo(request: ClientRequest): Promise<Posted> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, contentType, bytes: Buffer.concat(chunks) });
      });
    });
  });
}

describe('The endpoint', () => {
  afterEach(endAll);

  it('answers 64 MB without keeping them', async () => {
    const { gateway, far } = await startRig();
    const answer = await post(gateway.url, new Uint8Array(64 * MIB));
    const { yiqiao } = assertRefused(answer, 'MESSAGE_TOO_LARGE');
    assert.deepEqual([yiqiao.facts?.['maxBytes'], far.numbers()], [2 * MIB, []]);
  });

  it('reads no more of a body without announced length than it takes', async () => {
    const { gateway, far } = await startRig();
    const request = open(gateway.url, { 'transfer-encoding': 'chunked' });
    const answer = answerTo(request).then(
      (posted) => assertRefused(posted, 'MESSAGE_TOO_LARGE').yiqiao.code,
      (error: NodeJS.ErrnoException) => error.code,
    );
    for (let sent = 0; sent < 4; sent += 1) request.write(Buffer.alloc(MIB, 32));
    request.end();
    // A caller that is still writing may meet the closed connection before it reads the answer.
    assert(['MESSAGE_TOO_LARGE', 'ECONNRESET', 'EPIPE'].includes(String(await answer)));
    assertDone(await post(gateway.url, settlement()));
    assert.deepEqual(far.numbers(), ['2207']);
  });

  it('serves others while 64 MB come in', async () => {
    const { gateway } = await startRig();
    const large = post(gateway.url, new Uint8Array(64 * MIB)).catch(() => undefined);
    assertDone(await post(gateway.url, settlement()));
    await large;
    assertDone(await post(gateway.url, settlement()));
  });

  it('says that a compressed body must not be', async () => {
    const { gateway, far } = await startRig();
    const zipped = Uint8Array.from(gzipSync(settlement()));
    const headers = { 'content-encoding': 'gzip' };
    const { err_msg: text } = assertRefused(await post(gateway.url, zipped, headers), 'BODY_ENCODED');
    assert.match(text, /Content-Encoding/);
    assertDone(await post(gateway.url, settlement(), { 'content-encoding': 'identity' }));
    assert.deepEqual(far.numbers(), ['2207']);
  });

  it('takes JSON under any media type, or none', async () => {
    const { gateway } = await startRig();
    for (const type of ['text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded', '']) {
      assertDone(await post(gateway.url, settlement(), { 'content-type': type }));
    }
  });

  it('answers XML in the predecessor’s form, in GBK, even when it cannot be read', async () => {
    const { gateway } = await startRig();
    const answer = await post(gateway.url, '<a/>', { 'content-type': 'text/xml; charset=GBK' });
    assert.deepEqual([answer.status, answer.contentType], [200, 'text/xml; charset=GBK']);
    const text = new TextDecoder('gbk').decode(answer.bytes);
    assert.match(text, /&lt;errorcode&gt;-1&lt;.*\[MESSAGE_NOT_READABLE\] 报文不是合法的/);
  });

  it('is one path and one method', async () => {
    const { gateway } = await startRig();
    const answers = [
      await fetch(gateway.url),
      await fetch(gateway.url, { method: 'PUT', body: settlement() }),
      await fetch(`${gateway.base}/hub`, { method: 'POST', body: settlement() }),
      await fetch(gateway.base),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 404],
    );
  });

  it('answers a body that dribbles in', async () => {
    const { gateway } = await startRig();
    const request = open(gateway.url, { 'transfer-encoding': 'chunked' });
    const answer = answerTo(request);
    for (const character of Buffer.from(settlement())) {
      if (!request.write(Buffer.from([character])))
        await new Promise((drained) => request.once('drain', drained));
    }
    request.end();
    assertDone(await answer);
  });

  it('forgets a caller that hangs up in the middle of its message', async () => {
    const { gateway, far, journal } = await startRig();
    const request = open(gateway.url, { 'content-length': 1_000 });
    request.on('error', () => undefined);
    request.write('{"infno":"2207",');
    await new Promise((flushed) => setImmediate(flushed));
    request.destroy();
    assertDone(await post(gateway.url, settlement()));
    assert.deepEqual(far.numbers(), ['2207']);
    assert.equal((await journal()).length, 1);
  });

  it('finishes for a caller that hangs up after its message; its resend hears the end', async () => {
    const { gateway, far } = await startRig();
    const arrived = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    far.behave(async () => {
      arrived.resolve();
      await held.promise;
      return undefined;
    });
    const body = settlement();
    const request = open(gateway.url);
    request.on('error', () => undefined);
    request.end(body);
    await arrived.promise;
    request.destroy();
    held.resolve();
    assertDone(await post(gateway.url, body));
    assert.deepEqual(far.numbers(), ['2207']);
  });
});

describe('A gateway that is busy', () => {
  afterEach(endAll);

  it('refuses more than limits.concurrent messages at a time; nothing is done and they may come again', async () => {
    const change = (yaml: string): string =>
      yaml.replace('limits: {}', 'limits: { concurrent: 3 }').replace('inFlightMs: 50', 'inFlightMs: 1');
    const { gateway, far, journal } = await startRig({ change });
    const held = Promise.withResolvers<void>();
    const full = Promise.withResolvers<void>();
    far.behave(async () => {
      if (far.arrived.length === 3) full.resolve();
      await held.promise;
      return undefined;
    });
    const running = [settlement(), settlement(), settlement()].map((body) => post(gateway.url, body));
    await full.promise;
    const refused = settlement();
    const { yiqiao } = assertRefused(await post(gateway.url, refused), 'BUSY');
    assert.equal(yiqiao.responsible, 'care-place');
    held.resolve();
    for (const answer of await Promise.all(running)) assertDone(answer);
    assertDone(await post(gateway.url, refused));
    assert.equal(far.arrived.length, 4);
    assert.equal((await journal()).length, 4);
  });
});

describe('Many messages at once', () => {
  afterEach(endAll);

  it('each get their own answer', async () => {
    const { gateway, far } = await startRig();
    const visits = Array.from({ length: 60 }, (_, index) => `S${index}`);
    const answers = await Promise.all(
      visits.map((visit) => post(gateway.url, settlement({ mdtrt_id: JSON.stringify(visit) }))),
    );
    const told = answers.map((answer) => {
      const output = envelopeOf(answer)['output'] as { setlinfo: { mdtrt_id: string; setl_id: string } };
      return [output.setlinfo.mdtrt_id, output.setlinfo.setl_id];
    });
    assert.deepEqual(
      told,
      visits.map((visit) => [visit, `J${visit}`]),
    );
    assert.equal(new Set(far.arrived.map(({ msgid }) => msgid)).size, visits.length);
  });

  it('tells what is done already also when it begins nothing new, and turns away unread beyond four times the limit', async () => {
    const change = (yaml: string): string => yaml.replace('limits: {}', 'limits: { concurrent: 1 }');
    const { gateway, far } = await startRig({ change });
    const done = settlement();
    const first = await post(gateway.url, done);
    assertDone(first);
    const held = Promise.withResolvers<void>();
    const busy = Promise.withResolvers<void>();
    far.behave(async () => {
      busy.resolve();
      await held.promise;
      return undefined;
    });
    const waiting = settlement();
    const running = [post(gateway.url, waiting)];
    await busy.promise;
    assert.deepEqual((await post(gateway.url, done)).bytes, first.bytes);
    assertRefused(await post(gateway.url, settlement()), 'BUSY');
    for (let joined = 0; joined < 4; joined += 1) running.push(post(gateway.url, waiting));
    const turnedAway = await Promise.any(
      running.map(async (answer) => {
        const told = await answer;
        assert.equal(told.status, 504);
        return told;
      }),
    );
    assertUnknown(turnedAway, 'OVERLOADED');
    held.resolve();
    const answers = await Promise.all(running);
    assert.equal(answers.filter(({ status }) => status === 200).length, 4);
    assert.equal(far.arrived.length, 2);
  });
});
