/**
 * A fee upload (2204) as somebody would bring it into the model who writes TypeScript for it alone, and well: each member
 * by its name, checked as the mapping checks it; what is blank or unknown is put aside.
 */
import { findDecimal, findFen, isWireObject, leafText } from '@yiqiao/model';
import type { CanonicalObject, CanonicalValue, WireObject, WireValue } from '@yiqiao/model';

/** The upload in the model, and what has no place there. */
export interface HandWritten {
  readonly body: CanonicalObject;
  readonly carried: Record<string, WireValue>;
}

type Line = Record<string, CanonicalValue>;

/** What of a line is not in the model. */
interface Aside {
  readonly at: string;
  readonly carried: Record<string, WireValue>;
  blank: string[] | undefined;
  /** Members met that have a name. */
  known: number;
}

/** Reads an upload. */
export function handWrittenUpload(input: WireObject): HandWritten {
  const carried: Record<string, WireValue> = {};
  const feeLines: Line[] = [];
  const rows = input['feedetail'];
  if (Array.isArray(rows)) {
    for (let index = 0; index < rows.length; index += 1) {
      const row = (rows as readonly WireValue[])[index] as WireValue;
      if (isWireObject(row)) feeLines.push(readLine(row, index, carried));
      else carried[`/feedetail/${index}`] = row;
    }
  } else if (rows !== undefined) carried['/feedetail'] = rows;
  for (const name in input) if (name !== 'feedetail') carried[`/${name}`] = input[name] ?? null;
  return { body: { feeLines }, carried };
}

function readLine(row: WireObject, index: number, carried: Record<string, WireValue>): Line {
  const line: Line = {};
  const aside: Aside = { at: `/feedetail/${index}`, carried, blank: undefined, known: 0 };
  readItem(row, line, aside);
  readDose(row, line, aside);
  readStaff(row, line, aside);
  readFlags(row, line, aside);
  let members = 0;
  for (const _ in row) members += 1;
  if (members > aside.known) leaveUnknown(row, aside);
  if (aside.blank !== undefined) carried[`#blank${aside.at}`] = aside.blank;
  return line;
}

function text(name: string, value: WireValue | undefined, aside: Aside): string | undefined {
  if (value === undefined) return undefined;
  aside.known += 1;
  const found = leafText(value);
  if (found !== undefined && found !== '') return found;
  leave(name, value, aside);
  return undefined;
}

function amount(name: string, value: WireValue | undefined, aside: Aside): bigint | undefined {
  const found = text(name, value, aside);
  const read = found === undefined ? undefined : findFen(found);
  if (read === undefined && found !== undefined) leave(name, value as WireValue, aside);
  return read;
}

function decimal(name: string, value: WireValue | undefined, aside: Aside): string | undefined {
  const found = text(name, value, aside);
  const read = found === undefined ? undefined : findDecimal(found);
  if (read === undefined && found !== undefined) leave(name, value as WireValue, aside);
  return read;
}

function leave(name: string, value: WireValue, aside: Aside): void {
  if (value === '') (aside.blank ??= []).push(name);
  else aside.carried[`${aside.at}/${name}`] = value;
}

function leaveUnknown(row: WireObject, aside: Aside): void {
  for (const name of Object.keys(row)) if (!NAMES.has(name)) leave(name, row[name] as WireValue, aside);
}

/** Whose line it is, and of what. */
function readItem(row: WireObject, line: Line, aside: Aside): void {
  let value: CanonicalValue | undefined;
  if ((value = text('feedetl_sn', row['feedetl_sn'], aside)) !== undefined) line['feeLineNumber'] = value;
  if ((value = text('mdtrt_id', row['mdtrt_id'], aside)) !== undefined) line['visitId'] = value;
  if ((value = text('psn_no', row['psn_no'], aside)) !== undefined) line['personNumber'] = value;
  if ((value = text('chrg_bchno', row['chrg_bchno'], aside)) !== undefined) line['chargeBatch'] = value;
  if ((value = text('dise_codg', row['dise_codg'], aside)) !== undefined) line['diseaseCode'] = value;
  if ((value = text('rxno', row['rxno'], aside)) !== undefined) line['prescriptionNumber'] = value;
  if ((value = text('rx_circ_flag', row['rx_circ_flag'], aside)) !== undefined)
    line['externalPrescription'] = value;
  if ((value = text('fee_ocur_time', row['fee_ocur_time'], aside)) !== undefined) line['feeTime'] = value;
  if ((value = text('med_list_codg', row['med_list_codg'], aside)) !== undefined)
    line['catalogueCode'] = value;
  if ((value = text('medins_list_codg', row['medins_list_codg'], aside)) !== undefined)
    line['institutionCatalogueCode'] = value;
}

