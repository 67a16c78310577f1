/** The bytes of a message, in the national envelope; the body is signed and sent as one text. */
import { formatTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { rawMember } from '@yiqiao/sandbox';
import type { MessageTemplate, RawStep, SendStep, Template } from '../kits/types.ts';
import { fill, templateOf } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';
import type { SignMembers } from '../run/signatures.ts';
import { withArchives } from './archives.ts';
import { GBK_TEXT } from './raw-bytes.ts';
import type { Writing, Written } from './tongue.ts';

/** What a message is made with. */
interface Material extends Writing {
  readonly messages: Readonly<Record<string, MessageTemplate>>;
  readonly sign: SignMembers;
  readonly clock: Clock;
}

/** Writes the message of a step. @throws Error when the kit has no such message or a value is unknown */
export function writeStep(step: SendStep, writing: Material): Written {
  const { messages, lookup, clock, sign } = writing;
  const body = spell(withArchives(fill(templateOf(step, messages), lookup)), step.spelling);
  const envelope = { ...defaults(writing, clock), ...changes(step, lookup) };
  const members = { infno: step.send, ...envelope, ...sign(body, step.sign ?? 'good') } as Record<
    string,
    Template
  >;
  if (step.sign === 'none' && step.envelope?.['cainfo'] === undefined) {
    delete members['cainfo'];
    delete members['signtype'];
  }
  for (const name of step.removeEnvelope ?? []) delete members[name];
  const msgid = typeof members['msgid'] === 'string' ? members['msgid'] : '';
  const head = Object.entries(members)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`)
    .join('');
  const tail = step.removeEnvelope?.includes('input') === true ? '"input":null' : `"input":${body}`;
  return { infno: step.send, msgid, bytes: Buffer.from(`{${head}${tail}}`) };
}

function changes({ envelope = {} }: SendStep, lookup: Lookup): Readonly<Record<string, Template>> {
  return fill(envelope, lookup) as Readonly<Record<string, Template>>;
}

function defaults({ lookup, nextMsgid }: Writing, clock: Clock): Readonly<Record<string, Template>> {
  return {
    msgid: nextMsgid(),
    mdtrtarea_admvs: lookup('mdtrtarea_admvs'),
    insuplc_admdvs: lookup('insuplc_admdvs'),
    recer_sys_code: lookup('recer_sys_code'),
    dev_no: '',
    dev_safe_info: '',
    cainfo: '',
    signtype: '',
    infver: lookup('infver'),
    opter_type: '1',
    opter: lookup('operator.number'),
    opter_name: lookup('operator.name'),
    inf_time: formatTime(clock.now()),
    fixmedins_code: lookup('institution.code'),
    fixmedins_name: lookup('institution.name'),
    sign_no: lookup('sign_no'),
  };
}

/** The same value in another text. */
function spell(body: Template, spelling: SendStep['spelling']): string {
  if (spelling === 'spaced') return JSON.stringify(body, undefined, 1);
  const text = JSON.stringify(body);
  if (spelling !== 'escaped') return text;
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Bytes that are no message, or one that nobody should send. */
export function writeRaw({ raw, of }: RawStep, writing: Material): Written {
  const good = writeStep({ send: of }, writing);
  const text = good.bytes.toString('utf8');
  const forms: Readonly<Record<RawStep['raw'], () => Buffer>> = {
    empty: () => Buffer.alloc(0),
    entities: () => Buffer.from('<!DOCTYPE a [<!ENTITY e "e">]><a>&e;</a>'),
    text: () => Buffer.from('这不是报文'),
    cut: () => good.bytes.subarray(0, Math.floor(good.bytes.length / 2)),
    list: () => Buffer.from(`[${text}]`),
    several: () => Buffer.from(`[${text},{}]`),
    gbk: () =>
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"memo":"'), GBK_TEXT, Buffer.from('"}')]),
    nested: () => Buffer.from(`${text.slice(0, -1)},"memo":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
    large: () => Buffer.from(`${text.slice(0, -1)},"memo":"${'x'.repeat(2_000_000)}"}`),
    'twice-inside': () => Buffer.from(withMemberTwice(text, writing.sign)),
    twice: () => Buffer.from(`{"infno":${JSON.stringify(of)},${text.slice(1)}`),
  };
  return { ...good, bytes: forms[raw]() };
}

/** A member of the body twice, under a signature of this very body. */
function withMemberTwice(text: string, sign: SignMembers): string {
  const changed = text.replace(/("input":\{"[^"]+":\{)("[^"]+":)/, '$1$2"0",$2');
  const { cainfo = '' } = sign(rawMember(changed, 'input') ?? '', 'good');
  return changed.replace(/"cainfo":"[^"]*"/, `"cainfo":"${cainfo}"`);
}
