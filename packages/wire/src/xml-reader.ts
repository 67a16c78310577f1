/**
 * XML text → elements, in one pass that looks at every mark before it builds anything of it. What is not well-formed,
 * what is forbidden and what is too large never becomes an element. Without recursion.
 */
import { nameIn } from './json-names.ts';
import { roomFor } from './room.ts';
import type { WireLimits } from './types.ts';
import { NO_CHILDREN, OpenElement } from './xml-element.ts';
import type { AttributeRules, LostAttribute, RowReading, XmlElement } from './xml-element.ts';
import { exceededError, expectedError, forbiddenError } from './xml-faults.ts';
import type { Forbidden, XmlLimit, XmlPlace } from './xml-faults.ts';
import { placesBelow } from './xml-places.ts';
import type { ListPlaces } from './xml-places.ts';
import { findForeignCharacter, referenceLength, unescapeText } from './xml-text.ts';

const DECLARATION = /^\s*<\?xml\s[^<>?]*\?>/;
const QUOTED = /"[^"]*"|'[^']*'/g;
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*(?::[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*)?/uy;
const ENTITY = /&[\p{L}_][\w.-]*;/uy;
const MAX_ATTRIBUTES = 32;
/** An element or attribute takes as long as four members of JSON, and counts as much. */
const NODE_WEIGHT = 4;
/** A message inside a message has four character references for each element. */
const REFERENCES_PER_NODE = 8;
/** Names with a meaning of their own in JavaScript. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const LETTER = 1;
const NAME_CHARACTER = 2;
/** What each ASCII character may be in a name; a colon is left to the pattern. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  if (/[A-Za-z_]/.test(String.fromCharCode(code))) return LETTER;
  return /[\d.-]/.test(String.fromCharCode(code)) ? NAME_CHARACTER : 0;
});

/** The name without its prefix. */
function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

/** One document. */
export class XmlReader {
  readonly #text: string;
  readonly #limits: WireLimits;
  readonly #rules: AttributeRules;
  readonly #rows: RowReading;
  readonly #hasReturns: boolean;
  /** Qualified names of the open elements. */
  readonly #names: string[] = [];
  /** The same elements, below the document itself. */
  readonly #open: OpenElement[] = [new OpenElement()];
  /** What repeats below each of them. */
  readonly #places: ListPlaces[];
  /** What rows were made of that are members by now: the next row is made of the same. */
  readonly #spare: OpenElement[] = [];
  readonly lostAttributes: LostAttribute[] = [];
  /** Paths of elements where a blank between attributes lacks; only when that is allowed. */
  readonly missingBlanks: string[] = [];
  #at = 0;
  /** Where the next `&`, `<` and `]]>` stand; the end when there are none. */
  #reference = -1;
  #opening = -1;
  #closingMark = -1;
  #rowParent: OpenElement | undefined = undefined;
  #rowName = '';
  #rowPath = '';
  /** Whether the attributes at that path are members. */
  #keeps = false;
  /** How many the last element with attributes had. */
  #attributes = 0;
  #nodes = 0;
  #references = 0;

  constructor(
    text: string,
    limits: WireLimits,
    { rules, rows }: { readonly rules: AttributeRules; readonly rows: RowReading },
  ) {
    this.#text = text;
    this.#rules = rules;
    this.#rows = rows;
    this.#places = [rows.lists];
    this.#limits = { ...limits, maxNodes: Math.ceil(limits.maxNodes / NODE_WEIGHT) };
    this.#hasReturns = text.includes('\r');
  }

  /** @throws GatewayError `MESSAGE_NOT_READABLE` | `XML_FORBIDDEN` | `MESSAGE_TOO_DEEP` */
  readDocument(): XmlElement {
    const text = this.#text;
    const foreign = findForeignCharacter(text);
    if (foreign !== -1) this.#failAt(foreign, 'XML 允许的字符', 'a character that XML knows');
    this.#passDeclaration();
    while (this.#at < text.length) {
      this.#readText();
      if (this.#at < text.length) this.#readMark();
    }
    const root = this.#open[0]?.children[0];
    if (this.#names.length > 0 || root === undefined) return this.#fail('结束标签', 'a closing tag');
    return root;
  }

  #passDeclaration(): void {
    const declaration = DECLARATION.exec(this.#text)?.[0] ?? '';
    if (/["']/.test(declaration.replaceAll(QUOTED, '')))
      this.#fail('完整的 XML 声明', 'a whole XML declaration');
    this.#at = declaration.length;
  }

  /** From here to the next `<`. */
  #readText(): void {
    const next = this.#text.indexOf('<', this.#at);
    const end = next === -1 ? this.#text.length : next;
    if (end === this.#at) return;
    if (this.#names.length === 0) {
      this.#skipBlanks();
      if (this.#at < end) this.#fail("'<'", "'<'");
      return;
    }
    const start = this.#at;
    const escaped = this.#checkReferences(start, end);
    if (this.#closingMark < start) this.#closingMark = this.#find(']]>', start);
    if (this.#closingMark < end) this.#failAt(this.#closingMark, "']]&gt;'", "']]&gt;'");
    this.#addText(start, end, escaped);
    this.#at = end;
  }

  #addText(start: number, end: number, escaped: boolean): void {
    const value = this.#valueOf(start, end, escaped);
    const element = this.#open[this.#open.length - 1] as OpenElement;
    element.text = element.text === '' ? value : element.text + value;
  }

  /** Text as it is meant: a line ends with a line feed, however it came, unless by a reference. */
  #valueOf(start: number, end: number, escaped: boolean): string {
    const text = this.#text.slice(start, end);
    const value = this.#hasReturns ? text.replaceAll(/\r\n?/g, '\n') : text;
    return escaped ? unescapeText(value) : value;
  }

  /** Tells whether there are any. */
  #checkReferences(start: number, end: number): boolean {
    let at = this.#findReference(start);
    if (at >= end) return false;
    for (; at < end; at = this.#findReference(at + 1)) {
      const most = REFERENCES_PER_NODE * this.#limits.maxNodes;
      if (++this.#references > most) this.#exceed('references', most);
      if (referenceLength(this.#text, at) > 0) continue;
      ENTITY.lastIndex = at;
      if (ENTITY.test(this.#text)) this.#forbid(at, 'entity');
      this.#failAt(at, "'&amp;' 或合法的字符引用", "'&amp;' or a valid reference");
    }
    return true;
  }

  /** The next `&`; kept, since looking for it from each text anew would take the square of the document's length. */
  #findReference(start: number): number {
    if (this.#reference < start) this.#reference = this.#find('&', start);
    return this.#reference;
  }

  #find(mark: string, start: number): number {
    const found = this.#text.indexOf(mark, start);
    return found === -1 ? this.#text.length : found;
  }

  #readMark(): void {
    const text = this.#text;
    const code = text.charCodeAt(this.#at + 1);
    if (code === 0x2f) this.#readClosing();
    else if (code === 0x3f) this.#forbid(this.#at, 'instruction');
    else if (code !== 0x21) this.#readOpening();
    else if (text.startsWith('<!--', this.#at)) this.#skipPast('-->', 4);
    else if (text.startsWith('<![CDATA[', this.#at) && this.#names.length > 0) this.#readCdata();
    else this.#forbid(this.#at, 'dtd');
  }

  #readCdata(): void {
    const start = this.#at + 9;
    this.#skipPast(']]>', 9);
    this.#addText(start, this.#at - 3, false);
  }

  #skipPast(end: string, skip: number): void {
    const found = this.#text.indexOf(end, this.#at + skip);
    if (found === -1) this.#fail(`'${end}'`, `'${end}'`);
    this.#at = found + end.length;
  }

  #readClosing(): void {
    const expected = this.#names.at(-1);
    if (expected === undefined) return this.#fail('开始标签', 'an opening tag');
    this.#at += 2;
    const end = this.#at + expected.length;
    if (this.#text.charCodeAt(end) === 0x3e && this.#text.startsWith(expected, this.#at)) this.#at = end;
    else if (this.#readName() !== expected)
      this.#fail(`</${expected}>（该元素尚未关闭）`, `</${expected}>, since that element is open`);
    this.#skipBlanks();
    this.#expect('>');
    this.#close();
  }

  #close(): void {
    this.#names.pop();
    const element = this.#open.pop() as OpenElement;
    const places = this.#places.pop() as ListPlaces;
    if (places.form !== 'elements' || element.children === NO_CHILDREN) return;
    element.members = this.#rows.read(element, places);
    if (element.members !== undefined) this.#release(element);
  }

  /** Takes back what is below an element; nothing else holds it. */
  #release(element: OpenElement): void {
    for (const child of element.children) {
      this.#release(child);
      child.clear();
      this.#spare.push(child);
    }
    element.children = NO_CHILDREN;
    this.#rowParent = undefined;
  }

  #readOpening(): void {
    const parent = this.#open[this.#open.length - 1] as OpenElement;
    if (this.#names.length === 0 && parent.children.length > 0) this.#fail('文末', 'the end of the document');
    this.#at += 1;
    const name = this.#readName();
    const local = localName(name);
    if (RESERVED.has(local)) this.#forbid(this.#at - name.length, 'element-name');
    const element = this.#spare.pop() ?? new OpenElement();
    element.name = local;
    if (parent.children === NO_CHILDREN) parent.children = [element];
    else parent.children.push(element);
    this.#names.push(name);
    this.#open.push(element);
    this.#places.push(placesBelow(local, this.#places[this.#places.length - 1] as ListPlaces));
    this.#count();
    if (this.#names.length > this.#limits.maxDepth) this.#exceed('depth', this.#limits.maxDepth);
    if (this.#text.charCodeAt(this.#at) !== 0x3e) this.#readAttributes(element);
    if (this.#text.charCodeAt(this.#at) === 0x2f) {
      this.#at += 1;
      this.#close();
    }
    this.#expect('>');
  }

  #readAttributes(element: OpenElement): void {
    if (!this.#isAttributeNext(false)) return;
    const path = this.#pathOfAttributes(element);
    const seen: string[] = [];
    do {
      const name = this.#readName();
      if (RESERVED.has(localName(name))) this.#forbid(this.#at - name.length, 'attribute-name');
      if (seen.includes(name)) this.#fail('不重复的属性', 'an attribute that is not there yet');
      seen.push(name);
      if (seen.length > MAX_ATTRIBUTES) this.#exceed('attributes', MAX_ATTRIBUTES);
      this.#count();
      const value = this.#readAttributeValue();
      if (!this.#keeps || name === 'xmlns' || name.includes(':'))
        this.lostAttributes.push({ at: path, name });
      else (element.attributes ??= roomFor(this.#attributes))[name] = value;
    } while (this.#isAttributeNext(true));
    this.#attributes = seen.length;
  }

  /** Of rows, which come one after the other, all have the path of the first, and their attributes count alike. */
  #pathOfAttributes({ name }: OpenElement): string {
    const parent = this.#open[this.#open.length - 2];
    if (parent !== this.#rowParent || name !== this.#rowName) {
      this.#rowParent = parent;
      this.#rowName = name;
      this.#rowPath = this.#path();
      this.#keeps = this.#rules.keeps(this.#rowPath);
    }
    return this.#rowPath;
  }

  #isAttributeNext(hasOthers: boolean): boolean {
    const blanks = this.#skipBlanks();
    if ('/>'.includes(this.#text[this.#at] ?? '>')) return false;
    if (blanks > 0) return true;
    if (!hasOthers || !this.#rules.blankMayLack) return false;
    this.missingBlanks.push(this.#path());
    return true;
  }

  #readAttributeValue(): string {
    const text = this.#text;
    this.#skipBlanks();
    this.#expect('=');
    this.#skipBlanks();
    const quote = text[this.#at];
    if (quote !== '"' && quote !== "'") return this.#fail('带引号的属性值', 'a value in quotes');
    const start = this.#at + 1;
    const end = text.indexOf(quote, start);
    if (this.#opening < start) this.#opening = this.#find('<', start);
    if (end === -1 || this.#opening < end) this.#fail('属性值的结束引号', 'the closing quote');
    const escaped = this.#checkReferences(start, end);
    this.#at = end + 1;
    return this.#valueOf(start, end, escaped);
  }

  /** A string that is likely known already. */
  #readName(): string {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let hash = 0;
    let code = text.charCodeAt(at);
    if (ASCII[code] !== LETTER) return this.#matchName();
    while (code < 0x80 && ASCII[code] !== 0) {
      hash = (hash * 31 + code) | 0;
      code = text.charCodeAt(++at);
    }
    if (code === 0x3a || code >= 0x80) return this.#matchName();
    this.#at = at;
    return nameIn(text, start, at, hash);
  }

  /** A name with a prefix, or not in ASCII. */
  #matchName(): string {
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) return this.#fail('名称', 'a name');
    this.#at += name.length;
    return name;
  }

  /** Returns how many there were. */
  #skipBlanks(): number {
    const start = this.#at;
    let code = this.#text.charCodeAt(this.#at);
    while (code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a)
      code = this.#text.charCodeAt(++this.#at);
    return this.#at - start;
  }

  #expect(mark: string): void {
    if (this.#text[this.#at] !== mark) this.#fail(`'${mark}'`, `'${mark}'`);
    this.#at += 1;
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.maxNodes) this.#exceed('nodes', this.#limits.maxNodes);
  }

  #path(): string {
    return this.#names.map((name) => `/${localName(name)}`).join('');
  }

  #fail(zh: string, en: string): never {
    return this.#failAt(this.#at, zh, en);
  }

  #failAt(offset: number, zh: string, en: string): never {
    throw expectedError(this.#place(offset), { zh, en });
  }

  #forbid(offset: number, what: Forbidden): never {
    throw forbiddenError(this.#place(offset), what);
  }

  #exceed(rule: XmlLimit, limit: number): never {
    throw exceededError(this.#place(this.#at), rule, limit);
  }

  #place(offset: number): XmlPlace {
    return { text: this.#text, offset, path: this.#path() };
  }
}
