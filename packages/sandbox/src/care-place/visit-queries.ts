/** 5201-5204 and 5303 at the care place: visits, diagnoses, settlements, fee lines, who is in hospital. */
import { date, dateTime } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { limited, splitMembers } from '../fee-line.ts';
import type { FeeLine } from '../fee-line.ts';
import { findSandboxPerson } from '../insured-place/persons.ts';
import { listTypeOf } from '../list-type.ts';
import { amountNumber, child, leaf, sentNumber } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { personOfCertificate } from '../person-of-certificate.ts';
import type { SettlementBook, SettlementEntry } from './settlement-book.ts';
import { inHospital } from './stays.ts';
import type { Visit, VisitBook } from './visit-book.ts';

/** Queries about the institution's own visits. */
export function visitQueryHandlers(
  book: VisitBook,
  settlements: SettlementBook,
): Readonly<Record<string, TransactionHandler>> {
  return {
    5201: (request) => listVisits(request, { book, settlements }),
    5202: ({ input }) => {
      const data = child(input, 'data');
      const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'));
      return 'refusal' in visit ? visit : { output: { diseinfo: diagnosesOf(visit) } };
    },
    5203: ({ input }) => {
      const entry = findEntry(settlements, child(input, 'data'));
      if ('refusal' in entry) return entry;
      return { output: { setlinfo: settlementRow(entry), setldetail: entry.details } };
    },
    5204: ({ input }) => {
      const entry = findEntry(settlements, child(input, 'data'));
      return 'refusal' in entry ? entry : { output: feeRows(entry) };
    },
    5303: (request) => listInHospital(request, { book, settlements }),
  };
}

/** Whether a time is in the range of a query; a range covers its last day. Source: envelope, rules. */
function isWithin(time: string, data: JsonObject): boolean {
  const end = leaf(data, 'endtime');
  return (
    leaf(data, 'begntime') <= time && (end === '' || time <= (end.length === 10 ? `${end} 23:59:59` : end))
  );
}

interface Books {
  readonly book: VisitBook;
  readonly settlements: SettlementBook;
}

function listVisits({ input, envelope, now }: CoreRequest, { book, settlements }: Books): CoreAnswer {
  const data = child(input, 'data');
  const [medType, id] = [leaf(data, 'med_type'), leaf(data, 'mdtrt_id')];
  const found = book
    .ofPerson(leaf(data, 'psn_no'))
    .filter(
      (visit) =>
        !visit.cancelled &&
        visit.institution === leaf(envelope, 'fixmedins_code') &&
        (id === '' || visit.id === id) &&
        (medType === '' || visit.medType === medType) &&
        isWithin(visit.begins, data),
    );
  return { output: { mdtrtinfo: found.map((visit) => visitRow(visit, { settlements, now })) } };
}

interface Asked {
  readonly settlements: SettlementBook;
  readonly now: number;
}

/**
 * Who the patient is: 2401 tells neither name nor 人员类别, the answer to a settlement does. Before that they are as
 * the insured place has registered them, which a care place learns beside the messages seen here.
 */
function personMembers(visit: Visit, { settlements, now }: Asked): JsonObject {
  const told = { ...visit.registration, ...settlements.inForce(visit)[0]?.info };
  const registered = findSandboxPerson(visit.psnNo);
  return {
    psn_no: visit.psnNo,
    psn_cert_type: leaf(told, 'psn_cert_type') || leaf(told, 'cert_type') || '01',
    certno: leaf(told, 'certno'),
    psn_name: leaf(told, 'psn_name') || (registered?.name ?? ''),
    psn_type: leaf(told, 'psn_type') || (registered?.personType ?? ''),
    ...personOfCertificate(leaf(told, 'certno'), date(now)),
  };
}

function visitRow(visit: Visit, asked: Asked): JsonObject {
  const { registration, discharge, course } = visit;
  const admitted = course === 'inpatient';
  const taken = (names: readonly string[], from: JsonObject): JsonObject =>
    Object.fromEntries(names.map((name) => [name, leaf(from, name)]));
  return {
    mdtrt_id: visit.id,
    ...personMembers(visit, asked),
    ...taken(['coner_name', 'tel', 'insutype', 'mdtrt_cert_type'], registration),
    cvlserv_flag: '0',
    begntime: visit.begins,
    endtime: discharge === undefined ? (admitted ? '' : visit.begins) : leaf(discharge.info, 'endtime'),
    med_type: visit.medType ?? '',
    ipt_otp_no: leaf(registration, 'ipt_no') || leaf(registration, 'ipt_otp_no'),
    ...taken(['atddr_no', 'dise_codg', 'dise_name'], registration),
    ...(admitted && {
      ...taken(
        [
          'medrcdno',
          'chfpdr_name',
          'adm_dept_codg',
          'adm_dept_name',
          'adm_bed',
          'dscg_maindiag_code',
          'dscg_maindiag_name',
          'main_cond_dscr',
        ],
        registration,
      ),
      ...taken(
        ['dscg_dept_codg', 'dscg_dept_name', 'dscg_bed', 'dscg_way', 'die_date'],
        discharge?.info ?? {},
      ),
      inhosp_stas: discharge === undefined ? '1' : '0',
    }),
  };
}