/** What it costs, and how it is taken. */
function readDose(row: WireObject, line: Line, aside: Aside): void {
  let value: CanonicalValue | undefined;
  if ((value = amount('det_item_fee_sumamt', row['det_item_fee_sumamt'], aside)) !== undefined)
    line['lineAmount'] = value;
  if ((value = decimal('cnt', row['cnt'], aside)) !== undefined) line['quantity'] = value;
  if ((value = decimal('pric', row['pric'], aside)) !== undefined) line['price'] = value;
  if ((value = text('sin_dos_dscr', row['sin_dos_dscr'], aside)) !== undefined)
    line['doseDescription'] = value;
  if ((value = text('used_frqu_dscr', row['used_frqu_dscr'], aside)) !== undefined)
    line['frequencyDescription'] = value;
  if ((value = decimal('prd_days', row['prd_days'], aside)) !== undefined) line['courseDays'] = value;
}

/** Where and by whom. */
function readStaff(row: WireObject, line: Line, aside: Aside): void {
  let value: CanonicalValue | undefined;
  if ((value = text('medc_way_dscr', row['medc_way_dscr'], aside)) !== undefined)
    line['administrationRoute'] = value;
  if ((value = text('bilg_dept_codg', row['bilg_dept_codg'], aside)) !== undefined)
    line['billingDepartmentCode'] = value;
  if ((value = text('bilg_dept_name', row['bilg_dept_name'], aside)) !== undefined)
    line['billingDepartmentName'] = value;
  if ((value = text('bilg_dr_codg', row['bilg_dr_codg'], aside)) !== undefined)
    line['billingDoctorCode'] = value;
  if ((value = text('bilg_dr_name', row['bilg_dr_name'], aside)) !== undefined)
    line['billingDoctorName'] = value;
  if ((value = text('acord_dept_codg', row['acord_dept_codg'], aside)) !== undefined)
    line['receivingDepartmentCode'] = value;
  if ((value = text('acord_dept_name', row['acord_dept_name'], aside)) !== undefined)
    line['receivingDepartmentName'] = value;
  if ((value = text('orders_dr_code', row['orders_dr_code'], aside)) !== undefined)
    line['receivingDoctorCode'] = value;
  if ((value = text('orders_dr_name', row['orders_dr_name'], aside)) !== undefined)
    line['receivingDoctorName'] = value;
}

/** Marks, and the rest. */
function readFlags(row: WireObject, line: Line, aside: Aside): void {
  let value: CanonicalValue | undefined;
  if ((value = text('hosp_appr_flag', row['hosp_appr_flag'], aside)) !== undefined)
    line['hospitalApproval'] = value;
  if ((value = text('tcmdrug_used_way', row['tcmdrug_used_way'], aside)) !== undefined)
    line['tcmDrugUsage'] = value;
  if ((value = text('etip_flag', row['etip_flag'], aside)) !== undefined) line['externalExamination'] = value;
  if ((value = text('etip_hosp_code', row['etip_hosp_code'], aside)) !== undefined)
    line['externalExaminationHospitalCode'] = value;
  if ((value = text('dscg_tkdrug_flag', row['dscg_tkdrug_flag'], aside)) !== undefined)
    line['takeHomeMedicine'] = value;
  if ((value = text('matn_fee_flag', row['matn_fee_flag'], aside)) !== undefined)
    line['maternityFee'] = value;
  if ((value = text('memo', row['memo'], aside)) !== undefined) line['remark'] = value;
  if ((value = text('comb_no', row['comb_no'], aside)) !== undefined) line['itemSetNumber'] = value;
  if ((value = text('exp_content', row['exp_content'], aside)) !== undefined) line['extension'] = value;
}

const NAMES: ReadonlySet<string> = new Set([
  'feedetl_sn',
  'mdtrt_id',
  'psn_no',
  'chrg_bchno',
  'dise_codg',
  'rxno',
  'rx_circ_flag',
  'fee_ocur_time',
  'med_list_codg',
  'medins_list_codg',
  'det_item_fee_sumamt',
  'cnt',
  'pric',
  'sin_dos_dscr',
  'used_frqu_dscr',
  'prd_days',
  'medc_way_dscr',
  'bilg_dept_codg',
  'bilg_dept_name',
  'bilg_dr_codg',
  'bilg_dr_name',
  'acord_dept_codg',
  'acord_dept_name',
  'orders_dr_code',
  'orders_dr_name',
  'hosp_appr_flag',
  'tcmdrug_used_way',
  'etip_flag',
  'etip_hosp_code',
  'dscg_tkdrug_flag',
  'matn_fee_flag',
  'memo',
  'comb_no',
  'exp_content',
]);
