/**
 * Messages in the form of a profile with names of its own. The kit's messages have these names; the product's codec
 * writes them, and answers are read by it and by a reading of the suite's own.
 */
import { GatewayError, isWireObject } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { readJsonObject } from '@yiqiao/signer';
import { createPredecessorXml } from '@yiqiao/wire';
import type { WireCodec, WireResponse } from '@yiqiao/wire';
import type { Bilingual, RawStep, SendStep, Template } from '../kits/types.ts';
import { fill, withMember } from '../run/fill.ts';
import { child, leaf, leavesOf, textOf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import type { ReadAnswer } from '../run/read-answer.ts';
import { wireLeaves } from './national-reading.ts';
import { readSoapResult } from './own-soap.ts';
import type { Tongue, TongueWorld, Writing, Written } from './tongue.ts';

/** How one form is spoken. */
interface Form {
  readonly codec: WireCodec;
  readonly headers: Readonly<Record<string, string>>;
  /** Members around the body of a message. */
  readonly envelope: (writing: Writing) => WireObject;
  /** The member of the envelope that is the message id. */
  readonly messageId: string;
  /** The suite's own reading of an answer. @throws Error when it is none */
  readonly readOwn: (bytes: Buffer) => OwnAnswer;
}

/** An answer by the suite's own reading. */
interface OwnAnswer {
  readonly code: string;
  readonly envelope: OwnObject;
  readonly output: OwnObject;
}

const FORMS: Readonly<Record<string, () => Form>> = {
  'predecessor-xml': createPredecessorForm,
};

/** Profiles whose form the suite speaks. */
export function speaks({ codec }: Profile): boolean {
  return Object.hasOwn(FORMS, codec);
}

/** Makes the tongue of a run. @throws RangeError for a form that the suite does not speak */
export function createDialectTongue({ registry, kit }: TongueWorld): Tongue {
  const profile = registry.profile(kit.profile);
  const make = FORMS[profile.codec];
  if (make === undefined) throw new RangeError(`the suite does not speak ${profile.codec}`);
  const form = make();

  function write(step: SendStep, writing: Writing): Written {
    const template = kit.messages[step.send];
    if (template === undefined) throw new Error(`the kit has no message for ${step.send}`);
    let input = template.input as { readonly [name: string]: Template };
    for (const [path, value] of Object.entries(step.set ?? {}))
      input = withMember(input, path.split('.'), value);
    for (const path of step.remove ?? []) input = withMember(input, path.split('.'), undefined);
    const body = fill(input, writing.lookup);
    const own = fill(step.envelope ?? {}, writing.lookup) as Readonly<Record<string, string>>;
    const envelope = Object.fromEntries(
      Object.entries({ ...form.envelope(writing), ...own }).filter(
        ([name]) => step.removeEnvelope?.includes(name) !== true,
      ),
    );
    const text = JSON.stringify(body);
    const transaction = step.send;
    const bytes = form.codec.writeRequest({ transaction, envelope, body: readJsonObject(Buffer.from(text)) });
    return {
      infno: transaction,
      msgid: textOf(envelope[form.messageId] as OwnValue | undefined),
      bytes: Buffer.from(bytes),
      clear: Buffer.from(JSON.stringify({ infno: transaction, ...envelope, input: body })),
      headers: { 'content-type': form.codec.contentType, ...form.headers },
    };
  }

  return {
    personal: personalNames(registry, profile),
    write,
    writeRaw(step, writing) {
      const { clear: _said, ...good } = write({ send: step.of }, writing);
      return { ...good, bytes: spoilt(step.raw, good.bytes) };
    },
    read: ({ bytes }) => readTwice(bytes, form),
  };
}

/** SOAP around XML, both GBK. The transid is the region and the end of the suite's message number. */
function createPredecessorForm(): Form {
  return {
    codec: createPredecessorXml(),
    headers: { soapaction: '""' },
    messageId: 'transid',
    envelope: ({ lookup, nextMsgid }) => ({
      sign: '',
      transid: `${textOf(lookup('mdtrtarea_admvs') as OwnValue)}${nextMsgid().slice(-16)}`,
    }),
    readOwn(bytes) {
      const envelope = readSoapResult(bytes);
      return { code: leaf(envelope, 'errorcode'), envelope, output: child(envelope, 'output') };
    },
  };
}

function readTwice(bytes: Buffer, form: Form): ReadAnswer {
  const product = attempt(() => form.codec.readResponse(bytes));
  const own = attempt(() => form.readOwn(bytes));
  if ('failed' in product) return { state: 'unreadable', why: whyOf(product.failed) };
  if ('failed' in own)
    return {
      state: 'disagreement',
      why: {
        zh: `只有产品的编解码能读此应答（${messageOf(own.failed)}）`,
        en: `only the product's codec can read the answer (${messageOf(own.failed)})`,
      },
    };
  const place = findDifference(own.value, product.value);
  if (place !== undefined)
    return {
      state: 'disagreement',
      why: {
        zh: `两套编解码对 ${place} 的读法不一致`,
        en: `the two codecs read ${place} differently`,
      },
    };
  const { success, code, text, body } = product.value;
  const { envelope, output } = own.value;
  return { state: 'read', answer: { success, code, text, envelope, output, body } };
}

/** The first place at which the two readings differ. */
function findDifference(own: OwnAnswer, product: WireResponse): string | undefined {
  if (own.code !== product.code) return 'errorcode';
  const ours = new Map(leavesOf(own.output).filter(([, text]) => text !== ''));
  for (const [place, text] of wireLeaves(isWireObject(product.body) ? product.body : {})) {
    if (text === '') continue;
    if (ours.get(place) !== text) return place;
    ours.delete(place);
  }
  const [missed] = ours.keys();
  return missed;
}

type Attempt<T> = { readonly value: T } | { readonly failed: unknown };

function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { value: read() };
  } catch (failed) {
    return { failed };
  }
}

