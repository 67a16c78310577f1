/** Message values → elements. */
import { isWireObject, leafText } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import { TextPile } from './text-pile.ts';
import { inside, outermost, placesAt, placesBelow, placeText } from './xml-places.ts';
import type { ListPlaces, Place } from './xml-places.ts';
import { escapeAttribute, escapeText, findForeignCharacter } from './xml-text.ts';

const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*$/u;

/** What the form cannot carry. */
function limit(at: string, zh: string, en: string): Fault {
  return fault({ rule: 'format', at, zh, en });
}

/** Writes one body; what cannot be written is added to the faults. Places are made only for those. */
export class XmlBodyWriter {
  readonly #faults: Fault[];
  readonly #pile = new TextPile();
  /** Names of this body that were found to be names. */
  readonly #names = new Set<string>();

  constructor(faults: Fault[]) {
    this.#faults = faults;
  }

  /** `at`: path of the element that will hold the members. */
  format(members: WireObject, at: string, lists: ListPlaces): string {
    this.#members(members, outermost(at), placesAt(at, lists));
    return this.#pile.end();
  }

  #members(members: WireObject, place: Place, lists: ListPlaces): void {
    for (const name of Object.keys(members)) {
      const value = members[name] as WireValue;
      if (!this.#isName(name, name, place)) continue;
      if (Array.isArray(value))
        this.#list(value as readonly WireValue[], inside(place, name), placesBelow(name, lists));
      else if (isWireObject(value)) {
        this.#pile.add(`<${name}>`);
        this.#members(value, inside(place, name), placesBelow(name, lists));
        this.#pile.add(`</${name}>`);
      } else {
        const text = findText(value) ?? this.#refuse(value, placeText(inside(place, name)));
        this.#pile.add(`<${name}>${escapeText(text)}</${name}>`);
      }
    }
  }

  #isName(name: string, step: string, place: Place): boolean {
    if (this.#names.has(name)) return true;
    if (!NAME.test(name)) {
      const at = placeText(inside(place, step));
      this.#faults.push(limit(at, '不能作为 XML 元素名。', 'This is no XML element name.'));
      return false;
    }
    this.#names.add(name);
    return true;
  }

  #list(items: readonly WireValue[], place: Place, lists: ListPlaces): void {
    const { form } = lists;
    if (form === undefined) {
      this.#faults.push(limit(placeText(place), '此处不能重复。', 'Nothing may repeat here.'));
      return;
    }
    if (form === 'numbered') this.#pile.add(`<${place.step}>`);
    for (let index = 0; index < items.length; index += 1) {
      const row = { ...place, row: index + 1 };
      const item = items[index] as WireValue;
      if (form === 'attributes') this.#attributeRow(item, row);
      else this.#row(form === 'numbered' ? `row${index + 1}` : place.step, item, { place: row, lists });
    }
    if (form === 'numbered') this.#pile.add(`</${place.step}>`);
  }

  #row(name: string, item: WireValue, { place, lists }: { place: Place; lists: ListPlaces }): void {
    this.#pile.add(`<${name}>`);
    if (isWireObject(item)) this.#members(item, place, lists);
    else this.#pile.add(escapeText(findText(item) ?? this.#refuse(item, placeText(place))));
    this.#pile.add(`</${name}>`);
  }

  #attributeRow(item: WireValue, place: Place): void {
    if (!isWireObject(item)) {
      const at = placeText(place);
      this.#faults.push(limit(at, '该行的成员须为属性。', 'The members of this row must be attributes.'));
      return;
    }
    this.#pile.add(`<${place.step}`);
    for (const name of Object.keys(item)) {
      if (!this.#isName(name, `@${name}`, place)) continue;
      const value = item[name] as WireValue;
      const text = findText(value) ?? this.#refuse(value, placeText(inside(place, `@${name}`)));
      this.#pile.add(` ${name}="${escapeAttribute(text)}"`);
    }
    this.#pile.add('/>');
  }

  /** Says why a value is no text for XML; nothing stands in its place. */
  #refuse(value: WireValue, at: string): string {
    const text = leafText(value);
    if (text === undefined) {
      const zh = 'XML 格式只有文字，容不下 null、布尔或列表。';
      this.#faults.push(limit(at, zh, 'XML has text only: no null, boolean or list here.'));
    } else {
      const foreign = text.charCodeAt(findForeignCharacter(text));
      const code = `U+${foreign.toString(16).toUpperCase().padStart(4, '0')}`;
      this.#faults.push(
        limit(at, `字符 ${code} 不能写入 XML。`, `Character ${code} cannot be written in XML.`),
      );
    }
    return '';
  }
}

/** The text of a leaf, if XML can carry it. */
function findText(value: WireValue): string | undefined {
  const text = leafText(value);
  return text === undefined || findForeignCharacter(text) !== -1 ? undefined : text;
}
