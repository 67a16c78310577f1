/** Elements of a document, and how rows and attributes of it are met. */
import type { WireValue } from '@yiqiao/model';
import type { ListPlaces } from './xml-places.ts';

/** An element by its local name. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All text directly in it, references resolved, nothing trimmed. */
  readonly text: string;
  /** Only where the reading keeps them. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
  /** What a row was read as when it closed; it has no children then. */
  readonly members: WireValue | undefined;
}

/** How rows become members while the document is read, so that what a row is made of lives no longer than it must. */
export interface RowReading {
  readonly lists: ListPlaces;
  /** The members of a row that has closed, and has lists at such places; `undefined` when something is wrong with it. */
  read(row: XmlElement, below: ListPlaces): WireValue | undefined;
}

/** How attributes are met. */
export interface AttributeRules {
  /** Whether those of an element at this path (`/DATA/ROWSET/ROW`) are members. */
  keeps(path: string): boolean;
  /** Whether a missing blank between two of them is passed over. */
  readonly blankMayLack: boolean;
}

/** An attribute that is no member. */
export interface LostAttribute {
  /** XPath of its element. */
  readonly at: string;
  readonly name: string;
}

/** An element while its content is read. */
export class OpenElement implements XmlElement {
  name = '';
  children: OpenElement[] = NO_CHILDREN;
  text = '';
  attributes: Record<string, string> | undefined = undefined;
  members: WireValue | undefined = undefined;

  /** As it was made, but for its name. */
  clear(): void {
    this.text = '';
    this.attributes = undefined;
    this.members = undefined;
  }
}

/** Most elements have no children, and share this. */
export const NO_CHILDREN: OpenElement[] = [];
