/** The forms in which the suite speaks names of their own: the product's codec to write, and a reading of its own. */
import type { WireObject } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { createPredecessorXml, createWireCodec } from '@yiqiao/wire';
import type { WireCodec } from '@yiqiao/wire';
import type { Kit, Template } from '../kits/types.ts';
import { fill } from '../run/fill.ts';
import { child, isNode, leaf, parseMessage, textOf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import { readSoapResult } from './own-soap.ts';
import { decodeOwn, readOwnXml } from './own-xml.ts';
import type { Writing } from './tongue.ts';

/** How one form is spoken. */
export interface Form {
  readonly codec: WireCodec;
  readonly headers: (transaction: string) => Readonly<Record<string, string>>;
  /** Members around the body of a message. */
  readonly envelope: (writing: Writing) => WireObject;
  /** Members of a kit's message that belong around the body. */
  readonly around: readonly string[];
  /** The member of the envelope that is the message id. */
  readonly messageId: string;
  /** The suite's own reading of an answer. @throws Error when it is none */
  readonly readOwn: (answer: OwnMatter) => OwnAnswer;
}

/** What is read: the bytes, what came beside them, and what was asked. */
export interface OwnMatter {
  readonly bytes: Buffer;
  readonly beside: Readonly<Record<string, string>>;
  readonly transaction: string;
}

/** An answer by the suite's own reading. */
export interface OwnAnswer {
  readonly code: string;
  readonly envelope: OwnObject;
  /** `output` of the envelope, whatever the form calls it. */
  readonly output: OwnObject;
}

/** What a profile says of its form, as far as it is needed here. Source: schemas/README.md, Profiles, `envelope`. */
export interface FormSettings {
  readonly charset?: string;
  readonly open?: string;
  readonly close?: string;
  readonly fieldSeparator?: string;
  readonly requestPrefix?: readonly string[];
  readonly responsePrefix?: readonly string[];
  readonly request?: {
    readonly transaction?: string;
    readonly body?: string;
    readonly root?: string;
    readonly envelope?: readonly string[];
    readonly form?: string;
  };
  readonly response?: {
    readonly body?: string;
    readonly root?: string;
    readonly envelope?: readonly string[];
    readonly form?: string;
  };
  /** Names of members around the body, or `beside:NAME` of what a relay tells beside the bytes. */
  readonly answer: { readonly code: string; readonly text?: string; readonly beside?: readonly string[] };
}

/** Settings of a profile. */
export function formSettings({ envelope }: Profile): FormSettings {
  return envelope as unknown as FormSettings;
}

/** The form of a profile. @throws RangeError for one that the suite does not speak */
export function createForm(registry: Registry, profile: Profile, kit: Kit): Form {
  if (profile.codec === 'predecessor-xml') return createPredecessorForm();
  const read = READERS[profile.codec];
  if (read === undefined) throw new RangeError(`the suite does not speak ${profile.codec}`);
  const settings = formSettings(profile);
  const { members = {}, messageId = '' } = kit.around ?? {};
  const [first = ''] = Object.keys(kit.messages);
  return {
    codec: createWireCodec(profile, {
      // A transaction that is not there is written as the first one is.
      layout: (transaction, direction) =>
        (registry.definition(profile.id, transaction) ?? registry.definition(profile.id, first))?.[direction],
    }),
    // Where the bytes do not tell the transaction, a relay tells it. Source: docs/adr/0008.
    headers: (transaction) =>
      settings.request?.transaction === undefined ? { 'x-yiqiao-transaction': transaction } : {},
    around: settings.request?.envelope ?? settings.requestPrefix ?? [],
    messageId,
    envelope: ({ lookup, nextMsgid }) =>
      fill(members as Template, (name) => (name === 'msgid' ? nextMsgid() : lookup(name))) as WireObject,
    readOwn(matter) {
      const fields = registry.definition(profile.id, matter.transaction)?.response[0]?.fields ?? [];
      const names = fields.map(({ name }) => name);
      const { output, around } = read(matter.bytes, { settings, names });
      const beside = Object.fromEntries(
        Object.entries(matter.beside).map(([name, text]) => [`beside:${name}`, text]),
      );
      const envelope = { ...around, ...beside, output };
      return { code: leaf(envelope, settings.answer.code), envelope, output };
    },
  };
}

/** SOAP around XML, both GBK. The transid is the region and the end of the suite's message number. */
function createPredecessorForm(): Form {
  return {
    codec: createPredecessorXml(),
    headers: () => ({ soapaction: '""' }),
    around: [],
    messageId: 'transid',
    envelope: ({ lookup, nextMsgid }) => ({
      sign: '',
      transid: `${textOf(lookup('mdtrtarea_admvs') as OwnValue)}${nextMsgid().slice(-16)}`,
    }),
    readOwn({ bytes }) {
      const envelope = readSoapResult(bytes);
      return { code: leaf(envelope, 'errorcode'), envelope, output: child(envelope, 'output') };
    },
  };
}

/** What the readers of regional forms know. */
interface Known {
  readonly settings: FormSettings;
  /** Members of the answer in their order. */
  readonly names: readonly string[];
}

interface ReadForm {
  readonly around: OwnObject;
  readonly output: OwnObject;
}

const READERS: Readonly<Record<string, (bytes: Buffer, known: Known) => ReadForm>> = {
  'framed-json': readFramed,
  'plain-xml': readPlain,
  'delimited-text': readDelimited,
};

/** JSON with an envelope of its own around the body. */
function readFramed(bytes: Buffer, { settings, names }: Known): ReadForm {
  const { charset = 'UTF-8', response = {} } = settings;
  const around = parseMessage(decodeOwn(bytes, charset));
  const list = around[response.body ?? ''];
  if (response.form === 'positions' && Array.isArray(list)) {
    const output = Object.fromEntries(
      names.map((name, at) => [name, (list as readonly OwnValue[])[at] ?? '']),
    );
    return { around, output };
  }
  return { around, output: child(around, response.body ?? '') };
}

/** A root with elements, some of which are the envelope. */
function readPlain(bytes: Buffer, { settings: { charset = 'UTF-8', response = {} } }: Known): ReadForm {
  const { root, value } = readOwnXml(decodeOwn(bytes, charset));
  if (root !== response.root) throw new Error(`the root is not ${response.root}`);
  if (!isNode(value)) return { around: {}, output: {} };
  const isAround = new Set(response.envelope);
  const output = Object.fromEntries(Object.entries(value).filter(([name]) => !isAround.has(name)));
  return { around: value, output };
}

/** Fields between marks: those of every answer first, then those of the transaction. Lists are not read here. */
function readDelimited(bytes: Buffer, { settings, names }: Known): ReadForm {
  const { charset = 'GBK', open = '', close = '', fieldSeparator = '~', responsePrefix = [] } = settings;
  const text = decodeOwn(bytes, charset);
  if (!text.startsWith(open) || !text.endsWith(close)) throw new Error('the marks are missing');
  const fields = text.slice(open.length, -close.length).split(fieldSeparator);
  const around = Object.fromEntries(responsePrefix.map((name, at) => [name, fields[at] ?? '']));
  const own = fields.slice(responsePrefix.length);
  return { around, output: Object.fromEntries(names.map((name, at) => [name, own[at] ?? ''])) };
}
