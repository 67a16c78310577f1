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
import { leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { readSoapCall, writeSoapResult } from '../tongues/own-soap.ts';
import type { OwnCall } from '../tongues/own-soap.ts';
import { attempt, openDoor } from './door.ts';
import type { Door } from './door.ts';
import { createNationalAsker, Refusal } from './national-asker.ts';
import { createPredecessorSteps } from './predecessor-steps.ts';

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

const PROFILE = 'predecessor-xml';

/** Opens the door on a free port of 127.0.0.1. */
export async function openPredecessorDoor(options: PredecessorDoorOptions): Promise<Door> {
  const { clock, change = {} } = options;
  const work = createWorker(options);
  return await openDoor(async ({ bytes }) => {
    const { call, output, refusal } = await answerOne(bytes);
    const result: OwnObject = {
      sign: '',
      transid: leaf(call?.input ?? {}, 'transid'),
      errorcode: refusal === undefined ? '0' : '-1',
      errormsg: refusal ?? '',
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
  const done = new Map<string, OwnObject | undefined>();
  const ask = createNationalAsker({ care, insured });
  // What a door that mends puts in place of what is missing.
  const memory = new Map(Object.entries(usual));

  /** Runs a step; a refusal that the door overlooks becomes a success that did nothing. */
  async function overlooking(
    transaction: string,
    run: () => Promise<OwnObject | undefined>,
  ): Promise<OwnObject | undefined> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof Refusal && change.overlooks?.includes(`${transaction}/${String(error.cause)}`))
        return {};
      throw error;
    }
  }

  const steps = createPredecessorSteps(change);

  return async ({ transaction, input }: OwnCall, now: number): Promise<OwnObject | undefined> => {
    const step = steps[transaction];
    if (step === undefined || change.refuses === transaction) throw new Refusal(`不受理交易 ${transaction}`);
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
      step(heard, async (infno, body, side) =>
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
  const closing = '</soapenv:Envelope>';
  const end = bytes.indexOf(closing);
  return end < 0 ? bytes : bytes.subarray(0, end + closing.length);
}
