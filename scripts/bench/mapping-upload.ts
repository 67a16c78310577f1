/** What is measured of mapping: a fee upload (2204) of many lines, and two other ways to bring it into the model. */
import jsonata from 'jsonata';
import { ExactNumber, findDecimal, findFen, isWireObject, leafText } from '@yiqiao/model';
import type { CanonicalObject, CanonicalValue, WireObject, WireValue } from '@yiqiao/model';
import type { DerivedMap, FieldMap } from '@yiqiao/registry';

/** `input` of a 2204, every field filled; `lines` of them. */
export function feeUpload(lines: number): WireObject {
  return { feedetail: Array.from({ length: lines }, (_, index) => feeLine(index)) };
}

function feeLine(index: number): WireObject {
  const amount = (text: string): ExactNumber => new ExactNumber(text);
  return {
    feedetl_sn: amount(String(index + 1)),
    mdtrt_id: '00000020260101000001',
    psn_no: '00000000000000000000000001',
    chrg_bchno: 'B202601010001',
    dise_codg: '',
    rxno: 'R0001',
    rx_circ_flag: '0',
    fee_ocur_time: '2026-01-01 08:30:00',
    med_list_codg: 'XB05BAF001B002010100001',
    medins_list_codg: `L${index}`,
    det_item_fee_sumamt: amount('12.50'),
    cnt: amount('2'),
    pric: amount('6.25'),
    sin_dos_dscr: '每次1片',
    used_frqu_dscr: '每日两次',
    prd_days: amount('7'),
    medc_way_dscr: '口服',
    bilg_dept_codg: 'D01',
    bilg_dept_name: '内科',
    bilg_dr_codg: 'D530000000001',
    bilg_dr_name: '测试医师',
    acord_dept_codg: 'D02',
    acord_dept_name: '药房',
    orders_dr_code: 'D530000000002',
    orders_dr_name: '测试药师',
    hosp_appr_flag: '1',
    tcmdrug_used_way: '1',
    etip_flag: '0',
    etip_hosp_code: 'H00000000001',
    dscg_tkdrug_flag: '0',
    matn_fee_flag: '0',
    memo: '',
    comb_no: '001',
    exp_content: '{}',
  };
}

/**
 * JSONata's way to the same: blanks left out, amounts in 分, decimals in their plain form. Its numbers are floats, so
 * it is told the amounts as text and is exact only while they are small.
 */
export function jsonataUpload(map: DerivedMap): (input: WireObject) => Promise<unknown> {
  const [node] = map.request;
  const names = (node?.fields ?? []).map(
    ({ from, to, as }) => `"${to}": ${from} != "" ? ${valueOf(from, as)}`,
  );
  const compiled = jsonata(`{ "${node?.to}": ${node?.node}.{ ${names.join(', ')} } }`);
  return (input) => compiled.evaluate(input);
}

function valueOf(from: string, as: FieldMap['as']): string {
  if (as === 'fen') return `$string($round($number(${from}) * 100))`;
  return as === 'decimal' ? `$string($number(${from}))` : from;
}

/** The same upload as JSONata takes it. */
export function plainUpload(upload: WireObject): WireObject {
  return JSON.parse(JSON.stringify(upload)) as WireObject;
}

interface Mapped {
  readonly body: CanonicalObject;
  readonly carried: Record<string, WireValue>;
}

/** What somebody would write by hand for 2204 alone: the same values, blanks and odd members put aside as well. */
export function handWrittenUpload(input: WireObject): Mapped {
  const carried: Record<string, WireValue> = {};
  const feeLines: CanonicalObject[] = [];
  const rows = input['feedetail'];
  for (const [index, row] of (Array.isArray(rows) ? (rows as readonly WireValue[]) : []).entries()) {
    const pointer = `/feedetail/${index}`;
    if (isWireObject(row)) feeLines.push(handWrittenLine(row, pointer, carried));
    else carried[pointer] = row;
  }
  for (const name of Object.keys(input)) if (name !== 'feedetail') carried[`/${name}`] = input[name] ?? null;
  return { body: { feeLines }, carried };
}

type Line = Record<string, CanonicalValue>;

function handWrittenLine(row: WireObject, pointer: string, carried: Record<string, WireValue>): Line {
  const line: Line = {};
  for (const wire of Object.keys(row)) {
    const value = row[wire] as WireValue;
    const name = NAMES[wire];
    const read = name === undefined ? undefined : readLeaf(wire, value);
    if (name === undefined || read === undefined) carried[`${pointer}/${wire}`] = value;
    else line[name] = read;
  }
  return line;
}

function readLeaf(wire: string, value: WireValue): CanonicalValue | undefined {
  const text = leafText(value);
  if (text === undefined || text === '') return undefined;
  switch (wire) {
    case 'det_item_fee_sumamt':
      return findFen(text);
    case 'cnt':
    case 'pric':
    case 'prd_days':
      return findDecimal(text);
    default:
      return text;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  feedetl_sn: 'feeLineNumber',
  mdtrt_id: 'visitId',
  psn_no: 'personNumber',
  chrg_bchno: 'chargeBatch',
  dise_codg: 'diseaseCode',
  rxno: 'prescriptionNumber',
  rx_circ_flag: 'externalPrescription',
  fee_ocur_time: 'feeTime',
  med_list_codg: 'catalogueCode',
  medins_list_codg: 'institutionCatalogueCode',
  det_item_fee_sumamt: 'lineAmount',
  cnt: 'quantity',
  pric: 'price',
  sin_dos_dscr: 'doseDescription',
  used_frqu_dscr: 'frequencyDescription',
  prd_days: 'courseDays',
  medc_way_dscr: 'administrationRoute',
  bilg_dept_codg: 'billingDepartmentCode',
  bilg_dept_name: 'billingDepartmentName',
  bilg_dr_codg: 'billingDoctorCode',
  bilg_dr_name: 'billingDoctorName',
  acord_dept_codg: 'receivingDepartmentCode',
  acord_dept_name: 'receivingDepartmentName',
  orders_dr_code: 'receivingDoctorCode',
  orders_dr_name: 'receivingDoctorName',
  hosp_appr_flag: 'hospitalApproval',
  tcmdrug_used_way: 'tcmDrugUsage',
  etip_flag: 'externalExamination',
  etip_hosp_code: 'externalExaminationHospitalCode',
  dscg_tkdrug_flag: 'takeHomeMedicine',
  matn_fee_flag: 'maternityFee',
  memo: 'remark',
  comb_no: 'itemSetNumber',
  exp_content: 'extension',
};

/** What JSONata's answer must equal: the same leaves, amounts as text. */
export function asText(body: CanonicalObject): unknown {
  const lines = body['feeLines'] as readonly CanonicalObject[];
  return {
    feeLines: lines.map((line) =>
      Object.fromEntries(
        Object.entries(line).map(([name, value]) => [name, typeof value === 'bigint' ? `${value}` : value]),
      ),
    ),
  };
}
