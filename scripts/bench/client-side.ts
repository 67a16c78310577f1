/**
 * One side of `client-part.ts`, in a process of its own: `bare` signs, posts and verifies by hand, `client` makes the same
 * call with the SDK. The parent sends how many calls to make and hears the CPU microseconds of one.
 */
import { createHash, createPrivateKey, createPublicKey, createSign, createVerify } from 'node:crypto';
import { Pool } from 'undici';
import { createClient } from '@yiqiao/sdk';
import type { RequestOf } from '@yiqiao/sdk';

/** What the parent tells first. */
export interface SideSettings {
  readonly url: string;
  /** A national request; `input` is signed. */
  readonly message: Readonly<Record<string, unknown>>;
  readonly body: RequestOf<'settleOutpatient'>;
  /** PEM. */
  readonly privateKey: string;
  readonly publicKey: string;
  readonly farPublicKey: string;
}

type Call = () => Promise<string>;

const AT_ONCE = 8;

process.once('message', (settings: SideSettings) => {
  const call = process.argv[2] === 'bare' ? bareCall(settings) : clientCall(settings);
  process.on(
    'message',
    (count: number) => void measure(call, count).then((micros) => process.send?.(micros)),
  );
  process.send?.(0);
});

async function measure(call: Call, count: number): Promise<number> {
  let left = count;
  const before = process.cpuUsage();
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if ((await call()) !== 'A0000002601010000001') throw new Error('not the answer that was given');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const spent = process.cpuUsage(before);
  return (spent.user + spent.system) / count;
}

function clientCall(settings: SideSettings): Call {
  const { url, privateKey, farPublicKey, body } = settings;
  const client = createClient({
    to: url,
    as: {
      institution: { code: 'H00000000001', name: '示例医院' },
      careRegion: '530100',
      operator: { type: '1', id: '0001', name: '测试经办' },
    },
    signing: { privateKey, publicKey: farPublicKey },
    connections: AT_ONCE,
  });
  const options = { insuredRegion: '330100' };
  return async () => (await client.outpatient.settle(body, options)).body.settlementId;
}

const ID = Buffer.from('1234567812345678');
const CURVE = Buffer.from(
  'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC' +
    '28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93' +
    '32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7' +
    'BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0',
  'hex',
);

/** SM3 of the user id, the curve and the key: what is signed before the message. Source: GB/T 32918.2. */
function identityDigest(publicPem: string): Buffer {
  const point = createPublicKey(publicPem).export({ type: 'spki', format: 'der' }).subarray(-64);
  const head = Buffer.from([0, ID.length * 8]);
  return createHash('sm3').update(head).update(ID).update(CURVE).update(point).digest();
}

/** What a programmer writes who wants nothing but this one call, and it to be right. */
function bareCall(settings: SideSettings): Call {
  const { origin, pathname } = new URL(settings.url);
  const pool = new Pool(origin, { connections: AT_ONCE });
  const key = createPrivateKey(settings.privateKey);
  const farKey = createPublicKey(settings.farPublicKey);
  const [own, far] = [identityDigest(settings.publicKey), identityDigest(settings.farPublicKey)];
  const { input, ...envelope } = settings.message;
  return async () => {
    const text = JSON.stringify(input);
    const der = createSign('sm3').update(own).update(text).sign(key);
    const signed = { ...envelope, cainfo: rawOf(der).toString('base64'), signtype: 'SM2', input };
    const { body } = await pool.request({
      path: pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(signed),
    });
    const answer = await body.text();
    const { cainfo, infcode, output } = JSON.parse(answer) as {
      cainfo: string;
      infcode: number;
      output: { setlinfo: { setl_id: string } };
    };
    const signedText = answer.slice(answer.indexOf('"output":') + 9, -1);
    const good = createVerify('sm3')
      .update(far)
      .update(signedText)
      .verify(farKey, derOf(Buffer.from(cainfo, 'base64')));
    return good && Number(infcode) === 0 ? output.setlinfo.setl_id : '';
  };
}

/** DER → r ‖ s. */
function rawOf(der: Buffer): Buffer {
  const r = der.subarray(4, 4 + (der[3] ?? 0));
  const s = der.subarray(6 + (der[3] ?? 0));
  return Buffer.concat([pad(r), pad(s)]);
}

function pad(number: Buffer): Buffer {
  return number.length > 32
    ? number.subarray(-32)
    : Buffer.concat([Buffer.alloc(32 - number.length), number]);
}

/** r ‖ s → DER. */
function derOf(raw: Buffer): Buffer {
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map(integer) as [Buffer, Buffer];
  return Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s]);
}

function integer(bytes: Buffer): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0);
  const shortest = bytes.subarray(from);
  const positive = (shortest[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest;
  return Buffer.concat([Buffer.from([2, positive.length]), positive]);
}
