/** What became of the values of a message on its way: each that is lost, changed or new, by its place. */
import { isExactObject, NumberText } from './exact-json.ts';
import type { ExactValue } from './exact-json.ts';

const PLAIN = /^-?\d+(?:\.\d+)?$/;

/**
 * Places at which the arrived value is not the sent one; empty when nothing was changed. A number may arrive as
 * text and a text as number, and decimals may gain or lose zeros at their end; one object may arrive as a list of
 * one. Names of members may stand in another order.
 */
export function findDifferences(sent: ExactValue, arrived: ExactValue | undefined, at = ''): string[] {
  if (arrived === undefined) return [`${at} is lost`];
  if (isExactObject(sent)) {
    const object = isList(arrived) && arrived.length === 1 ? arrived[0] : arrived;
    if (!isExactObject(object)) return [`${at} is no object any more`];
    const lost = Object.entries(sent).flatMap(([name, value]) =>
      findDifferences(value, Object.hasOwn(object, name) ? object[name] : undefined, `${at}/${name}`),
    );
    const added = Object.keys(object).filter((name) => !Object.hasOwn(sent, name));
    return [...lost, ...added.map((name) => `${at}/${name} is new`)];
  }
  if (isList(sent)) {
    if (!isList(arrived) || arrived.length !== sent.length) return [`${at} is another list`];
    return sent.flatMap((item, index) => findDifferences(item, arrived[index], `${at}/${index}`));
  }
  return isSameLeaf(sent, arrived) ? [] : [`${at} is another value`];
}

function isSameLeaf(sent: ExactValue, arrived: ExactValue): boolean {
  const [before, after] = [leafText(sent), leafText(arrived)];
  if (before === undefined || after === undefined) return sent === arrived;
  if (before === after) return true;
  const asNumber = sent instanceof NumberText || arrived instanceof NumberText;
  return asNumber && PLAIN.test(before) && PLAIN.test(after) && shortest(before) === shortest(after);
}

function leafText(value: ExactValue): string | undefined {
  return value instanceof NumberText ? value.text : typeof value === 'string' ? value : undefined;
}

/** The shortest writing of a plain decimal; a text with leading zeros is an identifier and keeps them. */
function shortest(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function isList(value: ExactValue | undefined): value is readonly ExactValue[] {
  return Array.isArray(value);
}
