/** 2401-2405 at the care place: admission, discharge, change, and the taking back of either. */
import { dateTime } from '../china-time.ts';
import { CARE_TYPES, nationalHead } from '../course.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { SettlementBook } from './settlement-book.ts';
import type { Visit, VisitBook } from './visit-book.ts';

type Refusal = { readonly refusal: string };

/** Whether a 医疗类别 is one of stays. */
const isInpatient = (medType: string): boolean => CARE_TYPES.inpatient.includes(nationalHead(medType));

const NEEDED_AT_ADMISSION = [
  'psn_no',
  'insutype',
  'begntime',
  'mdtrt_cert_type',
  'certno',
  'med_type',
  'ipt_no',
  'atddr_no',
  'adm_dept_codg',
  'adm_bed',
];

/** Admission to discharge. */
export function stayHandlers(
  book: VisitBook,
  settlements: SettlementBook,
): Readonly<Record<2401 | 2402 | 2403 | 2404 | 2405, TransactionHandler>> {
  const stayOf = (node: JsonObject): Visit | Refusal =>
    book.find(leaf(node, 'mdtrt_id'), leaf(node, 'psn_no'), 'inpatient');
  return {
    2401: (request) => admit(book, request),
    2402: ({ input }) => {
      const info = child(input, 'dscginfo');
      const stay = stayOf(info);
      return 'refusal' in stay ? stay : discharge(stay, { info, diagnoses: children(input, 'diseinfo') });
    },
    2403: ({ input }) => {
      const info = child(input, 'adminfo');
      const stay = stayOf(info);
      return 'refusal' in stay ? stay : change(stay, { info, diagnoses: children(input, 'diseinfo') });
    },
    2404: ({ input }) => {
      const stay = stayOf(child(input, 'data'));
      return 'refusal' in stay ? stay : cancelAdmission(stay);
    },
    2405: ({ input }) => {
      const stay = stayOf(child(input, 'data'));
      if ('refusal' in stay) return stay;
      if (stay.discharge === undefined) return { refusal: '该就诊未办理出院' };
      if (settlements.inForce(stay).some(({ data }) => leaf(data, 'mid_setl_flag') !== '1')) {
        return { refusal: '已出院结算，须先撤销结算（2305）' };
      }
      delete stay.discharge;
      return { output: null };
    },
  };
}

function admit(book: VisitBook, { input, envelope, now }: CoreRequest): CoreAnswer {
  const info = child(input, 'mdtrtinfo');
  const missing = missingMembers(info, NEEDED_AT_ADMISSION);
  if (missing !== undefined) return missing;
  const medType = leaf(info, 'med_type');
  if (!isInpatient(medType)) return { refusal: `医疗类别 ${medType} 不是住院类别` };
  const diagnoses = children(input, 'diseinfo');
  const refusal = mainDiagnosis(diagnoses);
  if (refusal !== undefined) return { refusal };
  const psnNo = leaf(info, 'psn_no');
  const present = book.ofPerson(psnNo).find(inHospital);
  if (present !== undefined) return { refusal: `该人员已在院：${present.id}` };
  const institution = leaf(envelope, 'fixmedins_code');
  const begins = withTime(leaf(info, 'begntime'));
  if (begins > dateTime(now)) return { refusal: `入院时间晚于当前时间：${begins}` };
  const stay = book.open(
    { psnNo, course: 'inpatient', institution, registration: info, medType, begins },
    { now },
  );
  stay.diagnoses = diagnoses;
  return { output: { result: { mdtrt_id: stay.id, exp_content: '' } } };
}

/** Whether the patient of a visit is in hospital. */
export function inHospital({ course, cancelled, discharge }: Visit): boolean {
  return course === 'inpatient' && !cancelled && discharge === undefined;
}

function mainDiagnosis(diagnoses: readonly JsonObject[]): string | undefined {
  const main = diagnoses.filter((row) => leaf(row, 'maindiag_flag') === '1').length;
  return main === 1 ? undefined : `须有且仅有一个主诊断，上送 ${main} 个`;
}

interface Told {
  readonly info: JsonObject;
  readonly diagnoses: readonly JsonObject[];
}

function discharge(stay: Visit, told: Told): CoreAnswer {
  if (stay.discharge !== undefined) return { refusal: '已办理出院，不能重复办理' };
  const missing = missingMembers(told.info, ['endtime', 'dscg_way', 'dscg_dept_codg']);
  if (missing !== undefined) return missing;
  if (withTime(leaf(told.info, 'endtime')) < stay.begins) {
    return { refusal: `出院时间早于入院时间：${stay.begins}` };
  }
  const refusal = mainDiagnosis(told.diagnoses);
  if (refusal !== undefined) return { refusal };
  stay.discharge = told;
  return { output: null };
}

/** Members sent replace the registered ones; diagnoses are replaced or added by their number. Source: 2403, rules. */
function change(stay: Visit, { info, diagnoses }: Told): CoreAnswer {
  if (stay.discharge !== undefined) return { refusal: '已办理出院，不能变更住院信息' };
  const medType = leaf(info, 'med_type') || (stay.medType ?? '');
  if (!isInpatient(medType)) return { refusal: `医疗类别 ${medType} 不是住院类别` };
  const numbered = new Map(
    [...stay.diagnoses, ...diagnoses].map((row) => [leaf(row, 'diag_srt_no'), row] as const),
  );
  const refusal = mainDiagnosis([...numbered.values()]);
  if (refusal !== undefined) return { refusal };
  const sent = Object.entries(info).filter(([name]) => leaf(info, name) !== '');
  // 2403 calls ipt_otp_no what is ipt_no in 2401.
  const number = leaf(info, 'ipt_otp_no') || leaf(stay.registration, 'ipt_no');
  stay.registration = { ...stay.registration, ...Object.fromEntries(sent), ipt_no: number };
  stay.medType = medType;
  stay.begins = withTime(leaf(info, 'begntime')) || stay.begins;
  stay.diagnoses = [...numbered.values()];
  return { output: null };
}

function cancelAdmission(stay: Visit): CoreAnswer {
  if (stay.discharge !== undefined) return { refusal: '已办理出院，须先撤销出院（2405）' };
  if (stay.lines.size > 0) return { refusal: '该住院已有费用，请先撤销费用明细（2302）' };
  stay.cancelled = true;
  return { output: null };
}

/** A date counts from its first second. */
function withTime(text: string): string {
  return text.length === 10 ? `${text} 00:00:00` : text;
}
