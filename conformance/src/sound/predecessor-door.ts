/**
 * A door before national systems that speaks the predecessor's SOAP and XML: read, translated and answered by code of
 * the suite's own; nothing of the product's codecs and maps is used.
 */
import { formatTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { changeBody } from '../faulty/bodies.ts';
import type { DialectChange } from '../faulty/types.ts';
import { requiredOf } from '../kits/native-kit.ts';
import { child, children, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { readSoapCall, writeSoapResult } from '../tongues/own-soap.ts';
import type { OwnCall } from '../tongues/own-soap.ts';
import { openDoor } from './door.ts';
import type { Door } from './door.ts';
import { createNationalAsker, Refusal } from './national-asker.ts';
import type { AskNational } from './national-asker.ts';
import { feesOf, identityOf, settlementOf, visitOf } from './predecessor-terms.ts';

/** How the door is opened. */
export interface PredecessorDoorOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Addresses of the national systems behind it. */
  readonly care: string;
  readonly insured: string;
  readonly change?: DialectChange;
  /** The usual text of each element, for a change that mends. */
  readonly usual?: OwnObject;
}

/** A registration that is in force. */
interface Visit {
  readonly person: OwnObject;
  readonly recordNumber: string;
  /** Its settlement in force: id, and the transid of its charge. */
  settled?: { readonly id: string; readonly transid: string };
  /** Whether fee lines are on its account. */
  charged: boolean;
}

const PROFILE = 'predecessor-xml';

/** Opens the door on a free port of 127.0.0.1. */
export async function openPredecessorDoor(options: PredecessorDoorOptions): Promise<Door> {
  const { clock, change = {} } = options;
  const work = createWorker(options);
  return await openDoor(async ({ bytes }) => {
    const { call, output, refusal } = await answerOne(bytes);
    const told = refusal ?? '';
    const result: OwnObject = {
      sign: '',
      transid: leaf(call?.input ?? {}, 'transid'),
      errorcode: refusal === undefined ? '0' : '-1',
      errormsg: told,
      ...(output !== undefined && { output }),
    };
    return {
      bytes: writeSoapResult(spoilt(result, change), change.charset),
      contentType: 'text/xml; charset=GBK',
    };
  });

  async function answerOne(
    bytes: Buffer,
  ): Promise<{ readonly call?: OwnCall; readonly output?: OwnObject; readonly refusal?: string }> {
    const call = attempt(() => readSoapCall(change.hears === 'its-beginning' ? beginning(bytes) : bytes));
    if (call === undefined) return change.welcomes === true ? {} : { refusal: '报文不是合法的 SOAP/XML' };
    try {
      const output = await work(call, clock.now());
      return { call, ...(output !== undefined && { output }) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { call, refusal: error.message };
    }
  }
}

function createWorker({ registry, care, insured, usual = {}, change = {} }: PredecessorDoorOptions) {
  const visits = new Map<string, Visit>();
  const done = new Map<string, OwnObject | undefined>();
  const ask = createNationalAsker({ care, insured });
  // What a door that mends puts in place of what is missing.
  const memory = new Map(Object.entries(usual));

  /** Runs a handler; a refusal that the door overlooks becomes a success that did nothing. */
  async function overlooking(
    transaction: string,
    handle: () => Promise<OwnObject | undefined>,
  ): Promise<OwnObject | undefined> {
    try {
      return await handle();
    } catch (error) {
      if (error instanceof Refusal && change.overlooks?.includes(`${transaction}/${String(error.cause)}`))
        return {};
      throw error;
    }
  }

  const visitAt = (input: OwnObject): Visit => {
    const visit = visits.get(leaf(input, 'ykc700'));
    if (visit === undefined) throw new Refusal('未查询到就诊登记', { cause: 'visit' });
    return visit;
  };
  const ofSettlement = (found: (settled: NonNullable<Visit['settled']>) => boolean): Visit => {
    const visit = [...visits.values()].find(({ settled }) => settled !== undefined && found(settled));
    if (visit === undefined) throw new Refusal('未查询到结算信息', { cause: 'settlement' });
    return visit;
  };
  const handlers: Readonly<
    Record<string, (input: OwnObject, asking: AskNational) => Promise<OwnObject | undefined>>
  > = {
    '0211': async (input, asking) => identityOf(await identify(input, asking)),
    async '0212'(input, asking) {
      const person = await identify(input, asking);
      const [known] = [...visits].find(([, one]) => numberOf(one.person) === numberOf(person)) ?? [];
      if (change.reuses === true && known !== undefined) return { ykc700: known, ...identityOf(person) };
      const number = leaf(input, 'akc190');
      const registered = await asking('2201', visitOf(input, person), 'care');
      const id = leaf(child(registered, 'data'), 'mdtrt_id');
      visits.set(id, { person, recordNumber: number, charged: false });
      const [insurance = {}] = children(person, 'insuinfo');
      return { ykc700: id, ...identityOf(person), aae140: leaf(insurance, 'insutype') };
    },
    async '0214'(input, asking) {
      const visit = visitAt(input);
      if (visit.settled !== undefined && change.overlooks?.includes('0214/settled') !== true)
        throw new Refusal('该就诊已结算，请先回退结算', { cause: 'settled' });
      const { person, recordNumber } = visit;
      const data = {
        psn_no: numberOf(person),
        mdtrt_id: leaf(input, 'ykc700'),
        ipt_otp_no: recordNumber,
      };
      await asking('2202', { data }, 'care');
      visits.delete(leaf(input, 'ykc700'));
      return undefined;
    },
    async '0301'(input, asking) {
      const visit = visitAt(input);
      await asking('2204', feesOf(input, numberOf(visit.person)), 'care');
      visit.charged = true;
      return undefined;
    },
    async '0302'(input, asking) {
      const visit = visitAt(input);
      const data = {
        psn_no: numberOf(visit.person),
        mdtrt_id: leaf(input, 'ykc700'),
        chrg_bchno: '0000',
      };
      await asking('2205', { data }, 'care');
      return undefined;
    },
    async '0304'(input, asking) {
      const visit = visitAt(input);
      const { asked, told } = settlementOf(input, visit.person);
      const answer = await asking('2207', asked, 'insured');
      const output = told(answer);
      visit.settled = { id: leaf(output, 'aaz216'), transid: leaf(input, 'transid') };
      return output;
    },
    async '0305'(input, asking) {
      const visit = ofSettlement(({ id }) => id === leaf(input, 'aaz216'));
      const data = {
        psn_no: numberOf(visit.person),
        mdtrt_id: leaf(input, 'ykc700'),
        setl_id: leaf(input, 'aaz216'),
      };
      await asking('2208', { data }, 'insured');
      delete visit.settled;
      return undefined;
    },
    async '1301'(input, asking) {
      const visit = ofSettlement(({ transid }) => transid === leaf(input, 'otransid'));
      const data = { psn_no: numberOf(visit.person), omsgid: leaf(input, 'otransid'), oinfno: '2207' };
      await asking('2601', { data }, 'insured');
      if (change.keeps !== true) delete visit.settled;
      return undefined;
    },
  };

  return async ({ transaction, input }: OwnCall, now: number): Promise<OwnObject | undefined> => {
    const handler = handlers[transaction];
    if (handler === undefined || change.refuses === transaction)
      throw new Refusal(`不受理交易 ${transaction}`);
    const missing = requiredOf(registry, PROFILE, transaction).filter(
      (element) => leaf(input, element) === '',
    );
    if (missing.length > 0 && change.mends !== transaction) throw new Refusal(`缺少 ${missing.join('、')}`);
    const mended = { ...input, ...Object.fromEntries(missing.map((name) => [name, memory.get(name) ?? ''])) };
    // The same message once more is answered as before; a transid stands for one message.
    const key = `${transaction} ${leaf(input, 'transid')}`;
    if (done.has(key) && change.forgets !== true) return done.get(key);
    const heard =
      change.request?.of.includes(transaction) === true ? changeBody(mended, change.request, mended) : mended;
    const output = await overlooking(transaction, () =>
      handler(heard, async (infno, body, side) =>
        change.lies?.includes(transaction) === true
          ? {}
          : await ask({ infno, body, side, head: heard, time: formatTime(now) }),
      ),
    );
    for (const [name, value] of Object.entries({ ...heard, ...output })) memory.set(name, value);
    memory.set('otransid', leaf(input, 'transid'));
    const told = (change.answer ?? [])
      .filter(({ of }) => of.includes(transaction))
      .reduce<OwnObject | undefined>((body, one) => body && changeBody(body, one, input), output);
    done.set(key, told);
    return told;
  };
}

/** Person and insurances by 1101. */
async function identify(input: OwnObject, asking: AskNational): Promise<OwnObject> {
  const certno = leaf(input, 'aac044');
  const data = {
    mdtrt_cert_type: '02',
    mdtrt_cert_no: certno,
    card_sn: '',
    begntime: '',
    psn_cert_type: '01',
    certno,
    psn_name: '',
  };
  return await asking('1101', { data }, 'insured');
}

function numberOf(person: OwnObject): string {
  return leaf(child(person, 'baseinfo'), 'psn_no');
}

function spoilt(result: OwnObject, { envelope = {}, remove = [] }: DialectChange): OwnObject {
  const changed = {
    ...result,
    ...(leaf(result, 'errorcode') === (envelope['when'] ?? leaf(result, 'errorcode')) && envelope),
  };
  return Object.fromEntries(
    Object.entries(changed).filter(([name]) => name !== 'when' && !remove.includes(name)),
  );
}

/** The first of two documents. */
function beginning(bytes: Buffer): Buffer {
  const end = bytes.indexOf('</soapenv:Envelope>');
  return end < 0 ? bytes : bytes.subarray(0, end + '</soapenv:Envelope>'.length);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
