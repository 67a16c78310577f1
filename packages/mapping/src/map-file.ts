/** The map language: JSON files in schemas/provincial/PROFILE/maps. Poor on purpose; see README.md. */
import { GatewayError, leafText, type Operation, type WireObject } from '@yiqiao/model';
import type { Profile, RecordKind } from '@yiqiao/registry';
import { elementAt } from './element-path.ts';

/** One wire leaf ↔ one canonical leaf, both ways. */
export interface LeafRule {
  /** Element below the node at hand. */
  readonly from: string;
  /** Canonical path below the object at hand, or `header:NAME`. */
  readonly to: string;
  /** Codec; `text` when absent. */
  readonly as?: string;
  /** Code table that translates the text. */
  readonly table?: string;
  /** Longest text the element holds. */
  readonly maxLength?: number;
  /** `true`: the element is a bare number, as forms with types have it. */
  readonly bare?: boolean;
}

/**
 * Several wire amounts ↔ one canonical amount, their sum. A message of this form gets its parts back; one from
 * elsewhere knows the sum only, which is written into one of the elements.
 */
export interface AddRule {
  readonly add: readonly string[];
  readonly to: string;
  /** Element, one of `add`, that takes the whole sum when its parts are not known; the others are then absent. */
  readonly into: string;
  readonly as: 'fen';
  readonly bare?: boolean;
}

/** A node whose members stand in the canonical object at hand. */
export interface NodeRule {
  readonly node: string;
  readonly rules: readonly Rule[];
  /** The node is a list on the wire in which only one row has a meaning; several are refused. */
  readonly row?: true;
  /** Elements without which the message is refused. */
  readonly required?: readonly string[];
}

/** One wire amount ↔ the sum of canonical amounts; the function chooses which one a wire amount becomes. */
export interface SumRule {
  readonly from: string;
  readonly sum: readonly string[];
  readonly as: string;
  readonly fn: string;
  readonly bare?: boolean;
}

/** A repeated node ↔ a canonical list. */
export interface ListRule {
  /** Path of the repeated element, e.g. `detail.row`. */
  readonly list: string;
  readonly to: string;
  readonly rules: readonly Rule[];
  /** Elements without which an item is refused. */
  readonly required?: readonly string[];
  /** Records each item refers to: kind → element of the item that holds the key. */
  readonly records?: RecordElements;
}

/** Records a message or an item of it refers to: kind → element that holds the key. */
export type RecordElements = Readonly<Partial<Record<RecordKind, string | readonly string[]>>>;

/**
 * A canonical leaf the element of its own is missing for, filled when nothing else gave it. `from` is
 * `wire:X` (element of the node at hand), `root:X` (of the whole body; `root:NODE.0.X` below it),
 * `envelope:X` (of the envelope), `sum:LIST.X` (amounts of all rows), `record:KIND.request|response.PATH`,
 * `record:KIND.messageId` (number under which the far side knows it), `answer:OPERATION.PATH` (an earlier step
 * of this message), `request:PATH`, `header:NAME`.
 */
export interface FillRule {
  readonly fill: string;
  readonly from?: string;
  readonly constant?: string | number;
  /** Reads the element, for `wire:` and `root:`. */
  readonly as?: string;
  readonly table?: string;
  readonly fn?: string;
  /** `true`: nothing is missing when a record or an answer has no such value. */
  readonly optional?: boolean;
}

/** An element that is only written. `from` is `model:PATH`, `record:…` or `header:NAME`. */
export interface EmitRule {
  readonly emit: string;
  readonly from?: string;
  readonly constant?: string;
  readonly as?: string;
  readonly table?: string;
  readonly fn?: string;
  readonly bare?: boolean;
}

/** One rule, with its standing where it is not attested. */
export type Rule = (LeafRule | SumRule | AddRule | ListRule | NodeRule | FillRule | EmitRule) & {
  readonly confidence?: string;
  readonly because?: string;
};

/** What is deliberately without rule: elements, canonical paths, and why. */
export interface Declared {
  readonly wire?: readonly string[];
  readonly model?: readonly string[];
  readonly because: string;
  /** `true`: a message that has a value there (an amount: not zero) is reported all the same. */
  readonly report?: boolean;
}

/** The rules of a request or an answer. */
export interface DirectionRules {
  readonly rules: readonly Rule[];
  /** Elements without which the message is refused. */
  readonly required?: readonly string[];
  /** Elements that must agree with what is on record: a message for another person is refused. */
  readonly same?: readonly { readonly element: string; readonly as: string }[];
  /**
   * Canonical leaves of lists (`feeLines.visitId`) that the form tells once for the whole message: one with items that
   * differ there is not written.
   */
  readonly single?: readonly string[];
  /** Knowledge that is dropped on the way. Never amounts, identifiers or dates. */
  readonly lost?: readonly Declared[];
  /** What the other side has no place for. */
  readonly noEqual?: readonly Declared[];
  /**
   * Names for which no counterpart is known, though there may be one. A map whose request lists a field here that
   * the national form requires is incomplete: see `findMissing`.
   */
  readonly unattested?: readonly Declared[];
}

