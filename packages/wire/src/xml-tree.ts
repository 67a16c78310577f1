/** XML text → elements in order, all values text. */
import { XMLParser } from 'fast-xml-parser';
import { GatewayError } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';
import { fault } from './faults.ts';
import { unescapeText } from './xml-text.ts';
import { checkXml } from './xml-guard.ts';
import type { SeenAttribute } from './xml-guard.ts';
import type { WireLimits } from './types.ts';

/** An element by its local name. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All text directly in it, references resolved, nothing trimmed. */
  readonly text: string;
  /** Only where the reading keeps them. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** How attributes are met. */
export interface AttributeRules {
  /** Whether those of an element at this path (`/DATA/ROWSET/ROW`) are members. */
  keeps(path: string): boolean;
  /** Whether a missing blank between two of them is passed over. */
  readonly blankMayLack: boolean;
}

/** A document as read. */
interface XmlDocument {
  readonly root: XmlElement;
  readonly deviations: readonly Deviation[];
}

/** One node of fast-xml-parser's ordered form: its name → its content, and its attributes. */
type OrderedNode = Readonly<Record<string, readonly OrderedNode[] | string>> & {
  readonly ':@'?: Readonly<Record<string, string>>;
};

const NONE: AttributeRules = { keeps: () => false, blankMayLack: false };

const TEXT = '#text';
const CDATA = '#cdata';

/** Values stay text: no numbers, no trimming, no entities. */
function createParser(limits: WireLimits, ignoreAttributes: boolean): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    ignoreDeclaration: true,
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: false,
    processEntities: false,
    textNodeName: TEXT,
    cdataPropName: CDATA,
    maxNestedTags: limits.maxDepth + 1,
    onDangerousProperty: (name: string) => name,
  });
}

function contentOf(node: OrderedNode): { name: string; content: readonly OrderedNode[] | string } {
  const name = Object.keys(node)[0] ?? '';
  return { name, content: node[name] ?? '' };
}

function cdataOf(content: readonly OrderedNode[] | string): string {
  if (typeof content === 'string') return content;
  return content.map((node) => cdataOf(contentOf(node).content)).join('');
}

function elementOf(name: string, content: readonly OrderedNode[] | string, own?: OrderedNode): XmlElement {
  const children: XmlElement[] = [];
  let text = '';
  for (const node of typeof content === 'string' ? [] : content) {
    const inner = contentOf(node);
    if (inner.name === TEXT) text += unescapeText(inner.content as string);
    else if (inner.name === CDATA) text += cdataOf(inner.content);
    else children.push(elementOf(inner.name, inner.content, node));
  }
  const attributes = own?.[':@'];
  return attributes === undefined
    ? { name, children, text }
    : { name, children, text, attributes: unescaped(attributes) };
}

function unescaped(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, unescapeText(value)]));
}

function build(text: string, limits: WireLimits, ignoreAttributes: boolean): XmlElement {
  try {
    const nodes = createParser(limits, ignoreAttributes).parse(text) as readonly OrderedNode[];
    const roots = elementOf('', nodes).children;
    if (roots[0] !== undefined && roots.length === 1) return roots[0];
  } catch (cause) {
    throw new GatewayError('MESSAGE_NOT_READABLE', {}, { cause });
  }
  throw new GatewayError('MESSAGE_NOT_READABLE');
}

/** Namespace declarations and what SOAP says of encoding mean nothing to the content. */
function isSilent(name: string): boolean {
  return /^xmlns(?::|$)/.test(name) || /:(?:encodingStyle|type|schemaLocation)$/.test(name);
}

function attributeDeviation(attribute: SeenAttribute): Deviation {
  return fault({
    rule: 'not-carried',
    at: `${attribute.at}/@${attribute.name}`,
    field: attribute.name,
    zh: '该报文格式没有属性，此属性不再转送。',
    en: 'This form has no attributes; this one does not travel on.',
  });
}

function blankDeviation(at: string): Deviation {
  return fault({
    rule: 'attribute-blank',
    at,
    zh: '属性之间缺少空格，已按两个属性读取。',
    en: 'A blank between two attributes is missing; they were read as two.',
  });
}

/** Puts blanks in where they lack. */
function withBlanks(text: string, offsets: readonly number[]): string {
  const parts = offsets.map((offset, index) => text.slice(offsets[index - 1] ?? 0, offset));
  return [...parts, text.slice(offsets.at(-1) ?? 0)].join(' ');
}

/**
 * Reads a document. Without `rules` no attribute is kept; one that is not kept is reported.
 * @throws GatewayError `MESSAGE_NOT_READABLE` | `XML_FORBIDDEN` | `MESSAGE_TOO_DEEP`
 */
export function parseXml(text: string, limits: WireLimits, rules: AttributeRules = NONE): XmlDocument {
  const { attributes, missingBlanks } = checkXml(text, limits, rules);
  const lost = attributes.filter(
    ({ name, at }) => !isSilent(name) && (name.includes(':') || !rules.keeps(at)),
  );
  const whole =
    missingBlanks.length === 0
      ? text
      : withBlanks(
          text,
          missingBlanks.map(({ offset }) => offset),
        );
  return {
    root: build(whole, limits, rules === NONE),
    deviations: [...lost.map(attributeDeviation), ...missingBlanks.map(({ at }) => blankDeviation(at))],
  };
}

/** The only child of that name, `undefined` when there is none or more than one. */
export function findChild(element: XmlElement | undefined, name: string): XmlElement | undefined {
  const found = element?.children.filter((child) => child.name === name) ?? [];
  return found.length === 1 ? found[0] : undefined;
}
