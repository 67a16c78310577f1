/** People who do not exist, region 000000, and the search that finds them wherever they show. */
import { citizenCheckCharacter, createIdentifierSearch } from '@yiqiao/model';
import type { FindIdentifiers } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Random } from './random.ts';

/** An identity number with its right check character. */
export function identityNumber(random: Random): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const born = `19${two(30 + random.below(70))}${two(1 + random.below(12))}${two(1 + random.below(28))}`;
  const digits = `000000${born}${String(random.below(1_000)).padStart(3, '0')}`;
  return digits + citizenCheckCharacter(digits);
}

/** A mobile number of nobody. */
export function phoneNumber(random: Random): string {
  return `139${String(random.below(100_000_000)).padStart(8, '0')}`;
}

/** A name of nobody. */
export function personName(random: Random): string {
  return `测试${random.pick(['甲', '乙', '丙', '丁', '\u{20000}'])}`;
}

/** In the text of a refusal, to show how an identity number is written. */
const EXAMPLE = '000000199001010018';

/** Names of nobody, wherever they stand. */
const INVENTED_NAME = /测试[甲乙丙丁\u{20000}]/gu;

/**
 * What a fault tells of its place. A name has no form by which it is known, so that one which stands in a field for
 * something else, or for a name of a member, is told back to its sender; numbers of persons are not.
 */
const FAULT_TEXTS = /"(?:at|field|found|zh|en|err_msg)":"(?:[^"\\]|\\.)*"/g;
const blanks = (text: string): string => ' '.repeat(text.length);

/**
 * Finds identifiers by their form, values under the names that the dictionary calls personal, and the names made
 * here. A label that is followed by any Chinese text is none: our own refusals are written so.
 */
export function createLeakSearch(registry: Registry): FindIdentifiers {
  const names = registry.transactions().flatMap((transaction) => {
    const definition = registry.definition('national', transaction);
    const nodes = [...(definition?.request ?? []), ...(definition?.response ?? [])];
    return nodes.flatMap(({ fields }) => fields.map(({ name }) => name));
  });
  const search = createIdentifierSearch(
    // `name` and names of one or two letters (`in`) are common words elsewhere.
    [...new Set(names)].filter(
      (name) => name.length > 2 && name !== 'name' && registry.findName(name)?.personal === true,
    ),
  );
  return (text) => [
    ...search(text).filter(({ kind, at, length }) => {
      const value = text.slice(at, at + length);
      return kind !== 'name' && value !== EXAMPLE && /[\p{L}\p{N}]/u.test(value);
    }),
    ...[...text.replaceAll(FAULT_TEXTS, blanks).matchAll(INVENTED_NAME)].map(({ index, 0: name }) => ({
      kind: 'name' as const,
      at: index,
      length: name.length,
      shown: '测*',
    })),
  ];
}
