/** Card reader and e-credential scanner behind a relay. Source: mobile-payment.json, electronicCredential and cards. */
import { GatewayError } from '@yiqiao/model';
import { createJsonForm, parseText } from '@yiqiao/wire';
import { readMembers } from '../adapter/member-reader.ts';
import { readPeripheral } from '../adapter/peripheral.ts';
import type { Relay, RelayAnswer } from './relay.ts';

/** A function of a library, and how its texts are written. */
export interface DeviceFunction {
  readonly library: string;
  readonly name: string;
  /** GBK when absent. */
  readonly charset?: 'GBK' | 'GB18030' | 'UTF-8';
  /** Further arguments: the address of the centre, a port. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** Functions that sources name. Source: schemas/peripheral/relay/devices.json, with how well each is attested. */
export type KnownDevice = 'cardReader' | 'credentialDecoder' | 'credentialDecoderOfReader';

interface DeviceFile {
  readonly functions: Readonly<
    Record<
      KnownDevice,
      {
        readonly library: string;
        readonly function: string;
        readonly charset: NonNullable<DeviceFunction['charset']>;
      }
    >
  >;
}

/** A function that sources name; `beside`: further arguments, such as the `url` of the centre. */
export function knownDevice(device: KnownDevice, beside: DeviceFunction['beside'] = {}): DeviceFunction {
  const {
    library,
    function: name,
    charset,
  } = readPeripheral<DeviceFile>('relay', 'devices').functions[device];
  return { library, name, charset, beside };
}

/** A card as the reader gives it. */
export interface ReadCard {
  /** Parts of the text between `|`, in order. Which is which differs and is not attested. */
  readonly parts: readonly string[];
  /** The same by the names of `layout`. */
  readonly named: Readonly<Record<string, string>>;
  /** `busiCardInfo`, as it comes. */
  readonly business: string;
}

/** How a card is read. */
export interface ReadCardOptions {
  /** Default: the known `cardReader`. */
  readonly device?: DeviceFunction;
  /** Names of the parts, in the order of your region's reader; `''` for those not wanted. */
  readonly layout?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Reads a card.
 * @throws GatewayError as `Relay.call`; `CARD_UNREADABLE` when the reader returns an error or fewer parts than the layout.
 */
export async function readCard(relay: Relay, options: ReadCardOptions = {}): Promise<ReadCard> {
  const { device = knownDevice('cardReader'), layout = [], signal } = options;
  const answer = await callDevice(relay, device, { bytes: new Uint8Array(), signal });
  const text = decode(answer, device);
  const code = answer.beside['return'] ?? '0';
  if (code !== '0') throw unreadable(code, answer.beside['errmsg'] ?? text);
  const parts = text.split('|');
  if (text === '' || parts.length < layout.length)
    throw unreadable('parts', `${parts.length} < ${layout.length}`);
  const named = layout.flatMap((name, index) => (name === '' ? [] : [[name, parts[index] ?? ''] as const]));
  return { parts, named: Object.fromEntries(named), business: answer.beside['busicardinfo'] ?? '' };
}

/** Who scans, and what for. Source: ec.query. */
export interface CredentialScan {
  /** 机构ID `orgId`. */
  readonly institution: string;
  /** 用码业务类型 `businessType`: 01101 registration, 01301 settlement, 02121 pharmacy, … */
  readonly businessType: string;
  readonly operator: { readonly id: string; readonly name: string };
  /** 医保科室 `officeId`, `officeName`. */
  readonly office: { readonly id: string; readonly name: string };
  readonly deviceType?: string;
}

/** A decoded e-credential. */
export interface DecodedCredential {
  /** 令牌 `ecToken`: goes as credential number of type 01. */
  readonly token: string;
  readonly identityNumber?: string;
  readonly identityType?: string;
  readonly name?: string;
  /** 参保地区编码 `insuOrg`. */
  readonly insuredRegion?: string;
}

/**
 * Has a code that is shown scanned and decoded.
 * @throws GatewayError as `Relay.call`; `UPSTREAM_REJECTED` with the decoder's words; `UPSTREAM_REPLY_UNUSABLE`.
 */
export async function decodeCredential(
  relay: Relay,
  scan: CredentialScan,
  options: { readonly device?: DeviceFunction; readonly signal?: AbortSignal } = {},
): Promise<DecodedCredential> {
  const { device = knownDevice('credentialDecoder'), signal } = options;
  const form = createJsonForm({ charset: device.charset ?? 'GBK' });
  const bytes = form.format({
    orgId: scan.institution,
    transType: 'ec.query',
    data: scanData(scan),
    extra: '',
  });
  const answer = await callDevice(relay, device, { bytes, signal });
  const returned = answer.beside['return'] ?? '0';
  try {
    return readMembers(form.parse(answer.bytes).members, (from) => {
      const code = from.optionalText('code') ?? returned;
      if (code !== '0') {
        const text = from.optionalText('message') ?? '';
        throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code, text } });
      }
      // One source has the members in `data`, others at the root.
      return from.raw('data') === undefined ? credentialOf(from) : from.node('data', credentialOf);
    });
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === 'UPSTREAM_REJECTED') throw cause;
    const facts = { why: cause instanceof GatewayError ? cause.code : 'not readable' };
    const faults = cause instanceof GatewayError ? cause.details.faults : undefined;
    const details = { facts, ...(faults === undefined ? {} : { faults }) };
    throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', details, { cause });
  }
}

type From = Parameters<Parameters<typeof readMembers>[1]>[0];

function credentialOf(from: From): DecodedCredential {
  const [identityNumber, identityType, name, insuredRegion] = ['idNo', 'idType', 'userName', 'insuOrg'].map(
    (one) => from.optionalText(one),
  );
  return {
    token: from.text('ecToken'),
    ...(identityNumber === undefined ? {} : { identityNumber }),
    ...(identityType === undefined ? {} : { identityType }),
    ...(name === undefined ? {} : { name }),
    ...(insuredRegion === undefined ? {} : { insuredRegion }),
  };
}

function scanData({
  institution,
  businessType,
  operator,
  office,
  deviceType,
}: CredentialScan): Record<string, string> {
  return {
    orgId: institution,
    businessType,
    operatorId: operator.id,
    operatorName: operator.name,
    officeId: office.id,
    officeName: office.name,
    ...(deviceType === undefined ? {} : { deviceType }),
  };
}

function callDevice(
  relay: Relay,
  { library, name, charset = 'GBK', beside = {} }: DeviceFunction,
  { bytes, signal }: { readonly bytes: Uint8Array; readonly signal: AbortSignal | undefined },
): Promise<RelayAnswer> {
  return relay.call(library, name, bytes, { beside, charset, ...(signal === undefined ? {} : { signal }) });
}

/** @throws GatewayError `UPSTREAM_REPLY_UNUSABLE` when the bytes are in another charset, UTF-8 in place of GBK above all. */
function decode({ bytes }: RelayAnswer, { charset = 'GBK' }: DeviceFunction): string {
  try {
    return parseText(bytes, charset);
  } catch (cause) {
    const faults = cause instanceof GatewayError ? cause.details.faults : undefined;
    const details = { facts: { why: 'CHARSET_WRONG' }, ...(faults === undefined ? {} : { faults }) };
    throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', details, { cause });
  }
}

function unreadable(code: string, text: string): GatewayError {
  return new GatewayError('CARD_UNREADABLE', { upstream: { code, text } });
}
