/**
 * The predecessor HIS's own codec: SOAP 1.1 document/literal around an XML text, both GBK.
 * Source: legacy-xml/envelope.json.
 */
import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import { SaxesParser } from 'saxes';

/** An element as read: its text, trimmed, and its child elements. Prefixes are cut off. */
export interface XmlNode {
  readonly name: string;
  text: string;
  readonly children: XmlNode[];
}

/** Elements to write: a text, or nested elements; lists repeat the element. */
export interface XmlMembers {
  readonly [name: string]: string | XmlMembers | readonly XmlMembers[];
}

const DECLARATION = '<?xml version="1.0" encoding="GBK"?>';
const NAMESPACE = 'http://pojo.webservice.service.ybdy.sinobest.cn';

/** Bytes of a request: operation STYDJKService with `TransNo` and, as text, `Inxml`. */
export function writeSoapRequest(transNo: string, input: XmlMembers): Buffer {
  const inner = `${DECLARATION}<input>${writeMembers(input)}</input>`;
  const text =
    `${DECLARATION}<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="${NAMESPACE}">` +
    `<soapenv:Body><q:STYDJKService><q:TransNo>${transNo}</q:TransNo>` +
    `<q:Inxml>${escaped(inner)}</q:Inxml></q:STYDJKService></soapenv:Body></soapenv:Envelope>`;
  const bytes = iconv.encode(text, 'gbk');
  assert.equal(iconv.decode(bytes, 'gbk'), text, 'every character of the message exists in GBK');
  return bytes;
}

/** The `result` element inside an answer; `undefined` when the bytes hold none. */
export function readSoapAnswer(bytes: Buffer): XmlNode | undefined {
  try {
    const envelope = parseXml(iconv.decode(bytes, 'gbk'));
    const text = findNode(envelope, 'return')?.text;
    const result = text === undefined ? undefined : parseXml(text);
    return result?.name === 'result' ? result : undefined;
  } catch {
    return undefined;
  }
}

/** The first child with this name. */
export function childNode(parent: XmlNode | undefined, name: string): XmlNode | undefined {
  return parent?.children.find((node) => node.name === name);
}

/** The text of a child; empty when absent. */
export function childText(parent: XmlNode | undefined, name: string): string {
  return childNode(parent, name)?.text ?? '';
}

function findNode(node: XmlNode, name: string): XmlNode | undefined {
  if (node.name === name) return node;
  for (const inner of node.children) {
    const found = findNode(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @throws Error when the text is not well-formed. */
function parseXml(text: string): XmlNode {
  const top: XmlNode = { name: '', text: '', children: [] };
  const open = [top];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => {
    const node = { name: name.slice(name.indexOf(':') + 1), text: '', children: [] };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const addText = (part: string): void => {
    const node = open.at(-1);
    if (node !== undefined) node.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const node = open.pop();
    if (node !== undefined) node.text = node.text.trim();
  });
  parser.write(text.trim()).close();
  const [root] = top.children;
  assert(root !== undefined, 'a well-formed document has a root');
  return root;
}

function writeMembers(members: XmlMembers): string {
  return Object.entries(members)
    .flatMap(([name, value]) =>
      (isList(value) ? value : [value]).map(
        (one) => `<${name}>${typeof one === 'string' ? escaped(one) : writeMembers(one)}</${name}>`,
      ),
    )
    .join('');
}

function isList(value: XmlMembers[string]): value is readonly XmlMembers[] {
  return Array.isArray(value);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
