/** Elements ⇄ message values: leaves are text, what repeats is a list. */
import { leafText, isWireObject } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import { listPlaces, XmlBodyReader } from './xml-body-reader.ts';
import { escapeAttribute, escapeText, findForeignCharacter } from './xml-text.ts';
import type { XmlElement } from './xml-reader.ts';

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

/** `lists`: what repeats, also when there is only one. */
export function createXmlBody(lists: XmlLists): XmlBody {
  const places = listPlaces(lists);
  return {
    toWireObject: (children, at, faults) => new XmlBodyReader(faults).read(children, at, places),
    formatMembers: (members, at, faults) => new BodyWriter(lists, faults).members(members, at, at),
  };
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
