/** Changes of bytes: by the marks of any text form, and blindly. */
import { JSON_LEAVES, monster, PIECES } from './hostile.ts';
import { findTree, mutateTree, textOf } from './json-tree.ts';
import type { Random } from './random.ts';

/** Marks of the forms, and what stands between them. */
const TOKENS = /<[^<>]*>|[~%$|^,;:{}[\]"=&]|[^<~%$|^,;:{}[\]"=&]+/g;

/** Changes a message: mostly by its structure, sometimes blindly, sometimes both. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const rounds = 1 + random.below(3);
  let changed = bytes;
  for (let round = 0; round < rounds; round += 1) {
    const kind = random.below(10);
    if (kind < 4) changed = mutateJson(changed, random);
    else if (kind < 7) changed = mutateTokens(changed, random);
    else changed = mutateBlindly(changed, random);
  }
  return changed;
}

function mutateJson(bytes: Buffer, random: Random): Buffer {
  const tree = findTree(bytes.toString('utf8'));
  if (tree === undefined) return mutateTokens(bytes, random);
  return Buffer.from(textOf(mutateTree(tree, random)));
}

/** Latin-1 keeps every byte of any charset. */
function mutateTokens(bytes: Buffer, random: Random): Buffer {
  const tokens = bytes.toString('latin1').match(TOKENS) ?? [];
  const at = random.below(tokens.length);
  const other = random.below(tokens.length);
  const piece = (): string => Buffer.from(random.pick(PIECES)).toString('latin1');
  switch (random.below(8)) {
    case 0:
      tokens.splice(at, 1 + random.below(3));
      break;
    case 1:
      tokens.splice(at, 0, ...tokens.slice(other, other + 1 + random.below(4)));
      break;
    case 2:
      [tokens[at], tokens[other]] = [tokens[other] ?? '', tokens[at] ?? ''];
      break;
    case 3:
      tokens.splice(at, 0, piece());
      break;
    case 4:
      tokens[at] = piece();
      break;
    case 5:
      tokens[at] = random.pick(JSON_LEAVES);
      break;
    case 6:
      tokens.splice(at, 0, random.percent(10) ? monster(random) : (tokens[at] ?? ''));
      break;
    default:
      tokens[at] = (tokens[at] ?? '').repeat(2 + random.below(50));
  }
  return Buffer.from(tokens.join(''), 'latin1');
}

/** First bytes of a pair of GBK, of a quartet of GB18030, of UTF-8, and what is nothing. */
const ODD_BYTES: readonly [number, ...number[]] = [
  0x81, 0xfe, 0x80, 0xff, 0x00, 0xc0, 0xe6, 0xf4, 0xed, 0x30,
];

function mutateBlindly(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + random.below(16));
  const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (random.below(8)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, cut, cut, after]);
    case 2:
      return Buffer.from(before);
    case 3:
      return Buffer.concat([before, random.bytes(1 + random.below(8)), after]);
    case 4:
      return Buffer.concat([before, Buffer.of(random.pick(ODD_BYTES)), cut, after]);
    case 5:
      return Buffer.concat([bytes, random.percent(50) ? bytes : random.bytes(random.below(64))]);
    case 6:
      return Buffer.concat([
        before,
        Buffer.of((cut[0] ?? 0) ^ (1 << random.below(8))),
        cut.subarray(1),
        after,
      ]);
    default:
      return random.percent(5)
        ? random.bytes(random.below(4_000))
        : Buffer.concat([before, cut.toReversed(), after]);
  }
}
