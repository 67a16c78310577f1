/** Answers that somebody on a line makes up. */
import { child, leaf } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import { writeSigned } from '../../counterparts/edit-message.ts';
import type { OnTheWay, Pass, PassingAnswer } from '../../counterparts/line.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { envelopeOf } from '../on-the-way.ts';

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

/** An answer that says yes, with an output as the transaction has it. */
export function madeUp(message: OnTheWay, teller: SandboxKeys): PassingAnswer {
  const envelope = envelopeOf(message);
  return answerOf({ infcode: 0, err_msg: '', output: outputOf(envelope) }, teller);
}

/** A refusal. */
export function refusal(text: string, teller: SandboxKeys): PassingAnswer {
  return answerOf({ infcode: -1, err_msg: text, output: null }, teller);
}

function answerOf(
  said: { readonly infcode: 0 | -1; readonly err_msg: string; readonly output: OwnObject | null },
  teller: SandboxKeys,
): PassingAnswer {
  const head = { inf_refmsgid: NUMBER, refmsg_time: TIME, respond_time: TIME };
  const envelope = { ...said, ...head, cainfo: 'to be signed', signtype: 'SM2' };
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
