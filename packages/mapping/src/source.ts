/** Sources of `fill` and `emit` rules compiled to functions. */
import { fen, isWireObject } from '@yiqiao/model';
import type { CanonicalObject, CanonicalValue, MessageHeader, Operation, WireValue } from '@yiqiao/model';
import type { RecordKind } from '@yiqiao/registry';
import { elementAt } from './element-path.ts';
import type { LeafCodec } from './leaf-codec.ts';
import { follow, type HeaderView } from './model-path.ts';
import type { ReadView, WriteView } from './plan.ts';
import type { MapContext } from './types.ts';

interface SourceText {
  readonly scheme: string;
  readonly path: string;
}

/** Splits `record:visit.request.personNumber` into scheme and path. */
export function splitSource(text: string): SourceText {
  const colon = text.indexOf(':');
  return { scheme: text.slice(0, colon), path: text.slice(colon + 1) };
}

/** Members of a header that maps may name. */
const HEADER_MEMBERS: ReadonlySet<string> = new Set<keyof MessageHeader>([
  'transaction',
  'messageId',
  'careRegion',
  'insuredRegion',
  'institutionCode',
  'institutionName',
  'operatorType',
  'operator',
  'operatorName',
  'time',
  'signInNumber',
]);

/** Whether a target is a member of the header that there is not. */
export function isStrangeHeader(target: string): boolean {
  return target.startsWith('header:') && !HEADER_MEMBERS.has(target.slice('header:'.length));
}

const RECORD_KINDS: ReadonlySet<string> = new Set<RecordKind>(['person', 'visit', 'settlement']);
const RECORD_PARTS: ReadonlySet<string> = new Set(['request', 'response', 'messageId']);

type Drawn = (context: MapContext, header: HeaderView) => CanonicalValue | undefined;

/** `KIND.request.PATH` or `KIND.response.PATH`. */
function drawRecord(path: string): Drawn | undefined {
  const [kind = '', ...rest] = path.split('.');
  if (!RECORD_KINDS.has(kind) || !RECORD_PARTS.has(rest[0] ?? '')) return undefined;
  return (context, header) =>
    follow(context.record?.(kind as RecordKind) as CanonicalObject | undefined, rest, header);
}

/** `OPERATION.PATH`. */
function drawAnswer(path: string): Drawn {
  const [operation, ...rest] = path.split('.');
  return (context, header) => follow(context.answers?.[operation as Operation], rest, header);
}

function drawRequest(path: string): Drawn {
  const rest = path.split('.');
  return (context, header) => follow(context.request, rest, header);
}

function drawHeader(path: string): Drawn | undefined {
  if (!HEADER_MEMBERS.has(path)) return undefined;
  return (_, header) => header[path as keyof MessageHeader] as CanonicalValue | undefined;
}

const DRAWN: Readonly<Record<string, (path: string) => Drawn | undefined>> = {
  record: drawRecord,
  answer: drawAnswer,
  request: drawRequest,
  header: drawHeader,
};

/** Compiles the source of a `fill`; `undefined` when the scheme is unknown there. */
export function findFillSource(
  text: string,
  codec: LeafCodec,
): ((view: ReadView) => CanonicalValue | undefined) | undefined {
  const { scheme, path } = splitSource(text);
  if (scheme === 'wire') return (view) => readElement(view.object[path], codec);
  if (scheme === 'root') return (view) => readElement(elementAt(view.root, path), codec);
  if (scheme === 'envelope') return (view) => readElement(elementAt(view.context.envelope, path), codec);
  if (scheme === 'sum') return readSumOf(path, codec);
  const drawn = DRAWN[scheme]?.(path);
  return drawn && ((view) => drawn(view.context, view.header));
}

/** The sum of an element over the rows of a list: `ROWSET.ROW.AMOUNT`. Nothing when a row has none. */
function readSumOf(path: string, codec: LeafCodec): (view: ReadView) => CanonicalValue | undefined {
  const dot = path.lastIndexOf('.');
  const [list, name] = [path.slice(0, dot), path.slice(dot + 1)];
  return ({ root }) => {
    const rows = elementAt(root, list);
    if (!Array.isArray(rows)) return undefined;
    let sum = 0n;
    for (const row of rows as readonly WireValue[]) {
      const amount = isWireObject(row) ? readElement(row[name], codec) : undefined;
      if (typeof amount !== 'bigint') return undefined;
      sum += amount;
    }
    return fen(sum);
  };
}

function readElement(value: WireValue | undefined, codec: LeafCodec) {
  return value === undefined ? undefined : codec.read(value);
}

/** Compiles the source of an `emit`; `undefined` when the scheme is unknown there. */
export function findEmitSource(text: string): ((view: WriteView) => CanonicalValue | undefined) | undefined {
  const { scheme, path } = splitSource(text);
  if (scheme === 'model') {
    const segments = path.split('.');
    return (view) => follow(view.source, segments, view.header);
  }
  const drawn = DRAWN[scheme]?.(path);
  return drawn && ((view) => drawn(view.context, view.header));
}
