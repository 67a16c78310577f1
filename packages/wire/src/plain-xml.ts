/** XML of the regions: a root, members as elements, rows as elements, attributes or numbered elements. */
import { isWireObject } from '@yiqiao/model';
import type { Deviation, Fault, WireObject, WireValue } from '@yiqiao/model';
import { besideMembers, createAnswerRule } from './answer-rule.ts';
import type { AnswerRule } from './answer-rule.ts';
import { parseXmlBytes } from './charset.ts';
import type { Charset } from './charset.ts';
import type { ShapeOptions } from './delimited-text.ts';
import { fault, refusal } from './faults.ts';
import { checkSize } from './limits.ts';
import { without } from './members.ts';
import { withoutLast } from './padding.ts';
import { readRowCounts } from './row-counts.ts';
import type { RowCounts } from './row-counts.ts';
import { Settings } from './settings.ts';
import type { CodecProfile } from './settings.ts';
import { formatText } from './text-bytes.ts';
import { refuseSigning, requireTransaction } from './unsigned.ts';
import { createXmlBody } from './xml-body.ts';
import type { XmlBody } from './xml-body.ts';
import type { ListForm } from './xml-places.ts';
import { parseXml } from './xml-tree.ts';
import type { AttributeRules } from './xml-element.ts';
import type { SignBody, WireCodec, WireHint, WireLimits } from './types.ts';

/** One half of an exchange. */
interface Half {
  readonly root: string;
  /** Exactly what is written before the root; empty for none. */
  readonly declaration: string;
  /** Element of the root that holds the envelope; empty when its members stand in the root, beside the body. */
  readonly head: string;
  /** Members of the root that belong to the envelope, in the order in which they are written. */
  readonly envelope: readonly string[];
  readonly body: XmlBody;
  readonly rowCounts: RowCounts;
  /** Absent: no attribute is a member. */
  readonly attributes: AttributeRules | undefined;
}

interface Shape {
  readonly charset: Charset;
  readonly request: Half;
  readonly response: Half;
  /** Member of the request's envelope that holds the transaction; empty when the call tells it. */
  readonly transaction: string;
  readonly beside: readonly string[];
  /** Text that stands for no value; empty when there is none. */
  readonly nullText: string;
  readonly answer: AnswerRule;
  readonly limits: WireLimits;
}

/** A document as read. */
interface Parts {
  readonly envelope: WireObject;
  readonly body: WireObject;
  /** The message without what is left of its buffer. */
  readonly bytes: Uint8Array;
  readonly deviations: readonly Deviation[];
  /** Counts of rows that are not those of the rows that came. */
  readonly faults: readonly Fault[];
}

const LIST_FORMS: readonly ListForm[] = ['elements', 'attributes', 'numbered'];

function readHalf(settings: Settings, name: string, blankMayLack: boolean): Half {
  const half = settings.section(name);
  const root = half.text('root');
  const forms = half.section('lists');
  const lists = new Map<string, ListForm>(
    forms.names.map((path) => [`/${root}/${path}`, forms.oneOf(path, LIST_FORMS)] as const),
  );
  return {
    root,
    declaration: half.text('declaration', ''),
    head: half.text('head', ''),
    envelope: half.texts('envelope'),
    body: createXmlBody(lists),
    rowCounts: readRowCounts(half),
    attributes: [...lists.values()].includes('attributes')
      ? { keeps: (path) => lists.get(path) === 'attributes', blankMayLack }
      : undefined,
  };
}

function readShape(profile: CodecProfile, { limits }: ShapeOptions): Shape {
  const settings = Settings.of(profile);
  const blankMayLack = settings.isOn('attributeBlankMayLack');
  const shape = {
    charset: settings.charset(),
    request: readHalf(settings, 'request', blankMayLack),
    response: readHalf(settings, 'response', blankMayLack),
    transaction: settings.section('request').text('transaction', ''),
    beside: settings.section('answer').texts('beside'),
    nullText: settings.text('nullText', ''),
    answer: createAnswerRule(profile, settings),
    limits,
  };
  settings.finish();
  return shape;
}

function wrongRoot(found: string, expected: string): Error {
  return refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'root',
      at: `/${found}`,
      found,
      zh: `根元素应为 ${expected}；请核对报文与地址是否对应。`,
      en: `The root element must be ${expected}; see whether message and address belong together.`,
    }),
  ]);
}

function membersOf(parsed: ReturnType<typeof parseXml>, half: Half): WireObject {
  const faults: Fault[] = [];
  const { name, children } = parsed.root;
  const members = half.body.toWireObject(children, `/${name}`, faults);
  const [first] = faults;
  if (first === undefined) return members;
  throw refusal(first.rule === 'duplicate' ? 'DUPLICATE_MEMBER' : 'MESSAGE_NOT_READABLE', faults, {
    count: faults.length,
  });
}

function read(bytes: Uint8Array, shape: Shape, half: Half): Parts {
  checkSize(bytes, shape.limits);
  const source = parseXmlBytes(bytes, shape.charset);
  const parsed = parseXml(source.text, shape.limits, {
    attributes: half.attributes,
    rows: half.body.rows,
  });
  if (parsed.root.name !== half.root) throw wrongRoot(parsed.root.name, half.root);
  const members = membersOf(parsed, half);
  const parts = half.head === '' ? partsBeside(members, half) : partsWithHead(members, half);
  const body = shape.nullText === '' ? parts.body : emptied(parts.body, shape.nullText);
  const deviations = [...source.deviations, ...parsed.deviations];
  const faults = half.rowCounts(
    parts.envelope,
    body,
    half.head === '' ? `/${half.root}` : `/${half.root}/${half.head}`,
  );
  return { ...parts, body, bytes: withoutLast(bytes, parsed.padding), deviations, faults };
}

