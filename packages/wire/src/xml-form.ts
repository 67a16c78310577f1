/** XML as a plain form: elements below one root, bare or within SOAP. */
import type { Deviation, Fault } from '@yiqiao/model';
import { parseXmlBytes } from './charset.ts';
import { fault, refusal } from './faults.ts';
import { checkSize, completeLimits } from './limits.ts';
import type { FormOptions, MessageForm } from './message-forms.ts';
import {
  faultError,
  findSoapFault,
  formatEnvelope,
  headerDeviations,
  isSoap,
  soapContent,
  soapMediaType,
} from './soap.ts';
import type { SoapVersion } from './soap.ts';
import { formatText } from './text-bytes.ts';
import type { WireLimits } from './types.ts';
import { createXmlBody } from './xml-body.ts';
import type { ListForm } from './xml-places.ts';
import { escapeText } from './xml-text.ts';
import { findChild, parseXml } from './xml-tree.ts';
import type { XmlReading } from './xml-tree.ts';
import type { AttributeRules, XmlElement } from './xml-element.ts';

/** What an XML form is made with. */
export interface XmlFormOptions extends FormOptions {
  /** Name of the root element. */
  readonly root: string;
  /** Exactly what is written before the root; none when absent. */
  readonly declaration?: string;
  /** What repeats: path below the root (`fees/row`) → how. */
  readonly lists?: Readonly<Record<string, ListForm>>;
  /** The message is within a SOAP envelope; a bare one is read, too. */
  readonly soap?: SoapPlace;
}

/** Where a message stands in a SOAP body. */
export interface SoapPlace {
  /** Which is written; both are read. 1.1 when absent. */
  readonly version?: SoapVersion;
  /** Namespace of the element in the body. */
  readonly namespace: string;
  /** The message is text in an argument of an operation; absent: its root stands in the body itself. */
  readonly text?: { readonly operation: string; readonly argument: string };
}

/** What stands above the root of a message that is within SOAP and no text. */
const IN_SOAP = /^\/Envelope\/Body(?=\/)/;

/** Elements below one root; all values are text, untrimmed. A SOAP fault is `MESSAGE_NOT_READABLE` with its words. */
export function createXmlForm(options: XmlFormOptions): MessageForm {
  const { root, declaration = '', charset = 'UTF-8', lists = {}, soap } = options;
  const limits = completeLimits(options.limits);
  const forms = new Map<string, ListForm>(
    Object.entries(lists).map(([path, form]) => [`/${root}/${path}`, form] as const),
  );
  const body = createXmlBody(forms);
  const attributes: AttributeRules | undefined = [...forms.values()].includes('attributes')
    ? { keeps: (path) => forms.get(path.replace(IN_SOAP, '')) === 'attributes', blankMayLack: false }
    : undefined;
  return {
    contentType: `${soap === undefined ? 'text/xml' : soapMediaType(soap.version ?? '1.1')}; charset=${charset}`,
    parse(bytes) {
      checkSize(bytes, limits);
      const source = parseXmlBytes(bytes, charset);
      const parsed = unwrap(source.text, { soap, limits, reading: { attributes, rows: body.rows } });
      if (parsed.root.name !== root) throw wrongRoot(parsed.root.name, root);
      const faults: Fault[] = [];
      const members = body.toWireObject(parsed.root.children, `/${root}`, faults);
      if (faults.length > 0) {
        const isTwice = faults[0]?.rule === 'duplicate';
        throw refusal(isTwice ? 'DUPLICATE_MEMBER' : 'MESSAGE_NOT_READABLE', faults);
      }
      return { members, deviations: [...source.deviations, ...parsed.deviations] };
    },
    format(members) {
      const faults: Fault[] = [];
      const content = body.formatMembers(members, `/${root}`, faults);
      const text = wrap({ soap, root, content, declaration });
      return formatText({ text, members, at: `/${root}`, faults }, charset);
    },
  };
}

interface Unwrapped {
  readonly root: XmlElement;
  readonly deviations: readonly Deviation[];
}

function unwrap(
  text: string,
  {
    soap,
    limits,
    reading,
  }: {
    readonly soap: SoapPlace | undefined;
    readonly limits: WireLimits;
    readonly reading: XmlReading;
  },
): Unwrapped {
  const outer = parseXml(text, limits, reading);
  if (soap === undefined || !isSoap(outer.root)) return outer;
  const content = soapContent(outer.root);
  const soapFault = findSoapFault(content);
  if (soapFault !== undefined) throw faultError(soapFault);
  const deviations = [...outer.deviations, ...headerDeviations(outer.root)];
  if (soap.text === undefined) return { root: content, deviations };
  const { argument } = soap.text;
  const inner = findChild(content, argument)?.text.trim() ?? '';
  if (inner === '') throw missingArgument(content.name, argument);
  const parsed = parseXml(inner, limits, reading);
  return { root: parsed.root, deviations: [...deviations, ...parsed.deviations] };
}

function wrap({
  soap,
  root,
  content,
  declaration,
}: {
  readonly soap: SoapPlace | undefined;
  readonly root: string;
  readonly content: string;
  readonly declaration: string;
}): string {
  if (soap === undefined) return `${declaration}<${root}>${content}</${root}>`;
  const { version = '1.1', namespace, text } = soap;
  const xmlns = `xmlns="${escapeText(namespace).replaceAll('"', '&quot;')}"`;
  if (text === undefined) return formatEnvelope(version, `<${root} ${xmlns}>${content}</${root}>`);
  const { operation, argument } = text;
  const inner = escapeText(`${declaration}<${root}>${content}</${root}>`);
  return formatEnvelope(
    version,
    `<${operation} ${xmlns}><${argument} xmlns="">${inner}</${argument}></${operation}>`,
  );
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

function missingArgument(operation: string, argument: string): Error {
  return refusal('MESSAGE_INVALID', [
    fault({
      rule: 'required',
      at: `/Envelope/Body/${operation}/${argument}`,
      zh: '缺少该元素或其内容为空，请填写。',
      en: 'This element is missing or empty; fill it in.',
    }),
  ]);
}