function diagnosesOf(visit: Visit): readonly JsonObject[] {
  const rows = (diagnoses: readonly JsonObject[], inOut: '1' | '2'): readonly JsonObject[] =>
    diagnoses.map((row, at) => ({
      ...row,
      diag_info_id: `${visit.id}${inOut}${String(at + 1).padStart(2, '0')}`,
      mdtrt_id: visit.id,
      psn_no: visit.psnNo,
      inout_diag_type: inOut,
      maindiag_flag: leaf(row, 'maindiag_flag') || (at === 0 ? '1' : '0'),
    }));
  return [...rows(visit.diagnoses, '1'), ...rows(visit.discharge?.diagnoses ?? [], '2')];
}

function findEntry(
  settlements: SettlementBook,
  data: JsonObject,
): SettlementEntry | { readonly refusal: string } {
  const entry = settlements.find(leaf(data, 'setl_id'));
  const same = entry?.visit.psnNo === leaf(data, 'psn_no') && entry.visit.id === leaf(data, 'mdtrt_id');
  if (entry === undefined || !same) return { refusal: `未查询到结算信息：${leaf(data, 'setl_id')}` };
  return entry.state === 'reversed' ? { refusal: '该结算已冲正' } : entry;
}

/** `setlinfo` as the insured place answered it, with what 5203 names otherwise or adds. */
function settlementRow({ visit, info, ...entry }: SettlementEntry): JsonObject {
  const { psn_part_amt, psn_cash_pay, ...others } = info;
  const time = leaf(info, 'setl_time');
  return {
    ...others,
    setl_id: entry.setlId,
    mdtrt_id: visit.id,
    pay_loc: '4',
    fixmedins_code: entry.institution,
    fixmedins_name: entry.institutionName,
    begndate: visit.begins.slice(0, 10),
    enddate: (leaf(visit.discharge?.info ?? {}, 'endtime') || time).slice(0, 10),
    insutype: entry.scheme,
    clr_type: entry.clearingType,
    psn_pay: psn_part_amt ?? amountNumber(0n),
    cash_payamt: psn_cash_pay ?? amountNumber(0n),
    refd_setl_flag: entry.cancels === undefined ? '0' : '1',
    year: time.slice(0, 4),
    invono: leaf(entry.data, 'invono'),
  };
}

function feeRows({ bill, visit, setlId }: SettlementEntry): readonly JsonObject[] {
  return bill.lines.map((line) => feeRow(line, { visit, setlId }));
}

function feeRow(
  line: FeeLine,
  { visit, setlId }: { readonly visit: Visit; readonly setlId: string },
): JsonObject {
  const { raw, item } = line;
  const code = leaf(raw, 'med_list_codg');
  const name = item?.name ?? '目录外项目';
  const days = leaf(raw, 'prd_days');
  return {
    mdtrt_id: visit.id,
    setl_id: setlId,
    feedetl_sn: line.number,
    rx_drord_no: leaf(raw, 'drord_no') || leaf(raw, 'rxno'),
    med_type: visit.medType ?? '',
    fee_ocur_time: leaf(raw, 'fee_ocur_time'),
    ...(days !== '' && { prd_days: sentNumber(days) }),
    ...splitMembers(line),
    lmt_used_flag: limited(line),
    hilist_code: code,
    hilist_name: name,
    list_type: listTypeOf(code),
    med_list_codg: code,
    medins_list_codg: leaf(raw, 'medins_list_codg'),
    medins_list_name: name,
    dosform_name: '/',
    bilg_dept_codg: leaf(raw, 'bilg_dept_codg'),
    bilg_dept_name: leaf(raw, 'bilg_dept_name'),
    bilg_dr_codg: leaf(raw, 'bilg_dr_codg'),
    bilg_dr_name: leaf(raw, 'bilg_dr_name'),
    hosp_appr_flag: leaf(raw, 'hosp_appr_flag'),
  };
}

function listInHospital({ input, envelope, now }: CoreRequest, { book, settlements }: Books): CoreAnswer {
  const data = child(input, 'data');
  const psnNo = leaf(data, 'psn_no');
  const today = dateTime(now);
  const rows: JsonObject[] = [];
  for (const visit of psnNo === '' ? book.all() : book.ofPerson(psnNo)) {
    const ours = visit.institution === leaf(envelope, 'fixmedins_code');
    if (!ours || !inHospital(visit) || !isWithin(visit.begins, data) || visit.begins > today) continue;
    const { psn_type: _, ...person } = personMembers(visit, { settlements, now });
    rows.push({
      mdtrt_id: visit.id,
      ...person,
      insutype: leaf(visit.registration, 'insutype'),
      begndate: visit.begins.slice(0, 10),
      med_type: visit.medType ?? '',
      ipt_otp_no: leaf(visit.registration, 'ipt_no'),
      out_flag: '1',
    });
  }
  return { output: { data: rows } };
}
