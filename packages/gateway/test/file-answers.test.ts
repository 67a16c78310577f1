import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { message, newMessageId, UNSIGNED } from './messages.ts';
import { endAll, onEnd, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** An archive without a file in it, and more before its end: what matters here is how it begins and ends. */
const END = Buffer.concat([Buffer.from([0x50, 0x4b, 0x05, 0x06]), Buffer.alloc(18)]);
const PIECE = Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.alloc(65_532, 7)]);

function archive(pieces: number): Buffer {
  return Buffer.concat([...Array.from({ length: pieces }, () => PIECE), END]);
}

/** A care-place core that answers each message as the test says. */
async function startCore(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onEnd(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function startBefore(answer: (response: ServerResponse) => void): Promise<Rig> {
  return gatewayBefore(await startCore(answer));
}

/** A gateway whose care-place core is at an address. */
function gatewayBefore(core: string): Promise<Rig> {
  return startRig({
    change: (yaml) =>
      yaml.replace(/(id: care-place-core\s+mode: tolerant\s+to: \{ url: ")[^"]+/, `$1${core}`),
  });
}

function download({ gateway }: Rig, msgid = newMessageId()): Promise<Response> {
  const wanted = `{"file_qury_no":"F0001","filename":"a.zip","fixmedins_code":"${UNSIGNED}"}`;
  const body = message('9102', `{"fsDownloadIn":${wanted}}`, { msgid: JSON.stringify(msgid) });
  return fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

describe('9102 文件下载 through a gateway', () => {
  afterEach(endAll);

  const whole = archive(64);
  const framings: [string, (response: ServerResponse, bytes: Buffer) => void][] = [
    ['with its length', (response, bytes) => response.setHeader('content-length', whole.length).end(bytes)],
    ['in chunks', (response, bytes) => response.end(bytes)],
    [
      'until the connection ends',
      (response, bytes) => {
        response.socket?.end(
          Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\n\r\n'), bytes]),
        );
      },
    ],
  ];
  for (const [framing, send] of framings) {
    it(`passes a file on byte for byte, sent ${framing}`, async () => {
      const rig = await startBefore((response) => {
        response.setHeader('content-type', 'application/octet-stream');
        send(response, whole);
      });
      const response = await download(rig);
      assert.equal(response.status, 200);
      assert.equal(Buffer.compare(Buffer.from(await response.arrayBuffer()), whole), 0);
    });

    it(`never lets a file that breaks off look whole, sent ${framing}`, async () => {
      const rig = await startBefore((response) => {
        response.setHeader('content-type', 'application/octet-stream');
        const half = whole.subarray(0, whole.length >> 1);
        if (framing.startsWith('until')) return send(response, half);
        if (framing.startsWith('with')) response.setHeader('content-length', whole.length);
        response.write(half, () => response.destroy());
      });
      const response = await download(rig);
      await assert.rejects(response.arrayBuffer(), 'the connection is broken');
    });
  }

  it('passes a file on through two gateways, one behind the other, and both have it on record', async () => {
    const behind = await startBefore((response) => void response.end(whole));
    const front = await gatewayBefore(behind.gateway.url);
    const messageId = newMessageId();
    const response = await download(front, messageId);
    assert.equal(Buffer.compare(Buffer.from(await response.arrayBuffer()), whole), 0);
    for (const rig of [front, behind]) {
      const record = (await rig.record(UNSIGNED, 'file', 'F0001')) ?? '{}';
      const { length, isWhole } = JSON.parse(record) as Record<string, unknown>;
      assert.deepEqual([length, isWhole], [whole.length, true]);
    }
  });

  it('never lets a file that breaks off behind two gateways look whole', async () => {
    const behind = await startBefore((response) => {
      response.setHeader('content-type', 'application/octet-stream');
      response.write(whole.subarray(0, whole.length >> 1), () => response.destroy());
    });
    const response = await download(await gatewayBefore(behind.gateway.url));
    await assert.rejects(response.arrayBuffer(), 'the connection is broken');
  });

  it('tells the length ahead when the core tells it', async () => {
    const rig = await startBefore((response) => framings[0]?.[1](response, whole));
    const response = await download(rig);
    assert.equal(response.headers.get('content-length'), String(whole.length));
    await response.arrayBuffer();
  });

  it('keeps number, length and digest of what has passed on record', async () => {
    const rig = await startBefore((response) => void response.end(whole));
    const messageId = newMessageId();
    await (await download(rig, messageId)).arrayBuffer();
    const record = await rig.record(UNSIGNED, 'file', 'F0001');
    const { at, ...kept } = JSON.parse(record ?? '{}') as Record<string, unknown>;
    assert.equal(typeof at, 'number');
    assert.deepEqual(kept, {
      peer: 'plain',
      transaction: '9102',
      messageId,
      length: whole.length,
      sha256: createHash('sha256').update(whole).digest('hex'),
      isWhole: true,
    });
  });

  it('hangs up on the core when the caller leaves', async () => {
    const left = Promise.withResolvers<void>();
    const rig = await startBefore((response) => {
      response.write(PIECE);
      response.on('close', () => left.resolve());
    });
    const response = await download(rig);
    await response.body?.cancel();
    await left.promise;
  });

  it('waits for a file that is passing when it stops', async () => {
    const passing = Promise.withResolvers<ServerResponse>();
    const rig = await startBefore((response) => {
      response.write(PIECE);
      passing.resolve(response);
    });
    const response = await download(rig);
    const restarted = rig.restart();
    (await passing.promise).end(END);
    const [bytes] = await Promise.all([response.arrayBuffer(), restarted]);
    assert.equal(bytes.byteLength, PIECE.length + END.length);
  });

  const refusals: [string, (response: ServerResponse) => void][] = [
    [
      'a refusal of the core in its own words',
      (response) => void response.end('{"infcode":-1,"err_msg":"文件不存在","output":null}'),
    ],
    [
      'a refusal that says it is a file',
      (response) =>
        void response
          .setHeader('content-type', 'application/octet-stream')
          .end('{"infcode":-1,"err_msg":"文件不存在","output":null}'),
    ],
  ];
  for (const [title, answer] of refusals) {
    it(`tells ${title}`, async () => {
      const response = await download(await startBefore(answer));
      const { infcode, err_msg, yiqiao } = (await response.json()) as {
        infcode: number;
        err_msg: string;
        yiqiao: { code: string };
      };
      assert.deepEqual([infcode, err_msg, yiqiao.code], [-1, '文件不存在', 'UPSTREAM_REJECTED']);
    });
  }

  const unusable: [string, (response: ServerResponse) => void][] = [
    [
      'a page of some server in place of a file',
      (response) => void response.setHeader('content-type', 'text/html').end('<html>login</html>'),
    ],
    ['no byte at all', (response) => void response.end()],
    [
      'a file with the status of an error',
      (response) => {
        response.statusCode = 500;
        response.end(whole);
      },
    ],
  ];
  for (const [title, answer] of unusable) {
    it(`says that nobody answered when there is ${title}`, async () => {
      const response = await download(await startBefore(answer));
      assert.equal(response.status, 504);
      assert.match(await response.text(), /^\[READ_UNANSWERED\]/);
    });
  }
});

describe('9101 文件上传 through a gateway', () => {
  afterEach(endAll);

  function upload({ gateway }: Rig, content: string): Promise<Response> {
    const sent = `{"in":${content},"filename":"a.zip","fixmedins_code":"${UNSIGNED}"}`;
    const body = message('9101', `{"fsUploadIn":${sent}}`);
    return fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }

  const contents: [string, string][] = [
    ['base64', JSON.stringify(PIECE.toString('base64'))],
    [
      'a list of signed numbers',
      `[${[...PIECE.subarray(0, 2_000)].map((one) => (one << 24) >> 24).join(',')}]`,
    ],
  ];
  for (const [form, content] of contents) {
    it(`sends a file on that comes as ${form}`, async () => {
      const rig = await startRig();
      let arrived = '';
      rig.far.behave(({ bytes }) => {
        arrived = bytes.toString();
        return { output: `{"file_qury_no":"F0001","filename":"a.zip","fixmedins_code":"${UNSIGNED}"}` };
      });
      const { infcode } = (await (await upload(rig, content)).json()) as { infcode: number };
      assert.equal(infcode, 0);
      assert(arrived.includes(`"in":${content}`), 'the content is sent as it came');
    });
  }

  it('refuses a list in which something is no byte, and names its place', async () => {
    const rig = await startRig();
    const { yiqiao } = (await (await upload(rig, '[80,75,256]')).json()) as {
      yiqiao: { code: string; faults: { at: string }[] };
    };
    assert.deepEqual([yiqiao.code, yiqiao.faults[0]?.at], ['MESSAGE_INVALID', '/input/fsUploadIn/in/2']);
    assert.deepEqual(rig.far.arrived, []);
  });

  it('refuses one above the limit of a message and tells the limit', async () => {
    const rig = await startRig({
      change: (yaml) => yaml.replace('limits: {}', 'limits: { messageBytes: 65536 }'),
    });
    const response = await upload(rig, JSON.stringify(archive(2).toString('base64')));
    const { infcode, yiqiao } = (await response.json()) as {
      infcode: number;
      yiqiao: { code: string; facts: { maxBytes: number } };
    };
    assert.deepEqual([infcode, yiqiao.code, yiqiao.facts.maxBytes], [-1, 'MESSAGE_TOO_LARGE', 65_536]);
    assert.deepEqual(rig.far.arrived, []);
  });
});
