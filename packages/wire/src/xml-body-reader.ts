/** Elements → message values. */
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import { roomFor } from './room.ts';
import { inside, outermost, placesAt, placesBelow, placeText } from './xml-places.ts';
import type { ListPlaces, Place } from './xml-places.ts';
import type { XmlElement } from './xml-element.ts';

/** Reads what is below one element; what cannot be read is added to the faults. */
export class XmlBodyReader {
  readonly #faults: Fault[];

  constructor(faults: Fault[]) {
    this.#faults = faults;
  }

  /** `at`: path of the element that holds the children. */
  read(children: readonly XmlElement[], at: string, lists: ListPlaces): WireObject {
    return this.#readMembers(children, outermost(at), placesAt(at, lists));
  }

  /** The members of a row, which counts as the outermost place. */
  readRow(row: XmlElement, below: ListPlaces): WireValue {
    return this.#readNode(row, outermost(row.name), below);
  }

  #readMembers(children: readonly XmlElement[], place: Place, lists: ListPlaces): WireObject {
    const members: Record<string, WireValue> = roomFor(children.length);
    for (const child of children) {
      const { name } = child;
      const below = placesBelow(name, lists);
      const { form } = below;
      const known = members[name];
      if (known !== undefined && Object.hasOwn(members, name)) {
        if (form === 'elements' || form === 'attributes')
          this.#addRow(known as WireValue[], child, { place, below });
        else this.#faults.push(duplicate(placeText(inside(place, name))));
      } else if (form === 'elements' || form === 'attributes') {
        const rows: WireValue[] = [];
        members[name] = rows;
        this.#addRow(rows, child, { place, below });
      } else if (form === 'numbered') members[name] = this.#readNumbered(child, inside(place, name), below);
      else if (child.children.length === 0) members[name] = child.text;
      else members[name] = this.#readNode(child, inside(place, name), below);
    }
    return members;
  }

  #addRow(
    rows: WireValue[],
    child: XmlElement,
    { place, below }: { readonly place: Place; readonly below: ListPlaces },
  ): void {
    const row: Place = { outer: place, step: child.name, row: rows.length + 1 };
    if (below.form === 'elements') rows.push(this.#readNode(child, row, below));
    else {
      if (child.children.length > 0 || child.text.trim() !== '')
        this.#faults.push(notAttribute(placeText(row)));
      rows.push(child.attributes ?? {});
    }
  }

  #readNumbered(element: XmlElement, place: Place, below: ListPlaces): readonly WireValue[] {
    return element.children.map((child, index) => {
      const name = `row${index + 1}`;
      if (child.name !== name) this.#faults.push(rowNumber(placeText(inside(place, child.name)), name));
      return this.#readNode(child, { ...place, row: index + 1 }, below);
    });
  }

  #readNode(element: XmlElement, place: Place, below: ListPlaces): WireValue {
    if (element.members !== undefined) return element.members;
    if (element.children.length === 0) return element.text;
    if (element.text.trim() !== '') this.#faults.push(mixed(placeText(place)));
    return this.#readMembers(element.children, place, below);
  }
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
