/** A door before a national system that opens and protects messages by a signing profile, with the sandbox's own code. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@yiqiao/model';
import { createSandboxKeys, createSigningScheme, leaf, parseMessage } from '@yiqiao/sandbox';
import type { ProtectedMessage, SchemeMoment, SchemeSettings, SigningObjection } from '@yiqiao/sandbox';
import type { DoorChange } from '../faulty/types.ts';
import { post } from '../run/post.ts';
import { attempt, INSIDE_LIMITS, openDoor } from './door.ts';
import type { AtDoor, Door, FromDoor } from './door.ts';

/** How a door is opened. */
export interface DoorOptions {
  readonly profile: string;
  readonly settings: SchemeSettings;
  /** Address of the system behind it, which takes national messages without signature. */
  readonly inside: string;
  readonly clock: Clock;
  readonly change?: DoorChange;
}

/** Opens a door on a free port of 127.0.0.1. */
export async function openSigningDoor(options: DoorOptions): Promise<Door> {
  return await openDoor(createAnswerer(options));
}

function createAnswerer({ profile, settings, inside, clock, change = {} }: DoorOptions) {
  const scheme = createSigningScheme(profile, settings);
  const nonces = new Set<string>();
  const speaker = change.answers === 'stranger' ? createSigningScheme(profile, strange(settings)) : scheme;

  /** What is wrong with a message, a nonce that was used before included. */
  function objectionsTo(
    opened: ReturnType<typeof scheme.open>,
    message: ProtectedMessage,
  ): readonly SigningObjection[] {
    const isUsed = opened.nonce !== undefined && nonces.has(opened.nonce);
    const all = [...opened.objections, ...(isUsed ? [{ what: 'replay', member: '' }] : [])];
    const left = all.filter((one) => change.overlooks?.some((name) => names(name, one)) !== true);
    return change.distrusts !== undefined && isDistrusted(change.distrusts, message)
      ? [...left, { what: 'distrust', member: '' }]
      : left;
  }

  return async (message: AtDoor): Promise<FromDoor> => {
    const opened = scheme.open(message, { now: clock.now(), ...told(message.bytes) });
    const clear = opened.clear ?? Buffer.alloc(0);
    const moment: SchemeMoment = {
      now: clock.now(),
      nonce: opened.nonce || randomBytes(16).toString('hex'),
      ...told(clear),
    };
    const found = objectionsTo(opened, message);
    if (found.length === 0 && opened.nonce !== undefined) nonces.add(opened.nonce);
    const acts = found.length === 0 || change.acts === 'before-checking';
    const done = acts ? await work(clear) : undefined;
    const sealed = speaker.seal(found.length === 0 && done !== undefined ? done : refusalOf(found), moment);
    const { bytes, headers } = change.answers === 'unsigned' ? unsigned(sealed) : sealed;
    return { bytes, headers, contentType: 'application/json; charset=utf-8' };
  };

  async function work(clear: Buffer): Promise<Buffer | undefined> {
    const reply = await post(inside, clear, INSIDE_LIMITS);
    return reply.came ? reply.bytes : undefined;
  }
}

/** Transaction and message id of a national message; nothing when it is none. */
function told(clear: Buffer): Pick<SchemeMoment, 'transaction' | 'messageId'> {
  const envelope = attempt(() => parseMessage(clear.toString('utf8')));
  if (envelope === undefined) return {};
  return { transaction: leaf(envelope, 'infno'), messageId: leaf(envelope, 'msgid') };
}

function refusalOf(found: readonly SigningObjection[]): Buffer {
  const why = found.map(({ what, member }) => `${what} ${member}`.trim()).join('、');
  return Buffer.from(
    JSON.stringify({ infcode: '-1', err_msg: `签名验证失败：${why}`.slice(0, 200), output: null }),
  );
}

/** `absent`, or `absent:x-tif-nonce` for one member alone. */
function names(name: string, { what, member }: SigningObjection): boolean {
  return name === what || name === `${what}:${member}`;
}

function isDistrusted(what: NonNullable<DoorChange['distrusts']>, message: ProtectedMessage): boolean {
  const all = `${message.bytes.toString('utf8')}${JSON.stringify(message.headers)}${JSON.stringify(message.query)}`;
  return new RegExp(what).test(all);
}

/** Other keys, and other secrets. */
function strange(settings: SchemeSettings): SchemeSettings {
  const credentials = Object.fromEntries(
    Object.entries(settings.credentials).map(([name, text]) => [name, name === 'key' ? `${text}X` : text]),
  );
  return { ...settings, credentials, keys: createSandboxKeys() };
}

function unsigned({ bytes }: { readonly bytes: Buffer }): {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
} {
  const { signData: _data, sign: _sign, ...rest } = parseMessage(bytes.toString('utf8'));
  return { bytes: Buffer.from(JSON.stringify(rest)), headers: {} };
}
