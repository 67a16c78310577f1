/** The two ways in: gm-envelope under /epc/api (D001 to D007), national envelope (7101 to 7211). */
import type { Clock } from '@yiqiao/model';
import { createAnswerWriter } from '../../core-answer.ts';
import { child, findMessage, leaf, rawMember } from '../../national-message.ts';
import type { JsonObject, JsonValue } from '../../national-message.ts';
import { verifyText } from '../../sm2-signature.ts';
import type { SandboxKeys } from '../../sm2-signature.ts';
import { openEnvelope, sealEnvelope } from '../gm-envelope.ts';
import type { EnvelopeSettings } from '../gm-envelope.ts';
import type { PlatformBend } from '../platform-bend.ts';
import type { CentreAnswer, CentreRequest } from './hospital-desk.ts';
import { refuse } from './refusals.ts';
import type { CentreRefusal } from './refusals.ts';

/** An institution that the centre knows. */
export interface CentreCaller {
  /** 定点医药机构编号. */
  readonly institution: string;
  readonly appId: string;
  readonly appSecret: string;
  /** Its public key (hex). */
  readonly publicKey: string;
  /** Where it wants to be told of audits and dispensings; in the gm-envelope form the path is added. */
  readonly notifyUrl?: string;
  /** The form of what it is told; `epc` when absent. */
  readonly notifyAs?: 'epc' | 'national';
}

/** A message of either kind. */
export interface CentreMessage extends CentreRequest {
  /** National number of the operation; of D001 it is 7101. */
  readonly operation: string;
  readonly id: string;
  readonly dialect: 'epc' | 'national';
  readonly caller?: CentreCaller;
  readonly refused?: CentreRefusal;
}

/** Paths of the operations. Up to 7107 two sources, 7211 one source; the others are project design. */
const PATHS: Readonly<Record<string, string>> = {
  '7101': 'uploadChk',
  '7102': 'rxFixmedinsSign',
  '7103': 'rxFileUpld',
  '7104': 'rxUndo',
  '7105': 'hospRxDetlQuery',
  '7106': 'rxChkInfoQuery',
  '7107': 'rxSetlInfoQuery',
  '7201': 'rxCircAuth',
  '7202': 'rxCircQuery',
  '7203': 'rxQrcdDecode',
  '7204': 'rxDownload',
  '7205': 'rxSignVerify',
  '7206': 'rxChkInfoUpld',
  '7207': 'rxSaleDetlUpld',
  '7208': 'rxSaleDetlUndo',
  '7209': 'rxDelvSync',
  '7210': 'rxDelvCfm',
  '7211': 'circDrugQuery',
};

const EPC = '/epc/api/fixmedins/';
const OPERATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PATHS).map(([number, path]) => [`${EPC}${path}`, number]),
);

/** Names that 7105 spells otherwise than D005. Source: transactions/7105, rx-circulation D005. */
const SPELLED: Readonly<Record<string, string>> = { iptOtpNo: 'iptOpNo', suckPrdFlag: 'suckPrdFag' };

/** Reads and writes at both doors. */
export interface Doors {
  read(bytes: Buffer, path: string): CentreMessage;
  write(message: CentreMessage, answer: CentreAnswer, how: { readonly stranger: boolean }): Buffer;
  settingsOf(caller: CentreCaller): EnvelopeSettings;
}

/** What doors are made of. */
export interface DoorParts {
  readonly keys: SandboxKeys;
  readonly callers: readonly CentreCaller[];
  readonly clock: Clock;
  readonly bend?: PlatformBend | undefined;
}

/** Opens both doors. `keys` are the centre's. */
export function createDoors({ keys, callers, clock, bend }: DoorParts): Doors {
  const settingsOf = ({ appId, appSecret, publicKey }: CentreCaller): EnvelopeSettings => ({
    ...keys,
    appId,
    appSecret,
    peerPublicKey: publicKey,
  });
  const writer = createAnswerWriter({ region: '000000', clock, signing: keys });

  function readEpc(bytes: Buffer, path: string): CentreMessage {
    const now = clock.now();
    const operation = OPERATIONS[path] ?? '';
    const appId = leaf(findMessage(bytes.toString('utf8')) ?? {}, 'appId');
    const caller = callers.find((one) => one.appId === appId);
    const base = { operation, id: '', dialect: 'epc', now, body: {}, institution: '' } as const;
    if (caller === undefined) return { ...base, refused: refuse('signature', '应用未登记') };
    const opened = openEnvelope(settingsOf(caller), bytes, bend?.trusts);
    const known = { ...base, caller, institution: caller.institution };
    if ('refusal' in opened) return { ...known, refused: refuse('signature', opened.refusal) };
    return { ...known, id: JSON.stringify(opened.data), body: opened.data };
  }

  function readNational(bytes: Buffer): CentreMessage {
    const now = clock.now();
    const text = bytes.toString('utf8');
    const envelope = findMessage(text) ?? {};
    const institution = leaf(envelope, 'fixmedins_code');
    const caller = callers.find((one) => one.institution === institution);
    const { data: _, ...nodes } = child(envelope, 'input');
    const message = {
      operation: leaf(envelope, 'infno'),
      id: leaf(envelope, 'msgid'),
      dialect: 'national' as const,
      now,
      institution,
      body: { ...nodes, ...child(child(envelope, 'input'), 'data') },
    };
    if (caller === undefined) return { ...message, refused: refuse('institution') };
    const isRight = verifyText(rawMember(text, 'input') ?? '', leaf(envelope, 'cainfo'), {
      ...keys,
      peerPublicKey: caller.publicKey,
    });
    return { ...message, caller, ...(!isRight && { refused: refuse('signature') }) };
  }

  return {
    settingsOf,
    read: (bytes, path) => (path.startsWith('/epc/') ? readEpc(bytes, path) : readNational(bytes)),
    write(message, answer, { stranger }) {
      if (message.dialect === 'national') {
        return writer.write(nationalAnswer(message.operation, answer), { msgid: message.id, stranger });
      }
      const settings = message.caller === undefined ? undefined : settingsOf(message.caller);
      const members = epcMembers(answer);
      if (settings === undefined) return Buffer.from(JSON.stringify(members));
      const data = 'body' in answer ? answer.body : {};
      return sealEnvelope(settings, { members, data, now: clock.now(), stranger });
    },
  };
}

function epcMembers(answer: CentreAnswer): JsonObject {
  return 'refusal' in answer
    ? { code: Number(answer.refusal.code), message: answer.refusal.text, success: false, type: 'error' }
    : { code: 0, message: '成功', success: true, type: 'success' };
}

/** Where a national envelope has no place for a number, it stands before the text. Project design. */
function nationalAnswer(
  operation: string,
  answer: CentreAnswer,
): { readonly output: JsonObject } | { readonly refusal: string } {
  if ('refusal' in answer) return { refusal: `[${answer.refusal.code}] ${answer.refusal.text}` };
  const nodes: Record<string, JsonValue | undefined> = {};
  const data: Record<string, JsonValue | undefined> = {};
  for (const [name, value] of Object.entries(answer.body)) {
    const isNode = typeof value === 'object' && value !== null && !('rawJSON' in value);
    (isNode ? nodes : data)[name] = isNode && operation === '7105' ? respelled(value) : value;
  }
  return { output: { data, ...nodes } };
}

function respelled(node: JsonValue): JsonValue {
  if (Array.isArray(node) || typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [SPELLED[name] ?? name, value]));
}
