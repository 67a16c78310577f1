/** National messages as a HIS writes them: every leaf is JSON text, so that a test can write what it likes. */
import { formatTime } from '@yiqiao/model';

/** Institutions that the test gateways know. */
export const SIGNING = 'H53010000001';
export const UNSIGNED = 'H53010000002';

/** Members by name → JSON text; `undefined` leaves one out. */
export type Leaves = Readonly<Record<string, string | undefined>>;

let sequence = 0;

/** A message id that no other message of this process has. */
export function newMessageId(): string {
  sequence += 1;
  return `${UNSIGNED}20260101000000${String(sequence).padStart(4, '0')}`;
}

/** A charge batch that has not been settled, as JSON text. */
function newBatch(): string {
  sequence += 1;
  return `"B${String(sequence).padStart(8, '0')}"`;
}

function members(leaves: Leaves): string {
  return Object.entries(leaves)
    .flatMap(([name, text]) => (text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]))
    .join(',');
}

/** A whole message; `input` is JSON text. Members of the envelope may be changed or left out. */
export function message(infno: string, input: string, envelope: Leaves = {}): string {
  return `{${members({
    infno: JSON.stringify(infno),
    msgid: JSON.stringify(newMessageId()),
    mdtrtarea_admvs: '"530100"',
    insuplc_admdvs: '"530100"',
    recer_sys_code: '"99"',
    infver: '"1.0.0"',
    opter_type: '"1"',
    opter: '"0001"',
    opter_name: '"测试经办"',
    inf_time: JSON.stringify(formatTime(Date.now())),
    fixmedins_code: JSON.stringify(UNSIGNED),
    fixmedins_name: '"示例医院"',
    sign_no: '"Q0001"',
    ...envelope,
    input,
  })}}`;
}

/** `input` of 2207 with some members of `data` changed. */
export function settlementInput(changes: Leaves = {}): string {
  return `{"data":{${members({
    psn_no: '"00000000000000000000000001"',
    mdtrt_cert_type: '"02"',
    mdtrt_cert_no: '"000000199001010018"',
    card_sn: '""',
    psn_cert_type: '"01"',
    certno: '"000000199001010018"',
    med_type: '"11"',
    medfee_sumamt: '12.50',
    psn_setlway: '"01"',
    mdtrt_id: '"S0001"',
    chrg_bchno: newBatch(),
    insutype: '"310"',
    acct_used_flag: '"0"',
    invono: '"F0001"',
    fulamt_ownpay_amt: '0',
    overlmt_selfpay: '0',
    preselfpay_amt: '0',
    inscp_scp_amt: '12.50',
    ...changes,
  })}}}`;
}

/** 2207 门诊结算. */
export function settlement(changes: Leaves = {}, envelope: Leaves = {}): string {
  return message('2207', settlementInput(changes), envelope);
}

/** 1101 人员信息获取, a reading message. */
export function identification(envelope: Leaves = {}): string {
  const data =
    '{"mdtrt_cert_type":"02","mdtrt_cert_no":"000000199001010018","psn_cert_type":"01","certno":"000000199001010018","psn_name":"测试甲"}';
  return message('1101', `{"data":${data}}`, envelope);
}
