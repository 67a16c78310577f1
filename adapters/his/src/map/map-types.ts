/** The map file of one vendor: which of its names and codes mean what. Data, written by whoever connects a HIS. */
import type { HisAction } from '../order.ts';

/** How a leaf is written on the vendor's side. */
export type LeafCodec =
  | 'text'
  /** An amount in 元 ⇄ 分. */
  | 'yuan'
  /** An amount in whole 分. */
  | 'fen'
  | 'decimal'
  | 'integer'
  | 'flag'
  /** A day, in one of the vendor's formats ⇄ `yyyy-MM-dd`. */
  | 'date'
  /** A point of time ⇄ `yyyy-MM-dd HH:mm:ss`. */
  | 'time';

/** One member. `[]` behind a name stands for every item of a list. */
export interface FieldRule {
  /** Path on the vendor's side, `patient.cardNo` or `items[].price`; absent for a constant. */
  readonly from?: string;
  /** Path in the model's body, `lines[].price`; `''` for a member that is read and left behind on purpose. */
  readonly to: string;
  readonly as?: LeafCodec;
  /** Vendor's code → code of the interface: a table of `codes`. */
  readonly codes?: string;
  /** Used when the vendor's member is absent or empty. */
  readonly default?: string | boolean;
  /** A constant. */
  readonly value?: string | boolean;
  /** What the vendor calls it, for messages. */
  readonly label?: string;
}

/** One member of an answer: path in the reply's body → path on the vendor's side. */
export interface AnswerRule {
  readonly from: string;
  readonly to: string;
  readonly as?: LeafCodec;
  readonly codes?: string;
}

/** One action as the vendor asks for it. */
export interface ActionMap {
  /** HTTP: path below the listener's address. */
  readonly path?: string;
  /** XML: name of the body's root element. Tables: value of the column `action`. */
  readonly name?: string;
  /** Path of the hospital's number of the order. */
  readonly order: string;
  /** Path of the hospital's number of the visit. */
  readonly visit: string;
  readonly fields: readonly FieldRule[];
  readonly answer?: readonly AnswerRule[];
}

/** How replies say how it went. */
export interface ReplyMap {
  /** Path of the vendor's code, and what it is. */
  readonly code: string;
  readonly done: string | number;
  readonly refused: string | number;
  /** Not known yet: the vendor sends the same order again and charges nobody meanwhile. */
  readonly unknown: string | number;
  /** Path of the text for people. */
  readonly text: string;
  /** Path of the error's stable code; absent: it stands in the text. */
  readonly errorCode?: string;
  /** Path of the list of faults: `at`, `rule`, `text`. */
  readonly faults?: string;
  /** Path below which the answer's members stand; absent: beside the code. */
  readonly body?: string;
}

/** A table that rows are read from. */
export interface DetailTable {
  readonly table: string;
  /** Column that holds the key of the order's row. */
  readonly key: string;
  /** Member of the vendor's object under which its rows are found. */
  readonly as: string;
  readonly orderBy?: string;
}

/** Exchange tables. */
export interface TableMap {
  /** Table of orders, with its schema where it has one. */
  readonly table: string;
  readonly columns: {
    /** Ascending key of a row. */
    readonly key: string;
    readonly action: string;
    readonly visit: string;
    readonly status: string;
    /** Who works on it, until when, and how often it was begun: written by the adapter. */
    readonly owner: string;
    readonly until: string;
    readonly attempts: string;
  };
  /** Values of the status column. */
  readonly status: Readonly<Record<'new' | 'working' | 'done' | 'refused' | 'unknown', string>>;
  readonly details?: readonly DetailTable[];
  /** Tables for lists of an answer: rows are written with the order's key. */
  readonly answers?: readonly { readonly table: string; readonly key: string; readonly from: string }[];
  /** Channel of NOTIFY that a trigger of the HIS uses; absent: polling only. */
  readonly channel?: string;
}

/** XML, bare or in SOAP: one address for all actions. */
export interface XmlMap {
  /** Path of the address; `/ws` when absent. */
  readonly path?: string;
  readonly charset?: 'GBK' | 'GB18030' | 'UTF-8';
  /** Root elements of orders and of replies. */
  readonly root: string;
  readonly answerRoot: string;
  /** Path of the element that names the action (`name` of the action's map). */
  readonly action: string;
  /** Written before the root. */
  readonly declaration?: string;
  readonly soap?: {
    readonly version?: '1.1' | '1.2';
    readonly namespace: string;
    /** The message is text in an argument of an operation, the answer in one of its response. */
    readonly text?: { readonly operation: string; readonly argument: string; readonly result: string };
  };
}

/** A vendor's map. */
export interface VendorMap {
  readonly id: string;
  readonly title?: string;
  /** Formats of days and points of time, tried in order: `yyyyMMdd`, `yyyy/MM/dd HH:mm:ss`, … */
  readonly formats?: { readonly date?: readonly string[]; readonly time?: readonly string[] };
  readonly codes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly actions: Readonly<Partial<Record<HisAction, ActionMap>>>;
  readonly reply?: ReplyMap;
  /** JSON: each action at its own `path`. */
  readonly json?: { readonly charset?: 'GBK' | 'GB18030' | 'UTF-8' };
  readonly xml?: XmlMap;
  readonly tables?: TableMap;
}
