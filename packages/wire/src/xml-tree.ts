/** XML text → elements in order, all values text, and what was put right on the way. */
import type { Deviation } from '@yiqiao/model';
import { fault } from './faults.ts';
import { contentEnd, paddingDeviation } from './padding.ts';
import type { WireLimits } from './types.ts';
import { XmlReader } from './xml-reader.ts';
import type { AttributeRules, LostAttribute, XmlElement } from './xml-reader.ts';

/** A document as read. */
interface XmlDocument {
  readonly root: XmlElement;
  /** How many NULs, and blanks among them, followed; each is one byte. */
  readonly padding: number;
  readonly deviations: readonly Deviation[];
}

const NONE: AttributeRules = { keeps: () => false, blankMayLack: false };

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
 * Reads a document. Without `rules` no attribute is kept; one that is not kept is reported, and so are NULs behind the
 * document. `text` is kept by the slices
 * in the result.
 * @throws GatewayError `MESSAGE_NOT_READABLE` | `XML_FORBIDDEN` | `MESSAGE_TOO_DEEP`
 */
export function parseXml(text: string, limits: WireLimits, rules: AttributeRules = NONE): XmlDocument {
  const end = contentEnd(text);
  const padding = text.length - end;
  const reader = new XmlReader(padding === 0 ? text : text.slice(0, end), limits, rules);
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
