/** The suite's own reading of XML, with saxes and iconv-lite; the product reads with other libraries. */
import iconv from 'iconv-lite';
import { SaxesParser } from 'saxes';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';

/** A document: the name of its root without prefix, and what the root holds. */
export interface OwnXml {
  readonly root: string;
  readonly value: OwnValue;
}

interface Open {
  readonly name: string;
  text: string;
  readonly members: Map<string, OwnValue[]>;
}

/** Bytes of a charset as text. @throws Error for bytes that the charset does not have */
export function decodeOwn(bytes: Buffer, charset: string): string {
  const text = iconv.decode(bytes, charset);
  if (text.includes('\uFFFD')) throw new Error(`the bytes are no ${charset}`);
  return text;
}

/** Text as bytes of a charset. */
export function encodeOwn(text: string, charset: string): Buffer {
  return iconv.encode(text, charset);
}

/**
 * Reads a document: elements with text alone become texts, others nodes; what comes more than once becomes a list, and
 * what stands in `lists` always does. Prefixes are cut off.
 * @throws Error for a text that is not well-formed, or has a document type
 */
export function readOwnXml(text: string, lists: readonly string[] = []): OwnXml {
  const top: Open = { name: '', text: '', members: new Map() };
  const open = [top];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('a document type is not taken');
  });
  parser.on('opentag', ({ name }) => {
    open.push({ name: name.slice(name.indexOf(':') + 1), text: '', members: new Map() });
  });
  const addText = (part: string): void => {
    const last = open.at(-1);
    if (last !== undefined) last.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const done = open.pop();
    const parent = open.at(-1);
    if (done === undefined || parent === undefined) return;
    parent.members.set(done.name, [...(parent.members.get(done.name) ?? []), valueOf(done, lists)]);
  });
  parser.write(text.trim()).close();
  const [root, values = []] = [...top.members][0] ?? [''];
  const [value] = values;
  if (value === undefined) throw new Error('the document has no root');
  return { root, value };
}

function valueOf({ text, members }: Open, lists: readonly string[]): OwnValue {
  if (members.size === 0) return text;
  const entries = [...members].map(([name, values]): [string, OwnValue] => {
    const [first = ''] = values;
    return [name, values.length > 1 || lists.includes(name) ? values : first];
  });
  return Object.fromEntries(entries);
}

/** Writes elements: a text, nested elements, or a list that repeats its element. */
export function writeOwnXml(members: OwnObject): string {
  return Object.entries(members)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly OwnValue[]) : [value]).map(
        (one) => `<${name}>${isElements(one) ? writeOwnXml(one) : escapeXml(textOf(one))}</${name}>`,
      ),
    )
    .join('');
}

function isElements(value: OwnValue | undefined): value is OwnObject {
  return typeof value === 'object' && value !== null && !('rawJSON' in value);
}

function textOf(value: OwnValue | undefined): string {
  return typeof value === 'string'
    ? value
    : value === null || value === undefined
      ? ''
      : JSON.stringify(value);
}

/** A text with what XML has a meaning for written as entities. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