/** One canonical operation of a transaction. */
export interface StepRules {
  readonly operation: Operation;
  readonly request: DirectionRules;
  readonly response: DirectionRules;
}

/** Something that must be so: the source has a value, and the table (if there is one) knows it. */
export interface Condition {
  /** `wire:X` or `record:KIND.request|response.PATH`. */
  readonly from: string;
  readonly table?: string;
}

/**
 * One map file: one transaction of the family, which is one operation or a sequence of them. A transaction that is
 * several things (of an outpatient, of a stay) has further files, `NUMBER-NAME.json`, each with its conditions.
 */
export interface MapFile {
  readonly transaction: string;
  /** All must be so, or another file of the transaction counts; the file with most conditions is asked first. */
  readonly when?: readonly Condition[];
  readonly title: { readonly zh: string; readonly en: string };
  readonly steps: readonly StepRules[];
  /** Records the message refers to: kind → element that holds the key. */
  readonly records?: RecordElements;
  readonly source: string;
  readonly confidence: string;
}

/** Two codes that mean the same. */
export interface TablePair {
  readonly wire: string;
  readonly model: string;
  /** Why a wire code that an earlier pair has stands here again: it is read as the earlier one's. */
  readonly because?: string;
}

/** A table between two code lists, both ways; of several pairs with one code the first counts. */
export interface CodeTable {
  readonly pairs: readonly TablePair[];
  /** Codes not in the table: the same on both sides, or without equal. */
  readonly otherwise: 'same' | 'none';
  /** Codes of this form, as far as its sources list them; each is in a pair or a gap. */
  readonly codes?: readonly string[];
  /** Canonical codes that the region has beyond an open national list. */
  readonly own?: readonly string[];
  /** Known codes without equal, and why. With `otherwise: "none"` nothing else may lack a pair. */
  readonly gaps?: readonly Declared[];
  readonly because: string;
  readonly confidence: string;
}

/** What the maps of one family have in common: member `maps` of its profile. */
export interface MapFamily {
  /** Name under which `carried` is understood. */
  readonly dialect: string;
  /** Elements that the codec takes into the envelope: no matter of maps. */
  readonly envelope: readonly string[];
  /** Rules for header members among the elements of every request. */
  readonly header: readonly Rule[];
  readonly tables: Readonly<Record<string, CodeTable>>;
  /** Transactions of the form that no map serves → why. */
  readonly notMapped?: Readonly<Record<string, string>>;
  readonly source: string;
  readonly confidence: string;
}

/** Takes the family of a profile whose codec is not the national one. @throws GatewayError `PROFILE_BROKEN` */
export function mapFamilyOf(profile: Profile): MapFamily {
  const maps = profile.data['maps'];
  const needed = ['envelope', 'header', 'tables'];
  if (typeof maps !== 'object' || maps === null || needed.some((name) => !(name in maps))) {
    const field = 'maps';
    const fault = {
      rule: 'map-family',
      at: `schemas/provincial/${profile.id}/profile.json#/maps`,
      field,
      label: { zh: field, en: field },
      message: {
        zh: '方案自成一体，须在 maps 中写明 envelope、header、tables（可为空）；见 docs/profiles.md 第 6 节。',
        en: 'A form of its own says envelope, header and tables under maps (each may be empty); see docs/profiles.md, section 6.',
      },
    };
    throw new GatewayError('PROFILE_BROKEN', { faults: [fault], facts: { profile: profile.id } });
  }
  return { ...(maps as Omit<MapFamily, 'dialect'>), dialect: profile.dialect };
}

/** A record that a message refers to. */
export interface RecordKey {
  readonly kind: RecordKind;
  readonly key: string;
}

/** Finds the records a request refers to; elements that are absent name none. */
export function recordKeys(file: MapFile, body: WireObject): readonly RecordKey[] {
  const found: RecordKey[] = [];
  for (const [kind, elements] of Object.entries(file.records ?? {})) {
    const key = keyIn(body, elements);
    if (key !== undefined) found.push({ kind: kind as RecordKind, key });
  }
  return found;
}

/** The first of some elements that has a text; blanks are none. */
export function keyIn(body: WireObject, elements: string | readonly string[]): string | undefined {
  const texts = [elements].flat().map((element) => leafText(elementAt(body, element)));
  return texts.find((text) => text !== undefined && text !== '');
}
