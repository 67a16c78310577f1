/** Bytes that are no message, or hardly one. */

const [OPENING, CLOSING, LIST] = [0x7b, 0x7d, 0x5b];

/** Whether bytes begin and end like an object. */
export function isClosed(bytes: Buffer): boolean {
  return bytes[0] === OPENING && bytes.at(-1) === CLOSING;
}

/** What bytes are, by the names that the steps of scenarios have for them. */
export const KINDS_OF_BYTES = {
  empty: (bytes) => bytes.length === 0,
  text: (bytes) => bytes.length > 0 && bytes[0] !== OPENING && bytes[0] !== LIST,
  cut: (bytes) => bytes[0] === OPENING && bytes.at(-1) !== CLOSING,
  list: (bytes) => bytes[0] === LIST,
  /** 测试 in GBK. */
  gbk: (bytes) => bytes.includes(Buffer.from([0xb2, 0xe2, 0xca, 0xd4])),
  nested: (bytes) => bytes.includes('[[[[[[[['),
  large: (bytes) => bytes.length > 1_000_000,
  twice: (bytes) => /"infno":.*"infno":/u.test(bytes.toString('utf8')),
  'twice-inside': (bytes) => /"input":\{"[^"]+":\{("[^"]+":)"0",\1/.test(bytes.toString('utf8')),
} as const satisfies Readonly<Record<string, (bytes: Buffer) => boolean>>;

/** An ear that falls over such bytes: what it throws is answered by HTTP 500. */
export function falling(over: (bytes: Buffer) => boolean): (bytes: Buffer) => Buffer {
  return (bytes) => {
    if (over(bytes)) throw new Error('the simulated system fell over');
    return bytes;
  };
}
