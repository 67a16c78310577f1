/** XML text → elements in order, all values text, and what was put right on the way. */
import type { Deviation } from '@yiqiao/model';
import { fault } from './faults.ts';
import { contentEnd, paddingDeviation } from './padding.ts';
import type { WireLimits } from './types.ts';
import type { AttributeRules, LostAttribute, RowReading, XmlElement } from './xml-element.ts';
import { NOWHERE } from './xml-places.ts';
import { XmlReader } from './xml-reader.ts';

/** A document as read. */
interface XmlDocument {
  readonly root: XmlElement;
  /** How many NULs, and blanks among them, followed; each is one byte. */
  readonly padding: number;
  readonly deviations: readonly Deviation[];
}

/** What of a document is more than elements with text. */
export interface XmlReading {
  readonly attributes?: AttributeRules | undefined;
  readonly rows?: RowReading;
}

const NO_ATTRIBUTES: AttributeRules = { keeps: () => false, blankMayLack: false };
const NO_ROWS: RowReading = { lists: NOWHERE, read: () => undefined };

/** Namespace declarations and what SOAP says of encoding mean nothing to the content. */
function isSilent(name: string): boolean {
  return /^xmlns(?::|$)/.test(name) || /:(?:encodingStyle|type|schemaLocation)$/.test(name);
}

function attributeDeviation(attribute: LostAttribute): Deviation {
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

/**
 * Reads a document. Without `attributes` none is kept; one that is not kept is reported, and so are NULs behind the
 * document. With `rows` the rows of lists are members at once, and no elements. `text` is kept by the slices in the result.
 * @throws GatewayError `MESSAGE_NOT_READABLE` | `XML_FORBIDDEN` | `MESSAGE_TOO_DEEP`
 */
export function parseXml(
  text: string,
  limits: WireLimits,
  { attributes = NO_ATTRIBUTES, rows = NO_ROWS }: XmlReading = {},
): XmlDocument {
  const end = contentEnd(text);
  const padding = text.length - end;
  const content = padding === 0 ? text : text.slice(0, end);
  const reader = new XmlReader(content, limits, { rules: attributes, rows });
  const root = reader.readDocument();
  const lost = reader.lostAttributes.filter(({ name }) => !isSilent(name));
  return {
    root,
    padding,
    deviations: [
      ...lost.map(attributeDeviation),
      ...reader.missingBlanks.map(blankDeviation),
      ...(padding === 0 ? [] : [paddingDeviation(padding)]),
    ],
  };
}

/** The only child of that name, `undefined` when there is none or more than one. */
export function findChild(element: XmlElement | undefined, name: string): XmlElement | undefined {
  const found = element?.children.filter((child) => child.name === name) ?? [];
  return found.length === 1 ? found[0] : undefined;
}
