/** Elements ⇄ message values: leaves are text, what repeats is a list. */
import { leafText, isWireObject } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import { escapeAttribute, escapeText, findForeignCharacter } from './xml-text.ts';
import type { XmlElement } from './xml-tree.ts';

/**
 * How a list is written. `elements`: the element repeats; `attributes`: it repeats and its members are attributes;
 * `numbered`: the element holds `row1`, `row2`, ….
 */
export type ListForm = 'elements' | 'attributes' | 'numbered';

/** Path of a list from the root (`/input/detail/row`) → its form. */
export type XmlLists = ReadonlyMap<string, ListForm>;

/** Both ways of one form; faults are added to the given list. */
export interface XmlBody {
  /** The members that elements below `at` make. */
  toWireObject(children: readonly XmlElement[], at: string, faults: Fault[]): WireObject;
  /** Members as elements, in order. An empty node is an empty element, which is read as empty text. */
  formatMembers(members: WireObject, at: string, faults: Fault[]): string;
}

/** A member to write; `path` is its place without list positions. */
interface Place {
  readonly name: string;
  readonly at: string;
  readonly path: string;
}

const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*$/u;

/** What the form cannot carry. */
function limit(at: string, zh: string, en: string): Fault {
  return fault({ rule: 'format', at, zh, en });
}

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

function rowNumber(at: string, expected: string): Fault {
  return fault({
    rule: 'rows',
    at,
    zh: `行元素应依次为 row1、row2……，此处应为 ${expected}。`,
    en: `Rows are numbered row1, row2, …; ${expected} is expected here.`,
  });
}

/** What is in a row of attributes beside them. */
function notAttribute(at: string): Fault {
  return fault({
    rule: 'mixed-content',
    at,
    zh: '该行以属性传值，元素内不得有文字或子元素。',
    en: 'The members of this row are attributes; it may hold neither text nor elements.',
  });
}

/** `lists`: what repeats, also when there is only one. */
export function createXmlBody(lists: XmlLists): XmlBody {
  return {
    toWireObject: (children, at, faults) => new BodyReader(lists, faults).readMembers(children, at, at),
    formatMembers: (members, at, faults) => new BodyWriter(lists, faults).members(members, at, at),
  };
}

/** Reads one body. */
class BodyReader {
  readonly #lists: XmlLists;
  readonly #faults: Fault[];

  constructor(lists: XmlLists, faults: Fault[]) {
    this.#lists = lists;
    this.#faults = faults;
  }

  readMembers(children: readonly XmlElement[], at: string, path: string): WireObject {
    const members: Record<string, WireValue> = {};
    const lists = new Map<string, WireValue[]>();
    for (const child of children) {
      const { name } = child;
      const place = { name, at: `${at}/${name}`, path: `${path}/${name}` };
      const form = this.#lists.get(place.path);
      const list = lists.get(name);
      if (list !== undefined) {
        list.push(this.#readRow(child, place, { form, number: list.length + 1 }));
      } else if (Object.hasOwn(members, name)) {
        this.#faults.push(duplicate(place.at));
      } else if (form === 'elements' || form === 'attributes') {
        const items = [this.#readRow(child, place, { form, number: 1 })];
        lists.set(name, items);
        members[name] = items;
      } else {
        members[name] =
          form === 'numbered' ? this.#readNumbered(child, place) : this.#readValue(child, place);
      }
    }
    return members;
  }

  #readRow(child: XmlElement, place: Place, row: { form: ListForm | undefined; number: number }): WireValue {
    const at = `${place.at}[${row.number}]`;
    if (row.form !== 'attributes') return this.#readValue(child, { ...place, at });
    if (child.children.length > 0 || child.text.trim() !== '') this.#faults.push(notAttribute(at));
    return child.attributes ?? {};
  }

  #readNumbered(element: XmlElement, place: Place): readonly WireValue[] {
    return element.children.map((child, index) => {
      const name = `row${index + 1}`;
      const at = `${place.at}[${index + 1}]`;
      if (child.name !== name) this.#faults.push(rowNumber(`${place.at}/${child.name}`, name));
      return this.#readValue(child, { name, at, path: place.path });
    });
  }

  #readValue(element: XmlElement, { at, path }: Place): WireValue {
    if (element.children.length === 0) return element.text;
    if (element.text.trim() !== '') this.#faults.push(mixed(at));
    return this.readMembers(element.children, at, path);
  }
}

/** Writes one body. */
class BodyWriter {
  readonly #lists: XmlLists;
  readonly #faults: Fault[];

  constructor(lists: XmlLists, faults: Fault[]) {
    this.#lists = lists;
    this.#faults = faults;
  }

  /** Joined at once, as `formatJson` does it: a text that grows is kept in pieces. */
  members(members: WireObject, at: string, path: string): string {
    const parts: string[] = [];
    for (const name of Object.keys(members)) {
      const value = members[name] as WireValue;
      const place = { name, at: `${at}/${name}`, path: `${path}/${name}` };
      if (!this.#isName(place)) continue;
      if (Array.isArray(value)) parts.push(this.#list(value as readonly WireValue[], place));
      else parts.push('<', name, '>', this.#content(value, place), '</', name, '>');
    }
    return parts.join('');
  }

  #isName({ name, at }: Place): boolean {
    if (NAME.test(name)) return true;
    this.#faults.push(limit(at, '不能作为 XML 元素名。', 'This is no XML element name.'));
    return false;
  }

  #content(value: WireValue, place: Place): string {
    return isWireObject(value)
      ? this.members(value, place.at, place.path)
      : this.#leaf(value, place.at, escapeText);
  }

  #list(items: readonly WireValue[], place: Place): string {
    const form = this.#lists.get(place.path);
    if (form === undefined) {
      this.#faults.push(limit(place.at, '此处不能重复。', 'Nothing may repeat here.'));
      return '';
    }
    const rows = items.map((item, index) => {
      const row = { ...place, at: `${place.at}[${index + 1}]` };
      if (form === 'attributes') return this.#attributeRow(item, row);
      const name = form === 'numbered' ? `row${index + 1}` : place.name;
      return ['<', name, '>', this.#content(item, row), '</', name, '>'].join('');
    });
    return form === 'numbered' ? `<${place.name}>${rows.join('')}</${place.name}>` : rows.join('');
  }

  #attributeRow(item: WireValue, { name, at }: Place): string {
    if (!isWireObject(item)) {
      this.#faults.push(limit(at, '该行的成员须为属性。', 'The members of this row must be attributes.'));
      return '';
    }
    let text = `<${name}`;
    for (const member of Object.keys(item)) {
      const place = { name: member, at: `${at}/@${member}`, path: '' };
      if (!this.#isName(place)) continue;
      text += ` ${member}="${this.#leaf(item[member] as WireValue, place.at, escapeAttribute)}"`;
    }
    return `${text}/>`;
  }

  #leaf(value: WireValue, at: string, escape: (text: string) => string): string {
    const text = leafText(value);
    if (text === undefined) {
      this.#faults.push(
        limit(
          at,
          'XML 格式只有文字，容不下 null、布尔或列表。',
          'XML has text only: no null, boolean or list here.',
        ),
      );
      return '';
    }
    const foreign = findForeignCharacter(text);
    if (foreign === -1) return escape(text);
    const code = text.charCodeAt(foreign).toString(16).toUpperCase().padStart(4, '0');
    this.#faults.push(
      limit(at, `字符 U+${code} 不能写入 XML。`, `Character U+${code} cannot be written in XML.`),
    );
    return '';
  }
}
