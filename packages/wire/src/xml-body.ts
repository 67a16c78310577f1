/** Elements ⇄ message values of the predecessor form: leaves are text, `detail/row` is a list. */
import { leafText, isWireObject } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import { escapeText, findForeignCharacter } from './xml-text.ts';
import type { XmlElement } from './xml-tree.ts';

/** What repeats, also when there is only one. Source: legacy-xml/transactions, repeated nodes. */
const LISTS: ReadonlySet<string> = new Set(['/input/detail/row', '/result/output/detail/row']);
const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*$/u;

function duplicate(at: string): Fault {
  return fault({
    rule: 'duplicate',
    at,
    zh: '该元素出现多次，取哪一个无法判断，请只保留一个。',
    en: 'This element occurs more than once, which one counts cannot be told; keep one.',
  });
}

function mixed(at: string): Fault {
  return fault({
    rule: 'mixed-content',
    at,
    zh: '元素内既有文字又有子元素，请只用其一。',
    en: 'The element holds both text and elements; it may hold one of them.',
  });
}

/** The value of an element at `at`; faults are added to the list. */
function toWireValue(element: XmlElement, at: string, faults: Fault[]): WireValue {
  if (element.children.length === 0) return element.text;
  if (element.text.trim() !== '') faults.push(mixed(at));
  return toWireObject(element.children, at, faults);
}

/** The members that elements below `at` make. */
export function toWireObject(children: readonly XmlElement[], at: string, faults: Fault[]): WireObject {
  const members: Record<string, WireValue> = {};
  const lists = new Map<string, WireValue[]>();
  for (const child of children) {
    const place = `${at}/${child.name}`;
    const list = lists.get(child.name);
    if (list !== undefined) {
      list.push(toWireValue(child, `${place}[${list.length + 1}]`, faults));
    } else if (LISTS.has(place)) {
      const items = [toWireValue(child, `${place}[1]`, faults)];
      lists.set(child.name, items);
      members[child.name] = items;
    } else if (Object.hasOwn(members, child.name)) {
      faults.push(duplicate(place));
    } else {
      members[child.name] = toWireValue(child, place, faults);
    }
  }
  return members;
}

/** What the form cannot carry. */
function limit(at: string, zh: string, en: string): Fault {
  return fault({ rule: 'format', at, zh, en });
}

function formatLeaf(value: WireValue, at: string, faults: Fault[]): string {
  const text = leafText(value);
  if (text === undefined) {
    faults.push(
      limit(
        at,
        'XML 格式只有文字，容不下 null、布尔或列表。',
        'XML has text only: no null, boolean or list here.',
      ),
    );
    return '';
  }
  const foreign = findForeignCharacter(text);
  if (foreign === -1) return escapeText(text);
  const code = text.charCodeAt(foreign).toString(16).toUpperCase().padStart(4, '0');
  faults.push(limit(at, `字符 U+${code} 不能写入 XML。`, `Character U+${code} cannot be written in XML.`));
  return '';
}

function formatList(
  items: readonly WireValue[],
  place: { name: string; at: string },
  faults: Fault[],
): string {
  if (!LISTS.has(place.at)) {
    faults.push(limit(place.at, '此处不能重复。', 'Nothing may repeat here.'));
    return '';
  }
  return items
    .map((item, index) => {
      const content = formatContent(item, { name: '', at: `${place.at}[${index + 1}]` }, faults);
      return `<${place.name}>${content}</${place.name}>`;
    })
    .join('');
}

function formatContent(value: WireValue, place: { name: string; at: string }, faults: Fault[]): string {
  return isWireObject(value) ? formatMembers(value, place.at, faults) : formatLeaf(value, place.at, faults);
}

/**
 * Members as elements, in order. An empty node is an empty element, which is read as empty text.
 * What the form cannot carry is added to the faults.
 */
export function formatMembers(members: WireObject, at: string, faults: Fault[]): string {
  let text = '';
  for (const name of Object.keys(members)) {
    const value = members[name] as WireValue;
    const place = { name, at: `${at}/${name}` };
    if (!NAME.test(name))
      faults.push(limit(place.at, '不能作为 XML 元素名。', 'This is no XML element name.'));
    else if (Array.isArray(value)) text += formatList(value as readonly WireValue[], place, faults);
    else text += `<${name}>${formatContent(value, place, faults)}</${name}>`;
  }
  return text;
}

/** Calls `visit` with each text leaf and its place. */
export function visitLeaves(value: WireValue, at: string, visit: (text: string, at: string) => void): void {
  const text = leafText(value);
  if (text !== undefined) visit(text, at);
  else if (Array.isArray(value)) {
    (value as readonly WireValue[]).forEach((item, index) => visitLeaves(item, `${at}[${index + 1}]`, visit));
  } else if (isWireObject(value)) {
    for (const name of Object.keys(value)) visitLeaves(value[name] as WireValue, `${at}/${name}`, visit);
  }
}