type Split = Omit<Parts, 'bytes' | 'deviations' | 'faults'>;

function partsBeside(members: WireObject, half: Half): Split {
  const envelope: Record<string, WireValue> = {};
  const body: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(members))
    (half.envelope.includes(name) ? envelope : body)[name] = value;
  return { envelope, body };
}

function partsWithHead(members: WireObject, { head }: Half): Split {
  const held = Object.hasOwn(members, head) ? members[head] : undefined;
  const isNode = isWireObject(held);
  return { envelope: isNode ? held : {}, body: without(members, isNode || held === '' ? [head] : []) };
}

/** Every leaf that has the text for no value is `null`. */
function emptied(members: WireObject, nullText: string): WireObject {
  return mapLeaves(members, (leaf) => (leaf === nullText ? null : leaf));
}

function mapLeaves(members: WireObject, map: (leaf: WireValue) => WireValue): WireObject {
  const mapped = (value: WireValue): WireValue => {
    if (Array.isArray(value)) return (value as readonly WireValue[]).map(mapped);
    return isWireObject(value) ? mapLeaves(value, map) : map(value);
  };
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, mapped(value)]));
}

function homeless(at: string): Fault {
  return fault({
    rule: 'format',
    at,
    zh: '报文头没有此元素，或正文占用了报文头的元素名。',
    en: 'The header has no such element, or the body takes the name of a header element.',
  });
}

function write(shape: Shape, half: Half, parts: { envelope: WireObject; body: WireObject }): Uint8Array {
  const at = `/${half.root}`;
  const others = Object.keys(parts.envelope).filter((name) => !half.envelope.includes(name));
  // In an element of its own the envelope has room for whatever came.
  const unplaced = half.head === '' ? others : [];
  const names = half.head === '' ? half.envelope : [half.head];
  const taken = names.filter((name) => Object.hasOwn(parts.body, name));
  const faults = [...unplaced, ...taken].map((name) => homeless(`${at}/${name}`));
  const all = half.head === '' ? half.envelope : [...half.envelope, ...others];
  const given = all.filter((name) => Object.hasOwn(parts.envelope, name));
  const head = Object.fromEntries(given.map((name) => [name, parts.envelope[name] ?? '']));
  const { nullText } = shape;
  const body = nullText === '' ? parts.body : mapLeaves(parts.body, (leaf) => leaf ?? nullText);
  const members = { ...(half.head === '' ? head : { [half.head]: head }), ...body };
  const content = half.body.formatMembers(members, at, faults);
  const text = `${half.declaration}<${half.root}>${content}</${half.root}>`;
  return formatText({ text, members, at, faults }, shape.charset);
}

function transactionOf(shape: Shape, envelope: WireObject, hint: WireHint | undefined): string {
  const told = envelope[shape.transaction];
  return typeof told === 'string' && told !== '' ? told : requireTransaction(hint);
}

/**
 * Makes the codec of an XML form.
 *
 * Settings: `charset`; `request` and `response` with `root`, `declaration` (exactly as written, none when absent),
 * `envelope` (members that belong to it), `head` (the element that holds them, none when they stand in the root),
 * `lists` (path below the root → `elements`, `attributes`, `numbered`), `rowCounts` (member of the envelope → path below
 * the root of the rows that it counts; one that is blank counts nothing); `request.transaction`, the member that holds
 * the transaction, else it comes as a hint; `attributeBlankMayLack`; `nullText`, the text that stands for no value;
 * `answer`.
 *
 * Reading: the charset is the declared one, else that of the settings. All values are text, untrimmed; an empty
 * element is `''`. The body is what is not of the envelope, of an answer `null` when there is nothing.
 * Writing: `FORMAT_LIMIT` names each value that XML or the charset cannot carry.
 */
export function createPlainXml(profile: CodecProfile, options: ShapeOptions): WireCodec {
  const shape = readShape(profile, options);
  return {
    contentType: `text/xml; charset=${shape.charset}`,
    readRequest(bytes, hint) {
      const { envelope, body, bytes: signedBytes, deviations, faults } = read(bytes, shape, shape.request);
      if (faults.length > 0) throw refusal('MESSAGE_INVALID', faults, { count: faults.length });
      const transaction = transactionOf(shape, envelope, hint);
      return { transaction, envelope, body, signedBytes, deviations };
    },
    writeRequest(message, sign?: SignBody) {
      refuseSigning(profile, sign);
      const told = shape.transaction === '' ? {} : { [shape.transaction]: message.transaction };
      return write(shape, shape.request, { envelope: { ...message.envelope, ...told }, body: message.body });
    },
    readResponse(bytes, hint) {
      const { envelope, body, bytes: signedBytes, deviations, faults } = read(bytes, shape, shape.response);
      const words = shape.answer.read(envelope, hint);
      return {
        ...words,
        envelope: { ...envelope, ...besideMembers(shape.beside, hint) },
        body: Object.keys(body).length === 0 ? null : body,
        signedBytes,
        deviations,
        faults: words.success ? faults : [],
      };
    },
    writeResponse(message, sign?: SignBody) {
      refuseSigning(profile, sign);
      const words = shape.answer.members(message);
      const envelope = { ...without(message.envelope, shape.beside), ...words };
      return write(shape, shape.response, { envelope, body: message.body ?? {} });
    },
    besideResponse: (message) => shape.answer.beside(message),
  };
}
