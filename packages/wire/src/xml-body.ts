/** Elements ⇄ message values: leaves are text, what repeats is a list. */
import type { Fault, WireObject } from '@yiqiao/model';
import { XmlBodyReader } from './xml-body-reader.ts';
import { XmlBodyWriter } from './xml-body-writer.ts';
import { listPlaces } from './xml-places.ts';
import type { XmlLists } from './xml-places.ts';
import type { RowReading, XmlElement } from './xml-element.ts';

/** Both ways of one form; faults are added to the given list. */
export interface XmlBody {
  /** For reading a document: rows without fault are members when they close, others are left to `toWireObject`. */
  readonly rows: RowReading;
  /** The members that elements below `at` make. */
  toWireObject(children: readonly XmlElement[], at: string, faults: Fault[]): WireObject;
  /** Members as elements, in order. An empty node is an empty element, which is read as empty text. */
  formatMembers(members: WireObject, at: string, faults: Fault[]): string;
}

/** `lists`: what repeats, also when there is only one. */
export function createXmlBody(lists: XmlLists): XmlBody {
  const places = listPlaces(lists);
  return {
    rows: {
      lists: places,
      read(row, below) {
        const faults: Fault[] = [];
        const members = new XmlBodyReader(faults).readRow(row, below);
        return faults.length === 0 ? members : undefined;
      },
    },
    toWireObject: (children, at, faults) => new XmlBodyReader(faults).read(children, at, places),
    formatMembers: (members, at, faults) => new XmlBodyWriter(faults).format(members, at, places),
  };
}
