/** The sheet of a day: every difference as a line of CSV as it is found, everything together as JSON. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Difference, DifferenceClass } from './difference.ts';
import type { Proposal } from './proposal.ts';
import { SIDES } from './row.ts';

/** What became of a difference. */
export type Settlement =
  /** Nothing was done: a dry run, or for a person. */
  | 'open'
  /** Undone by 2601 or 2208. */
  | 'resolved'
  /** Tried before, or now without success: for a person. */
  | 'failed';

/** A difference with what is to be done and was done. */
export interface SheetItem {
  readonly difference: Difference;
  readonly proposal: Proposal;
  readonly settlement: Settlement;
  /** Code of what failed. */
  readonly code?: string;
}

const HEADER = [
  '类别 class',
  '结算ID setl_id',
  '退费 refd_setl_flag',
  '差异项 fields',
  ...['网关 gateway', '医院 HIS', '平台 platform'].flatMap((side) => [
    `${side} 医疗费总额`,
    `${side} 基金支付`,
    `${side} 个人账户`,
    `${side} 出处`,
  ]),
  '就诊ID mdtrt_id',
  '险种 insutype',
  '清算类别 clr_type',
  '报文ID msgid',
  '规则 rule',
  '处理 action',
  '结果 result',
  '说明 proposal',
];

/** A CSV file in UTF-8 with its mark at the beginning, as spreadsheets expect it; for its owner alone. */
export interface CsvSheet {
  add(item: SheetItem): void;
  close(): void;
}

/** Opens a sheet; one of the same name is replaced. */
export function openCsvSheet(file: string): CsvSheet {
  const fd = openSync(file, 'w', 0o600);
  writeSync(fd, `\uFEFF${HEADER.map(quoted).join(',')}\r\n`);
  return {
    add: (item) => void writeSync(fd, `${cellsOf(item).map(quoted).join(',')}\r\n`),
    close: () => closeSync(fd),
  };
}

/** Words for people. */
export const CLASS_TEXTS: Readonly<Record<DifferenceClass, { readonly zh: string; readonly en: string }>> = {
  'only-gateway': { zh: '仅网关有', en: 'only the gateway has it' },
  'only-his': { zh: '仅医院有', en: 'only the hospital has it' },
  'only-platform': { zh: '仅平台有', en: 'only the platform has it' },
  'missing-at-gateway': { zh: '网关无', en: 'the gateway has it not' },
  'missing-at-his': { zh: '医院无', en: 'the hospital has it not' },
  'missing-at-platform': { zh: '平台无', en: 'the platform has it not' },
  amounts: { zh: '金额不一致', en: 'other amounts' },
  state: { zh: '退费状态不一致', en: 'not cancelled everywhere' },
  identity: { zh: '就诊或人员不一致', en: 'another visit or person' },
};

function cellsOf({ difference, proposal, settlement, code }: SheetItem): readonly string[] {
  const { rows, settlementId, refund, fields } = difference;
  const said = (name: 'visitId' | 'insuranceType' | 'clearingType' | 'messageId'): string =>
    SIDES.map((side) => rows[side]?.[name] ?? '').find((value) => value !== '') ?? '';
  return [
    CLASS_TEXTS[difference.class].zh,
    settlementId,
    refund,
    fields.join(' '),
    ...SIDES.flatMap((side) => {
      const row = rows[side];
      return row === undefined ? ['', '', '', ''] : [row.total, row.fundPaid, row.accountPaid, row.place];
    }),
    said('visitId'),
    said('insuranceType'),
    said('clearingType'),
    said('messageId'),
    proposal.rule,
    proposal.action,
    code === undefined ? settlement : `${settlement} ${code}`,
    proposal.zh,
  ];
}

/** A cell that begins like a formula is made text: the file is opened in spreadsheets. */
function quoted(cell: string): string {
  const safe = /^[=+@\t\r]/.test(cell) || /^-[^\d.]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
