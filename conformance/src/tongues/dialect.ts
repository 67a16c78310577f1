/**
 * Messages in the form of a profile with names of its own. The kit's messages have these names; the product's codec
 * writes them, and answers are read by it and by a reading of the suite's own.
 */
import { GatewayError, isWireObject } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { readJsonObject } from '@yiqiao/signer';
import type { WireResponse } from '@yiqiao/wire';
import type { Bilingual, RawStep, SendStep, Template } from '../kits/types.ts';
import { fill, templateOf } from '../run/fill.ts';
import { leavesOf, textOf } from '../run/own-reading.ts';
import type { OwnValue } from '../run/own-reading.ts';
import type { ReadAnswer } from '../run/read-answer.ts';
import { createForm } from './dialect-forms.ts';
import type { Form, OwnAnswer, OwnMatter } from './dialect-forms.ts';
import { attempt, readByTolerance, readDifferently, wireLeaves } from './two-readings.ts';
import type { Tongue, TongueWorld, Writing, Written } from './tongue.ts';

/** Makes the tongue of a run. @throws RangeError for a form that the suite does not speak */
export function createDialectTongue({ registry, kit }: TongueWorld): Tongue {
  const profile = registry.profile(kit.profile);
  const form = createForm(registry, profile, kit);

  function write(step: SendStep, writing: Writing): Written {
    const input = templateOf(step, kit.messages);
    const filled = Object.entries(fill(input, writing.lookup) as { readonly [name: string]: Template });
    const isAround = ([name]: readonly [string, Template]): boolean => form.around.includes(name);
    const body = Object.fromEntries(filled.filter((one) => !isAround(one)));
    const own = fill(step.envelope ?? {}, writing.lookup) as Readonly<Record<string, string>>;
    const envelope = Object.fromEntries(
      Object.entries({
        ...form.envelope(writing),
        ...Object.fromEntries(filled.filter(isAround)),
        ...own,
      }).filter(([name]) => step.removeEnvelope?.includes(name) !== true),
    );
    const transaction = step.send;
    const bytes = form.codec.writeRequest({ transaction, envelope: wireOf(envelope), body: wireOf(body) });
    return {
      infno: transaction,
      msgid: textOf(envelope[form.messageId] as OwnValue | undefined),
      bytes: Buffer.from(bytes),
      clear: Buffer.from(JSON.stringify({ infno: transaction, ...envelope, input: body })),
      headers: { 'content-type': form.codec.contentType, ...form.headers(transaction) },
    };
  }

  return {
    personal: personalNames(registry, profile),
    ...(!form.codec.contentType.includes('json') && { notJson: true }),
    write,
    writeRaw(step, writing) {
      const { clear: _said, ...good } = write({ send: step.of }, writing);
      return { ...good, bytes: spoilt(step.raw, good.bytes) };
    },
    read: ({ bytes, headers }, { infno }) =>
      readTwice({ bytes, beside: besideOf(headers), transaction: infno }, form),
  };
}

/** Members as the product's codec takes them, numbers by their text. */
function wireOf(members: object): WireObject {
  return readJsonObject(Buffer.from(JSON.stringify(members)));
}

/** What a relay tells beside the bytes. Source: docs/adr/0008. */
function besideOf(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(BESIDE))
      .map(([name, text]) => [decodeURIComponent(name.slice(BESIDE.length)), decodeURIComponent(text)]),
  );
}

const BESIDE = 'x-yiqiao-beside-';

function readTwice(matter: OwnMatter, form: Form): ReadAnswer {
  const { bytes, beside, transaction } = matter;
  const product = attempt(() => form.codec.readResponse(bytes, { transaction, beside }));
  const own = attempt(() => form.readOwn(matter));
  if (product instanceof Error) return { state: 'unreadable', why: whyOf(product) };
  const tolerated = readByTolerance(product.deviations);
  if (own instanceof Error)
    return (
      tolerated ?? {
        state: 'disagreement',
        why: {
          zh: `只有产品的编解码能读此应答（${own.message}）`,
          en: `only the product's codec can read the answer (${own.message})`,
        },
      }
    );
  const place = findDifference(own, product);
  if (place !== undefined) return tolerated ?? { state: 'disagreement', why: readDifferently(place) };
  const { success, code, text, body } = product;
  const { envelope, output } = own;
  return { state: 'read', answer: { success, code, text, envelope, output, body } };
}

/** The first place at which the two readings differ. */
function findDifference(own: OwnAnswer, product: WireResponse): string | undefined {
  if (own.code !== product.code) return 'the status code';
  const ours = new Map(leavesOf(own.output).filter(([, text]) => text !== ''));
  for (const [place, text] of wireLeaves(isWireObject(product.body) ? product.body : {})) {
    if (text === '') continue;
    if (ours.get(place) !== text) return place;
    ours.delete(place);
  }
  const [missed] = ours.keys();
  return missed;
}

function whyOf(error: Error): Bilingual {
  const [fault] = error instanceof GatewayError ? (error.details.faults ?? []) : [];
  return fault?.message ?? { zh: `应答无法识别（${error.message}）`, en: error.message };
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
    case 'several':
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