function whyOf(error: unknown): Bilingual {
  const [fault] = error instanceof GatewayError ? (error.details.faults ?? []) : [];
  return fault?.message ?? { zh: `应答无法识别（${messageOf(error)}）`, en: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Bytes that are no message. */
function spoilt(raw: RawStep['raw'], good: Buffer): Buffer {
  switch (raw) {
    case 'empty':
      return Buffer.alloc(0);
    case 'text':
      return Buffer.from('这不是报文');
    case 'cut':
      return good.subarray(0, Math.floor(good.length / 2));
    case 'gbk':
      return Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xff, 0x3c, 0x2f, 0x61, 0x3e]);
    case 'nested':
      return Buffer.from(`${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`);
    case 'large':
      return Buffer.concat([good, Buffer.alloc(2_000_000, ' ')]);
    case 'entities':
      return Buffer.from(ENTITIES);
    case 'list':
    case 'twice':
    case 'twice-inside':
      return Buffer.concat([good, good]);
  }
}

/** Nine entities, each ten times the one before: a thousand million letters for whoever expands them. */
const ENTITIES = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "aaaaaaaaaa">${Array.from(
  { length: 8 },
  (_one, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`,
).join('')}]><a>&e8;</a>`;

/** Names of members that identify a person, by their labels. */
function personalNames(registry: Registry, profile: Profile): ReadonlySet<string> {
  const nodes = registry.profileTransactions(profile.id).flatMap((number) => {
    const definition = registry.definition(profile.id, number);
    return [...(definition?.request ?? []), ...(definition?.response ?? [])];
  });
  const fields = nodes.flatMap((node) => node.fields);
  return new Set(fields.filter(({ label }) => PERSONAL.test(label.zh)).map(({ name }) => name));
}

const PERSONAL =
  /姓名|证件号|身份证|社会保障号|医保编号|个人编号|卡号|出生|电话|联系人|住址|医生|医师|经办人/;
