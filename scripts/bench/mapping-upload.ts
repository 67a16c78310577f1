/** What is measured of mapping: a fee upload (2204) of many lines; and JSONata's way to bring it into the model. */
import jsonata from 'jsonata';
import { ExactNumber } from '@yiqiao/model';
import type { CanonicalObject, WireObject } from '@yiqiao/model';
import type { DirectionMap } from '../../packages/mapping/src/index.ts';
import { createWireCodec } from '../../packages/wire/src/index.ts';
import type { WireCodec } from '../../packages/wire/src/index.ts';
import { ENOUGH } from './mapping-lines.ts';
import type { DerivedMap, FieldMap, Registry } from '../../packages/registry/src/index.ts';

/** `input` of a 2204, every field filled; `lines` of them. */
function feeUpload(lines: number): WireObject {
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

const ENVELOPE = { msgid: 'H00000000001202601010800000001' };

/** So many uploads, each as the gateway has it: read from bytes by the codec of the national form. */
export function readUploads(registry: Registry, { lines, count }: { lines: number; count: number }) {
  const codec = nationalCodec(registry);
  const bytes = codec.writeRequest({ transaction: '2204', envelope: ENVELOPE, body: feeUpload(lines) });
  return Array.from({ length: count }, () => codec.readRequest(bytes).body);
}

/** An upload the whole way: from bytes into the model, as a message is mapped right after it was read; and back. */
export function uploadOf(registry: Registry, map: DirectionMap, lines: number) {
  const codec = nationalCodec(registry);
  const bytes = codec.writeRequest({ transaction: '2204', envelope: ENVELOPE, body: feeUpload(lines) });
  const model = map.toModel(codec.readRequest(bytes).body);
  return {
    read: () => void map.toModel(codec.readRequest(bytes).body),
    write: () => {
      const body = map.toWire(model).body ?? {};
      codec.writeRequest({ transaction: '2204', envelope: ENVELOPE, body });
    },
  };
}

function nationalCodec(registry: Registry): WireCodec {
  return createWireCodec(registry.profile('national'), {
    limits: ENOUGH,
    layout: (number, direction) => registry.definition('national', number)?.[direction],
  });
}

/**
 * JSONata's way to the same, in the quickest of the ways tried: blanks left out, amounts in 分, decimals in their plain
 * form. Its numbers are floats, so it is told the amounts as text and is exact only while they are small.
 */
export function jsonataUpload(map: DerivedMap): (input: WireObject) => Promise<unknown> {
  const [node] = map.request;
  const names = (node?.fields ?? []).map(({ from, to, as }) => `"${to}": ${valueOf(from, as)}`);
  const compiled = jsonata(`{ "${node?.to}": ${node?.node}.{ ${names.join(', ')} } }`);
  return (input) => compiled.evaluate(input);
}

function valueOf(from: string, as: FieldMap['as']): string {
  if (as === 'fen') return `$string($round($number(${from}) * 100))`;
  return as === 'decimal' ? `$string($number(${from}))` : `${from}[$ != ""]`;
}

/** The same upload as JSONata takes it. */
export function plainUpload(upload: WireObject): WireObject {
  return JSON.parse(JSON.stringify(upload)) as WireObject;
}

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
