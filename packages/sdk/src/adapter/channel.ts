/** Members ⇄ protected bytes, for either side of a connection. */
import { GatewayError, isWireObject } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { whenSigned } from '@yiqiao/signer';
import type { Direction, IncomingHeaders, MessageProtection } from '@yiqiao/signer';
import { createJsonForm } from '@yiqiao/wire';
import type { FormMessage } from '@yiqiao/wire';
import type { AdapterCodec } from './codecs.ts';

/** What a channel is made of. */
export interface ChannelParts {
  readonly codec: AdapterCodec;
  readonly protections: readonly MessageProtection[];
  /** The far side need not sign: it is told so, or it proves by TLS who it is. */
  readonly isUnsigned: boolean;
  readonly signedMember: { readonly request: string; readonly response: string };
}

/** What is known of a message beside its members. */
export interface Moment {
  readonly now: number;
  /** Of an answer, that of its request. */
  readonly nonce: string;
  readonly messageId: string;
  /** Of the token source, where the connection has one. */
  readonly accessToken?: string;
}

/** A message as it leaves. */
export interface ProtectedBytes {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message that came: its bytes and headers. */
export interface ArrivedBytes {
  readonly bytes: Uint8Array;
  readonly headers: IncomingHeaders;
}

/** A message as read; its signature holds. */
export interface ArrivedMembers {
  readonly members: WireObject;
  /**
   * Whose it is: `signed` (or nothing is to be signed), `bodiless` (nothing there that could be signed: a refusal at
   * most), `unsigned` (anybody on the way may have written it).
   */
  readonly proof: 'signed' | 'bodiless' | 'unsigned';
  /** Goes into the answer. */
  readonly nonce?: string;
}

/** One side of a connection. */
export interface Channel {
  write(direction: Direction, members: WireObject, moment: Moment): Promise<ProtectedBytes>;
  /** @throws GatewayError of reading, and those of the signer. */
  read(
    direction: Direction,
    arrived: ArrivedBytes,
    moment: Omit<Moment, 'nonce'> & { readonly nonce?: string },
  ): ArrivedMembers;
}

/** Makes a channel. */
export function createChannel({ codec, protections, signedMember, isUnsigned }: ChannelParts): Channel {
  const sealing = protections.find(({ sealMessage }) => sealMessage !== undefined);
  const signing = protections.find(
    ({ signBody, verifyBody }) => signBody !== undefined || verifyBody !== undefined,
  );
  const parse = (direction: Direction, bytes: Uint8Array): FormMessage =>
    direction === 'request' ? codec.parseRequest(bytes) : codec.parseResponse(bytes);
  const format = (direction: Direction, members: WireObject): Uint8Array =>
    direction === 'request' ? codec.formatRequest(members) : codec.formatResponse(members);
  const plainType = (direction: Direction): string =>
    direction === 'request' ? codec.contentType : (codec.answerType ?? codec.contentType);

  const seal = (direction: Direction, members: WireObject, { now, nonce }: Moment): Uint8Array => {
    if (sealing?.sealMessage !== undefined) return sealing.sealMessage(members, { now, nonce });
    const name = signedMember[direction];
    const body = members[name];
    if (signing?.signBody === undefined || body === undefined) return format(direction, members);
    // The body goes last: its text stands in the message exactly as it was signed.
    const { [name]: _, ...envelope } = members;
    const signature = signing.signBody(createJsonForm().format(asNode(body, name)));
    return format(direction, { ...envelope, ...signature, [name]: body });
  };
  const open = (direction: Direction, bytes: Uint8Array): Omit<ArrivedMembers, 'nonce'> => {
    if (sealing?.openMessage !== undefined) {
      const { message, signed } = sealing.openMessage(bytes);
      return { members: message, proof: signed || isUnsigned ? 'signed' : 'unsigned' };
    }
    const { members, memberBytes } = parse(direction, bytes);
    if (signing?.verifyBody === undefined) return { members, proof: 'signed' };
    const name = signedMember[direction];
    const body = memberBytes?.(name);
    if (body === undefined || members[name] === null) return { members, proof: 'bodiless' };
    signing.verifyBody(members, body);
    return { members, proof: 'signed' };
  };
  return {
    async write(direction, members, moment) {
      const bytes = await whenSigned(() => seal(direction, members, moment));
      const contentType = sealing === undefined ? plainType(direction) : 'application/json; charset=UTF-8';
      const headers: Record<string, string> = {};
      for (const { headers: add } of protections) {
        if (add === undefined) continue;
        const made = await whenSigned(() => add({ direction, body: bytes, query: [], ...moment }));
        Object.assign(headers, made);
      }
      return { bytes, contentType, headers };
    },
    read(direction, { bytes, headers }, moment) {
      let nonce: string | undefined;
      for (const { checkHeaders } of protections) {
        nonce = checkHeaders?.(headers, { direction, body: bytes, query: [], ...moment }).nonce ?? nonce;
      }
      return { ...open(direction, bytes), ...(nonce === undefined ? {} : { nonce }) };
    },
  };
}

function asNode(value: WireObject[string], name: string): WireObject {
  if (isWireObject(value)) return value;
  const fault = {
    rule: 'type',
    at: `/${name}`,
    field: name,
    label: { zh: name, en: name },
    message: { zh: '被签名的成员应为对象。', en: 'The member that is signed must be an object.' },
  };
  throw new GatewayError('FORMAT_LIMIT', { faults: [fault] });
}
