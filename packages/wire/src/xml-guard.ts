/**
 * Refuses XML that must not reach the parser: what is not well-formed, what is forbidden, what is too large.
 * fast-xml-parser builds leniently; here every mark is looked at before it builds anything.
 */
import type { ErrorCode } from '@yiqiao/model';
import { fault, nameCharacter, refusal, textPlace } from './faults.ts';
import { findForeignCharacter, referenceLength } from './xml-text.ts';
import type { WireLimits } from './types.ts';

/** An attribute that was seen. */
export interface SeenAttribute {
  /** XPath of its element. */
  readonly at: string;
  readonly name: string;
}

/** Where a blank lacks between two attributes. */
interface MissingBlank {
  readonly at: string;
  readonly offset: number;
}

/** What was seen of a document that may be parsed. */
interface SeenXml {
  readonly attributes: readonly SeenAttribute[];
  /** Only when they are allowed to lack. */
  readonly missingBlanks: readonly MissingBlank[];
}

const DECLARATION = /^\s*<\?xml\s[^<>?]*\?>/;
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*(?::[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*)?/uy;
const ENTITY = /&[\p{L}_][\w.-]*;/uy;
const BLANKS = /[ \t\r\n]*/y;
const MAX_ATTRIBUTES = 32;
/** An element or attribute takes as long as four members of JSON, and counts as much. */
const NODE_WEIGHT = 4;
/** A message inside a message has four character references for each element. */
const REFERENCES_PER_NODE = 8;
/** Names with a meaning of their own in JavaScript. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The name without its prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

class XmlGuard {
  readonly #text: string;
  readonly #limits: WireLimits;
  readonly #blankMayLack: boolean;
  /** Qualified names of the open elements. */
  readonly #open: string[] = [];
  readonly attributes: SeenAttribute[] = [];
  readonly missingBlanks: MissingBlank[] = [];
  #at = 0;
  /** Where the next `&` stands; the end when there is none. */
  #reference = -1;
  #nodes = 0;
  #references = 0;
  #hasRoot = false;

  constructor(text: string, limits: WireLimits, blankMayLack: boolean) {
    this.#text = text;
    this.#blankMayLack = blankMayLack;
    this.#limits = { ...limits, maxNodes: Math.ceil(limits.maxNodes / NODE_WEIGHT) };
  }

  check(): void {
    const foreign = findForeignCharacter(this.#text);
    if (foreign !== -1) this.#failAt(foreign, 'XML 允许的字符', 'a character that XML knows');
    this.#at = DECLARATION.exec(this.#text)?.[0].length ?? 0;
    while (this.#at < this.#text.length) {
      this.#checkText();
      if (this.#at < this.#text.length) this.#checkMark();
    }
    if (this.#open.length > 0 || !this.#hasRoot) this.#fail('结束标签', 'a closing tag');
  }

  /** From here to the next `<`. */
  #checkText(): void {
    const next = this.#text.indexOf('<', this.#at);
    const end = next === -1 ? this.#text.length : next;
    if (this.#open.length === 0) {
      this.#skipBlanks();
      if (this.#at < end) this.#fail("'<'", "'<'");
    }
    this.#checkReferences(this.#at, end);
    const closing = this.#text.slice(this.#at, end).indexOf(']]>');
    if (closing !== -1) this.#failAt(this.#at + closing, "']]&gt;'", "']]&gt;'");
    this.#at = end;
  }

  #checkReferences(start: number, end: number): void {
    for (let at = this.#findReference(start); at < end; at = this.#findReference(at + 1)) {
      const most = REFERENCES_PER_NODE * this.#limits.maxNodes;
      if (++this.#references > most) this.#exceed('references', most);
      if (referenceLength(this.#text, at) > 0) continue;
      ENTITY.lastIndex = at;
      if (ENTITY.test(this.#text))
        this.#forbid(at, '自定义实体', 'an entity other than the five predefined ones');
      this.#failAt(at, "'&amp;' 或合法的字符引用", "'&amp;' or a valid reference");
    }
  }

  /** The next `&`; kept, since looking for it from each text anew would take the square of the document's length. */
  #findReference(start: number): number {
    if (this.#reference < start) {
      const found = this.#text.indexOf('&', start);
      this.#reference = found === -1 ? this.#text.length : found;
    }
    return this.#reference;
  }

  #checkMark(): void {
    const text = this.#text;
    if (text.startsWith('<!--', this.#at)) this.#skipPast('-->', 4);
    else if (text.startsWith('<![CDATA[', this.#at) && this.#open.length > 0) this.#skipPast(']]>', 9);
    else if (text.startsWith('<!', this.#at))
      this.#forbid(this.#at, 'DTD 或标记声明', 'a DTD or markup declaration');
    else if (text.startsWith('<?', this.#at)) this.#forbid(this.#at, '处理指令', 'a processing instruction');
    else if (text.startsWith('</', this.#at)) this.#checkClosing();
    else this.#checkOpening();
  }

  #skipPast(end: string, skip: number): void {
    const found = this.#text.indexOf(end, this.#at + skip);
    if (found === -1) this.#fail(`'${end}'`, `'${end}'`);
    this.#at = found + end.length;
  }

  #checkClosing(): void {
    const expected = this.#open.at(-1);
    if (expected === undefined) this.#fail('开始标签', 'an opening tag');
    this.#at += 2;
    if (this.#readName() !== expected) this.#fail(`</${expected}>`, `</${expected}>`);
    this.#skipBlanks();
    this.#expect('>');
    this.#open.pop();
  }

  #checkOpening(): void {
    if (this.#open.length === 0 && this.#hasRoot) this.#fail('文末', 'the end of the document');
    this.#hasRoot = true;
    this.#at += 1;
    const name = this.#readName();
    if (RESERVED.has(localName(name)))
      this.#forbid(this.#at - name.length, '保留的元素名', 'a reserved element name');
    this.#open.push(name);
    this.#count();
    if (this.#open.length > this.#limits.maxDepth) this.#exceed('depth', this.#limits.maxDepth);
    this.#checkAttributes();
    if (this.#text[this.#at] === '/') {
      this.#at += 1;
      this.#open.pop();
    }
    this.#expect('>');
  }

  #checkAttributes(): void {
    const seen = new Set<string>();
    while (this.#isAttributeNext(seen.size > 0)) {
      const name = this.#readName();
      if (RESERVED.has(localName(name)))
        this.#forbid(this.#at - name.length, '保留的属性名', 'a reserved attribute name');
      if (seen.has(name)) this.#fail('不重复的属性', 'an attribute that is not there yet');
      seen.add(name);
      if (seen.size > MAX_ATTRIBUTES) this.#exceed('attributes', MAX_ATTRIBUTES);
      this.#count();
      this.#checkAttributeValue();
      this.attributes.push({ at: this.#path(), name });
    }
  }

  #isAttributeNext(hasOthers: boolean): boolean {
    const blanks = this.#skipBlanks();
    if ('/>'.includes(this.#text[this.#at] ?? '>')) return false;
    if (blanks > 0) return true;
    if (!hasOthers || !this.#blankMayLack) return false;
    this.missingBlanks.push({ at: this.#path(), offset: this.#at });
    return true;
  }

  #checkAttributeValue(): void {
    this.#skipBlanks();
    this.#expect('=');
    this.#skipBlanks();
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") this.#fail('带引号的属性值', 'a value in quotes');
    const start = this.#at + 1;
    const end = this.#text.indexOf(quote, start);
    if (end === -1 || this.#text.slice(start, end).includes('<'))
      this.#fail('属性值的结束引号', 'the closing quote');
    this.#checkReferences(start, end);
    this.#at = end + 1;
  }

  #readName(): string {
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) return this.#fail('名称', 'a name');
    this.#at += name.length;
    return name;
  }

  /** Returns how many there were. */
  #skipBlanks(): number {
    BLANKS.lastIndex = this.#at;
    const length = BLANKS.exec(this.#text)?.[0].length ?? 0;
    this.#at += length;
    return length;
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
    return this.#open.map((name) => `/${localName(name)}`).join('');
  }

  #fail(zh: string, en: string): never {
    return this.#failAt(this.#at, zh, en);
  }

  #failAt(at: number, zh: string, en: string): never {
    const found = nameCharacter(this.#text, at);
    throw this.#refuse('MESSAGE_NOT_READABLE', 'syntax', at, {
      zh: `应为${zh}，实为 ${found}。`,
      en: `expected ${en}, found ${found}.`,
    });
  }

  #forbid(at: number, zh: string, en: string): never {
    throw this.#refuse('XML_FORBIDDEN', 'forbidden', at, {
      zh: `不允许${zh}。`,
      en: `${en} is not allowed.`,
    });
  }

  #exceed(rule: 'depth' | 'nodes' | 'attributes' | 'references', limit: number): never {
    const what = {
      depth: { zh: '嵌套层数', en: 'levels' },
      nodes: { zh: '元素与属性数', en: 'elements and attributes' },
      attributes: { zh: '单个元素的属性数', en: 'attributes of one element' },
      references: { zh: '字符引用数', en: 'character references' },
    }[rule];
    throw this.#refuse('MESSAGE_TOO_DEEP', rule, this.#at, {
      zh: `${what.zh}超过 ${limit}。`,
      en: `more than ${limit} ${what.en}.`,
    });
  }

  #refuse(code: ErrorCode, rule: string, offset: number, text: { zh: string; en: string }): Error {
    const { line, column } = textPlace(this.#text, offset);
    const zh = `第 ${line} 行第 ${column} 列：${text.zh}`;
    const en = `Line ${line}, column ${column}: ${text.en}`;
    return refusal(code, [fault({ rule, at: this.#path(), zh, en })], { line, column, rule });
  }
}

/**
 * Checks a document and tells its attributes.
 * @throws GatewayError `MESSAGE_NOT_READABLE` | `XML_FORBIDDEN` | `MESSAGE_TOO_DEEP`
 */
export function checkXml(
  text: string,
  limits: WireLimits,
  rules: { readonly blankMayLack: boolean },
): SeenXml {
  const guard = new XmlGuard(text, limits, rules.blankMayLack);
  guard.check();
  return guard;
}
