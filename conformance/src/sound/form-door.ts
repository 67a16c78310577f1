/**
 * A stand-in for a platform of which little more is known than its form: it checks what can be checked and answers
 * with fixed values. Read and written by code of the suite's own.
 */
import type { Profile } from '@yiqiao/registry';
import type { DialectChange } from '../faulty/types.ts';
import { changeBody } from '../faulty/bodies.ts';
import type { FormFile } from '../kits/form-kit.ts';
import { follow } from '../run/exchanges.ts';
import { child, isNode, leaf, parseMessage, textOf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import { formSettings } from '../tongues/dialect-forms.ts';
import type { FormSettings } from '../tongues/dialect-forms.ts';
import { decodeOwn, encodeOwn, readOwnXml, writeOwnXml } from '../tongues/own-xml.ts';
import { attempt, openDoor } from './door.ts';
import type { Door } from './door.ts';

/** How the stand-in is started. */
export interface FormDoorOptions {
  readonly profile: Profile;
  readonly form: FormFile;
  readonly change?: DialectChange;
  /** Names of the members of a transaction in their order, for forms that tell them by position. */
  readonly names: (transaction: string, direction: 'request' | 'response') => readonly string[];
}

/** What a form has beside its text goes into a header; code and text of an answer may be so. */
const BESIDE = 'beside:';

/** Opens it on a free port of 127.0.0.1. */
export async function openFormDoor({ profile, form, names, change = {} }: FormDoorOptions): Promise<Door> {
  const settings = formSettings(profile);
  const isXml = profile.codec === 'plain-xml';
  const contentType = isXml ? 'text/xml' : 'application/json';
  return await openDoor(({ bytes, headers }) => {
    const asked = attempt(() =>
      read(bytes, { settings, isXml, names, told: headers['x-yiqiao-transaction'] }),
    );
    const result = answerTo(asked, { settings, form, names, change });
    const isBeside = (name: string): boolean => name.startsWith(BESIDE);
    const inside = Object.entries(result).filter(([name]) => !isBeside(name));
    const beside = Object.keys(result).filter((name) => isBeside(name));
    return Promise.resolve({
      bytes: encodeOwn(written(Object.fromEntries(inside), profile), settings.charset ?? 'UTF-8'),
      contentType,
      headers: Object.fromEntries(
        beside.map((name) => [
          `x-yiqiao-beside-${name.slice(BESIDE.length)}`,
          encodeURIComponent(leaf(result, name)),
        ]),
      ),
    });
  });
}

/** The text of an answer. */
function written(members: OwnObject, profile: Profile): string {
  const {
    response,
    open = '',
    close = '',
    fieldSeparator = '~',
    responsePrefix = [],
  } = formSettings(profile);
  if (profile.codec === 'plain-xml') return `<${response?.root}>${writeOwnXml(members)}</${response?.root}>`;
  if (profile.codec === 'framed-json') return JSON.stringify(members);
  const others = Object.keys(members).filter((name) => !responsePrefix.includes(name));
  const fields = [...responsePrefix, ...others].map((name) => leaf(members, name));
  return `${open}${fields.join(fieldSeparator)}${close}`;
}

interface Reading {
  readonly settings: FormSettings;
  readonly isXml: boolean;
  readonly names: FormDoorOptions['names'];
  /** Transaction as a relay tells it. */
  readonly told?: string | undefined;
}

interface Asked {
  readonly transaction: string;
  readonly message: OwnObject;
  readonly body: OwnObject;
}

interface Answering {
  readonly settings: FormSettings;
  readonly form: FormFile;
  readonly names: FormDoorOptions['names'];
  readonly change: DialectChange;
}

/** The members of an answer; nothing was asked when the message could not be read. */
function answerTo(asked: Asked | undefined, { settings, form, names, change }: Answering): OwnObject {
  const unread = change.welcomes === true ? '' : '报文不可识别';
  const why = asked === undefined ? unread : refusalOf(form, change, asked);
  const good = why === '';
  const { code, text } = settings.answer;
  const [success = ''] = form.success.split('|');
  const { good: goodCode = success, bad: badCode = '-9', silent } = change.envelope ?? {};
  const others = (settings.answer.beside ?? []).map((name) => [`${BESIDE}${name}`, 'B0001'] as const);
  const status = {
    ...Object.fromEntries(others),
    [code]: good ? goodCode : badCode,
    ...(text !== undefined && { [text]: silent === undefined ? why : '' }),
  };
  const content = asked === undefined || !good ? {} : contentOf(form, change, asked);
  const { body, form: shape } = settings.response ?? {};
  if (body === undefined) return { ...status, ...content };
  const fields = names(asked?.transaction ?? '', 'response');
  const told = shape === 'positions' ? fields.map((name) => leaf(content, name)) : content;
  return { ...status, [body]: told };
}

function read(bytes: Buffer, { settings, isXml, names, told = '' }: Reading): Asked {
  const { charset = 'UTF-8', request = {}, open, close = '' } = settings;
  const text = decodeOwn(bytes, charset);
  if (open !== undefined) return readFields(text, { settings, told, marks: [open, close] });
  const value = isXml ? rootOf(text, request.root) : parseMessage(text);
  const called = callOf(value, request);
  if (called !== undefined) {
    const [name = '', ...given] = called.map((one) => leaf({ one }, 'one'));
    const own = names(name, 'request');
    const args = Object.fromEntries(given.map((argument, index) => [own[index] ?? String(index), argument]));
    return { transaction: name, message: value, body: { ...args, [name]: args } };
  }
  const transaction = request.transaction === undefined ? told : leaf(value, request.transaction);
  const body = isXml || request.body === undefined ? value : child(value, request.body);
  return { transaction, message: value, body };
}

/** A call with its arguments: the last of a conversation, or a name with a list. */
function callOf(
  value: OwnObject,
  { form, body = '', transaction = '' }: NonNullable<FormSettings['request']>,
): readonly OwnValue[] | undefined {
  const list = value[body];
  if (!Array.isArray(list)) return undefined;
  if (form === 'positions') return [value[transaction] ?? '', ...(list as readonly OwnValue[])];
  const last: OwnValue | undefined = (list as readonly OwnValue[]).at(-1);
  return form === 'conversation' && Array.isArray(last) ? (last as readonly OwnValue[]) : undefined;
}

/** Fields of a call after those of every call, by their place: `0`, `1`, … */
function readFields(
  text: string,
  {
    settings: { requestPrefix = [], fieldSeparator = '~' },
    told,
    marks: [open, close],
  }: { readonly settings: FormSettings; readonly told: string; readonly marks: readonly [string, string] },
): Asked {
  const inner = text.slice(open.length, text.length - close.length);
  if (text !== `${open}${inner}${close}` || inner.includes(open)) throw new Error('the marks are wrong');
  const fields = inner.split(fieldSeparator).slice(requestPrefix.length);
  if (fields.length === 0) throw new Error('there are no fields');
  const body = Object.fromEntries(fields.map((field, index) => [String(index), field]));
  return { transaction: told, message: body, body };
}

function rootOf(text: string, wanted: string | undefined): OwnObject {
  const { root, value } = readOwnXml(text);
  if (root !== wanted || !isNode(value)) throw new Error('another root');
  return value;
}

/** Why a message is refused; empty when it is not. */
function refusalOf(
  { transactions, session }: FormFile,
  change: DialectChange,
  { transaction, message, body }: Asked,
): string {
  const overlooks = (what: string): boolean => change.overlooks?.includes(what) === true;
  const known = transactions[transaction];
  if (change.refuses === transaction) return '暂不受理';
  if (known === undefined) return overlooks('transaction') ? '' : `没有交易 ${transaction}`;
  const wrong = Object.entries(known.wrong?.set ?? {});
  const isWrong =
    wrong.length > 0 &&
    wrong.every(([path, value]) => textOf(follow(body, path)) === String(value as string));
  if (isWrong && !overlooks(`${transaction}/refused`)) return '未查询到相应信息';
  if (session === undefined || transaction === session.login) return '';
  const given = leaf(message, session.member);
  const issued = transactions[session.login]?.answer?.[session.member];
  if (given === issued) return '';
  if (given === '') return overlooks('no-session') ? '' : '没有会话编号';
  return overlooks('other-session') ? '' : '会话编号无效';
}

function contentOf(
  { transactions }: FormFile,
  change: DialectChange,
  { transaction, body }: Asked,
): OwnObject {
  const content = (transactions[transaction]?.answer ?? {}) as OwnObject;
  return (change.answer ?? [])
    .filter(({ of }) => of.includes(transaction))
    .reduce((all, one) => changeBody(all, one, body), content);
}
