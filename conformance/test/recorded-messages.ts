/** Messages of a hospital as lines of a recording. */

/** A message: transaction, last digits of its msgid, body; and the answer's body, a refusal or nothing. */
export type Sent = readonly [
  infno: string,
  serial: string,
  input: object,
  output?: object | 'refused' | 'none',
  time?: string,
];

/** 发送方报文ID of every message but for its last four digits. */
export const MSGID = 'H5301000000120261120100000';

/** A recording, one line a message; sent on 2026-11-20, at 10:00 where no other time is given. */
export function lines(sent: readonly Sent[]): string {
  return sent
    .map(([infno, serial, input, output = {}, time = '10:00']) => {
      const request = JSON.stringify({
        infno,
        msgid: `${MSGID}${serial}`,
        mdtrtarea_admvs: '530100',
        insuplc_admdvs: '330100',
        inf_time: `2026-11-20 ${time}:00`,
        fixmedins_code: 'H53010000001',
        input,
      });
      const answer = JSON.stringify({
        infcode: output === 'refused' ? -1 : 0,
        inf_refmsgid: '530000202611201000000000000001',
        err_msg: output === 'refused' ? '不予受理' : '',
        output: output === 'refused' ? null : output,
      });
      return JSON.stringify({
        at: `2026-11-20 ${time}:00`,
        request,
        ...(output !== 'none' && { answer }),
      });
    })
    .join('\n');
}

/** `data` of a 2207 over 25.00. */
export const SETTLE = { mdtrt_id: 'V1', chrg_bchno: 'B1', psn_no: 'P1', medfee_sumamt: '25.00' };

/** 2207 with its answer. */
export const settle = (serial: string, output: Sent[3] = { setlinfo: { setl_id: 'S1' } }): Sent => [
  '2207',
  serial,
  { data: SETTLE },
  output,
];

/** 2601 of the 2207 with these last digits. */
export const reversal = (serial: string, of: string): Sent => [
  '2601',
  serial,
  { data: { psn_no: 'P1', omsgid: `${MSGID}${of}`, oinfno: '2207' } },
];

/** 2204 of one line. */
export const fee = (serial: string, amount: string, row = 'L1'): Sent => [
  '2204',
  serial,
  { feedetail: [{ mdtrt_id: 'V1', chrg_bchno: 'B1', feedetl_sn: row, det_item_fee_sumamt: amount }] },
  { result: [{ feedetl_sn: row, preselfpay_amt: '3.00' }] },
];

/** 2205 of a charge batch. */
export const withdrawn = (serial: string, batch: string): Sent => [
  '2205',
  serial,
  { data: { mdtrt_id: 'V1', chrg_bchno: batch } },
];

/** 2208 of a settlement. */
export const cancelled = (serial: string, setl: string): Sent => [
  '2208',
  serial,
  { data: { setl_id: setl } },
];
