/** National messages of a stay, as the HIS of the test gateways writes them. */
import { formatTime } from '@yiqiao/model';
import { message } from './messages.ts';

/** The person of the stay. */
export const PATIENT = { personNumber: '33010000000000000000000003', certno: '000000198511210035' };

type Members = Readonly<Record<string, unknown>>;

const DOCTOR = { code: 'D530100000001', name: '测试医师' };

/** Writes the messages of a stay of somebody whose insured place is this one. */
export function stayMessages(insuredRegion: string) {
  const careRegion = '530100';
  const person = { psn_no: PATIENT.personNumber };
  const places = { insuplc_admdvs: insuredRegion, mdtrtarea_admvs: careRegion };
  const written = (infno: string, input: Members): string =>
    message(infno, JSON.stringify(input), { insuplc_admdvs: JSON.stringify(insuredRegion) });
  const today = (): string => formatTime(Date.now());
  const diagnosis = (): Members => ({
    ...person,
    diag_type: '1',
    maindiag_flag: '1',
    diag_srt_no: 1,
    diag_code: 'K35.900',
    diag_name: '急性阑尾炎',
    diag_dept: 'A03',
    dise_dor_no: DOCTOR.code,
    dise_dor_name: DOCTOR.name,
    diag_time: today(),
  });
  const account = (visit: string, total: number): Members => ({
    ...person,
    mdtrt_cert_type: '02',
    mdtrt_cert_no: PATIENT.certno,
    psn_cert_type: '01',
    certno: PATIENT.certno,
    psn_type: '11',
    psn_name: '测试丙',
    medfee_sumamt: total,
    psn_setlway: '01',
    mdtrt_id: visit,
    acct_used_flag: '0',
    insutype: '310',
    mid_setl_flag: '0',
    fulamt_ownpay_amt: 0,
    overlmt_selfpay: 0,
    preselfpay_amt: 0,
    inscp_scp_amt: total,
    ...places,
  });
  const keys = (visit: string): Members => ({ mdtrt_id: visit, ...person });
  return {
    /** 2401. */
    admission: (change: Members = {}): string =>
      written('2401', {
        mdtrtinfo: {
          ...person,
          insutype: '310',
          begntime: today(),
          mdtrt_cert_type: '02',
          mdtrt_cert_no: PATIENT.certno,
          cert_type: '01',
          certno: PATIENT.certno,
          med_type: '21',
          ipt_no: 'ZY1',
          medrcdno: 'BL1',
          atddr_no: DOCTOR.code,
          chfpdr_name: DOCTOR.name,
          adm_diag_dscr: '急性阑尾炎',
          adm_dept_codg: 'A03',
          adm_dept_name: 'A03',
          adm_bed: '01',
          dscg_maindiag_code: 'K35.900',
          dscg_maindiag_name: '急性阑尾炎',
          ...places,
          ...change,
        },
        diseinfo: [diagnosis()],
      }),
    /** 2301; each line is its number and amount. */
    fees: (visit: string, lines: Readonly<Record<string, number>>): string =>
      written('2301', {
        feedetail: Object.entries(lines).map(([number, amount]) => ({
          feedetl_sn: number,
          ...keys(visit),
          med_type: '21',
          fee_ocur_time: today(),
          med_list_codg: '003310020040000',
          medins_list_codg: 'L1',
          det_item_fee_sumamt: amount,
          cnt: 1,
          pric: amount,
          bilg_dept_codg: 'A03',
          bilg_dept_name: 'A03',
          bilg_dr_codg: DOCTOR.code,
          bilg_dr_name: DOCTOR.name,
          hosp_appr_flag: '1',
        })),
      }),
    /** 2302; `0000` is all lines. */
    withdrawal: (visit: string, ...numbers: string[]): string =>
      written('2302', { data: numbers.map((feedetl_sn) => ({ feedetl_sn, ...keys(visit) })) }),
    /** 2402. */
    discharge: (visit: string): string =>
      written('2402', {
        dscginfo: {
          ...keys(visit),
          insutype: '310',
          endtime: today(),
          dscg_dept_codg: 'A03',
          dscg_dept_name: 'A03',
          dscg_bed: '01',
          dscg_way: '1',
        },
        diseinfo: [{ ...diagnosis(), mdtrt_id: visit }],
      }),
    /** 2303. */
    trial: (visit: string, total: number): string => written('2303', { data: account(visit, total) }),
    /** 2304. */
    settlement: (visit: string, total: number, change: Members = {}): string =>
      written('2304', { data: { ...account(visit, total), invono: 'F1', ...change } }),
    /** 2305. */
    cancellation: (visit: string, settlement: string): string =>
      written('2305', { data: { ...keys(visit), setl_id: settlement } }),
    /** 2405. */
    dischargeUndone: (visit: string): string => written('2405', { data: keys(visit) }),
    /** 2404. */
    admissionUndone: (visit: string): string => written('2404', { data: keys(visit) }),
    /** 2601 of a message. */
    reversal: (infno: string, messageId: string): string =>
      written('2601', { data: { ...person, oinfno: infno, omsgid: messageId } }),
  };
}
