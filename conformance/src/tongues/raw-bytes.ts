/** Bytes for platforms that are no message, or one that nobody should send. */
import type { RawStep } from '../kits/types.ts';

/** How a platform's messages are made. */
export interface RawMaterial {
  /** A correct message. */
  readonly good: Buffer;
  /** Its business object as text. */
  readonly body: string;
  /** Seals other bytes in place of the business object, so that only these are wrong. */
  readonly seal: (body: Buffer) => Buffer;
  /** Characters of a large message; two million when absent. */
  readonly large?: number;
}

/** The bytes of a form. */
export function rawBytes(raw: RawStep['raw'], { good, body, seal, large = 2_000_000 }: RawMaterial): Buffer {
  const inside = (more: string): Buffer => Buffer.from(`${body.slice(0, -1)},${more}}`);
  const forms: Readonly<Record<string, () => Buffer>> = {
    empty: () => Buffer.alloc(0),
    text: () => Buffer.from('这不是报文'),
    cut: () => good.subarray(0, Math.floor(good.length / 2)),
    list: () => Buffer.concat([Buffer.from('['), good, Buffer.from(']')]),
    gbk: () =>
      seal(
        Buffer.concat([
          Buffer.from(body.slice(0, -1)),
          Buffer.from(',"memo":"'),
          GBK_TEXT,
          Buffer.from('"}'),
        ]),
      ),
    nested: () => seal(inside(`"memo":${'['.repeat(20_000)}${']'.repeat(20_000)}`)),
    large: () => seal(inside(`"memo":"${'x'.repeat(large)}"`)),
    twice: () => Buffer.from(`${good.toString('utf8').slice(0, -1)},"appId":"","appid":""}`),
  };
  const make = forms[raw];
  if (make === undefined) throw new RangeError(`a platform's kit has no bytes ${raw}`);
  return make();
}

/** 测试 in GBK: no UTF-8. */
export const GBK_TEXT = Buffer.from([0xb2, 0xe2, 0xca, 0xd4]);
