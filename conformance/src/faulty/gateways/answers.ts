/** Answers that a faulty gateway makes up, and what tells answers and messages apart. */
import { child, leaf } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import { findMessage, writeSigned } from '../../counterparts/edit-message.ts';
import type { OnTheWay, Pass, PassingAnswer } from '../../counterparts/line.ts';
import type { OwnObject } from '../../run/own-reading.ts';

/** What a behaviour is made with. */
export interface BehaviourWorld {
  /** Who signs the messages that pass the line, and who the answers. */
  readonly signers: { readonly asker: SandboxKeys; readonly teller: SandboxKeys };
  /** What it is about; each behaviour says how it reads this. */
  readonly about: readonly string[];
}

/** Makes somebody on the line, with a memory of its own. */
export type LineBehaviour = (world: BehaviourWorld) => Pass;

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const NUMBER = '530000202611201000009999999999';
const TIME = '20261120100000000';

/** The envelope of a message; empty for bytes that are none. */
export function envelopeOf({ bytes }: Pick<OnTheWay, 'bytes'>): OwnObject {
  return findMessage(bytes) ?? {};
}

/** Transaction number of a message; empty for bytes that are none. */
export function infnoOf(message: Pick<OnTheWay, 'bytes'>): string {
  return leaf(envelopeOf(message), 'infno');
}

/** An answer that says yes, with an output as the transaction has it. */
export function madeUp(message: OnTheWay, teller: SandboxKeys): PassingAnswer {
  const envelope = envelopeOf(message);
  return answerOf({ infcode: 0, err_msg: '', output: outputOf(envelope) }, teller);
}

/** A refusal. */
export function refusal(text: string, teller: SandboxKeys): PassingAnswer {
  return answerOf({ infcode: -1, err_msg: text, output: null }, teller);
}

function answerOf(members: OwnObject, teller: SandboxKeys): PassingAnswer {
  const { infcode, err_msg, output } = members;
  const envelope = {
    infcode: infcode ?? 0,
    inf_refmsgid: NUMBER,
    refmsg_time: TIME,
    respond_time: TIME,
    err_msg: err_msg ?? '',
    cainfo: 'to be signed',
    signtype: 'SM2',
    output: output ?? null,
  };
  const bytes = writeSigned(envelope, { body: 'output', keys: teller });
  return { status: 200, headers: JSON_TYPE, bytes };
}

function outputOf(envelope: OwnObject): OwnObject | null {
  const data = child(child(envelope, 'input'), 'data');
  switch (leaf(envelope, 'infno')) {
    case '1101':
      return { baseinfo: { psn_no: '', psn_name: leaf(data, 'psn_name') }, insuinfo: [], idetinfo: [] };
    case '2206':
    case '2207':
      return { setlinfo: settledOf(envelope, data), setldetail: [] };
    default:
      return null;
  }
}

/** A settlement that nobody made: everything is the patient's to pay. */
function settledOf(envelope: OwnObject, data: OwnObject): OwnObject {
  const total = data['medfee_sumamt'] ?? 0;
  const kept = ['mdtrt_id', 'psn_no', 'certno', 'insutype', 'med_type', 'mdtrt_cert_type'];
  return {
    ...Object.fromEntries(kept.map((name) => [name, data[name] ?? ''])),
    setl_id: 'A3301002611209999999',
    setl_time: '2026-11-20 10:00:00',
    medfee_sumamt: total,
    fund_pay_sumamt: 0,
    hosp_part_amt: 0,
    psn_part_amt: total,
    acct_pay: 0,
    psn_cash_pay: total,
    medins_setl_id: leaf(envelope, 'msgid'),
  };
}

/** Whether an answer is a refusal in the form of the interface. */
export function isRefusal(answer: PassingAnswer | 'silence' | undefined): answer is PassingAnswer {
  return isAnswer(answer) && leaf(findMessage(answer.bytes) ?? {}, 'infcode') === '-1';
}

/** Whether an answer is a success in the form of the interface. */
export function isSuccess(answer: PassingAnswer | 'silence' | undefined): answer is PassingAnswer {
  return isAnswer(answer) && leaf(findMessage(answer.bytes) ?? {}, 'infcode') === '0';
}

function isAnswer(answer: PassingAnswer | 'silence' | undefined): answer is PassingAnswer {
  return answer !== undefined && answer !== 'silence' && answer.cutAfter === undefined;
}

/** The same message with members of its envelope set; a signature covers the body alone. */
export function withEnvelope(message: OnTheWay, members: OwnObject): OnTheWay {
  return { ...message, bytes: Buffer.from(JSON.stringify({ ...envelopeOf(message), ...members })) };
}
