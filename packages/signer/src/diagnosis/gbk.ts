/** GBK of a text, by turning the decoder of the platform round; for diagnosing only. */

let table: ReadonlyMap<string, number> | undefined;

/** The bytes; `undefined` when a character is not in GBK. */
export function encodeGbk(text: string): Buffer | undefined {
  table ??= createTable();
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const pair = code < 0x80 ? undefined : table.get(letter);
    if (code < 0x80) bytes.push(code);
    else if (pair === undefined) return undefined;
    else bytes.push(pair >> 8, pair & 0xff);
  }
  return Buffer.from(bytes);
}

function createTable(): ReadonlyMap<string, number> {
  const decoder = new TextDecoder('gbk');
  const found = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      const letter = decoder.decode(Uint8Array.of(lead, trail));
      const isOne = letter.length === 1 && letter !== '\ufffd';
      if (isOne && !found.has(letter)) found.set(letter, (lead << 8) | trail);
    }
  }
  return found;
}
