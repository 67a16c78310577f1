/** A receipt as text for a cashier: columns aligned for a fixed-width font where Chinese is two wide. */
import type { Receipt, ReceiptPayment, ReceiptSplit } from './receipt.ts';

const WIDTH = 96;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

const MED_TYPES: Readonly<Record<string, string>> = {
  11: '普通门诊',
  12: '门诊挂号',
  13: '急诊',
  14: '门诊慢特病',
  21: '普通住院',
  41: '定点药店购药',
};
const KINDS = { outpatient: '门诊', inpatient: '住院', pharmacy: '药店购药' };
const SCHEMES: Readonly<Record<string, string>> = { 310: '职工基本医疗保险', 390: '城乡居民基本医疗保险' };
const LEDGER_STATES = {
  settled: '已结算',
  cancelled: '已撤销',
  cancellation: '撤销（负）',
  reversed: '已冲正',
};

/** Columns a text takes: Chinese characters and full-width signs take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** Formats a receipt; lines end with `\n`, no line is wider than 96 columns unless a text of others is. */
export function formatReceipt(receipt: Receipt): string {
  const { institution, region, insuredPlace } = receipt;
  const head = [
    '='.repeat(WIDTH),
    centred(`跨省异地就医${KINDS[receipt.course]}结算单（${receipt.script}）`),
    centred(`${receipt.title.zh}`),
    '-'.repeat(WIDTH),
    twoColumns(
      `就诊机构 ${institution.name}（${institution.code}）`,
      `就医地 ${region}  参保地 ${insuredPlace}`,
    ),
    twoColumns(`姓名 ${receipt.patientName}`, `就诊凭证 ${receipt.credential.zh}`),
    twoColumns(`险种 ${named(receipt.scheme, SCHEMES)}`, `医疗类别 ${named(receipt.medType, MED_TYPES)}`),
    twoColumns(`就诊号 ${receipt.visitId}`, receipt.disease === undefined ? '' : `病种 ${receipt.disease}`),
  ];
  return [
    ...head,
    ...feeTable(receipt),
    ...payments(receipt),
    ...ending(receipt),
    '='.repeat(WIDTH),
    '',
  ].join('\n');
}

const COLUMNS = [32, 9, 7, 10, 9, 10, 9, 10] as const;

function feeTable({ lines, totals }: Receipt): string[] {
  if (lines.length === 0) return [];
  const split = (amounts: ReceiptSplit): string[] => [
    amounts.total,
    amounts.selfPaid,
    amounts.preSelfPaid,
    amounts.overLimit,
    amounts.inScope,
  ];
  return [
    '-'.repeat(WIDTH),
    row(['项目', '单价', '数量', '金额', '自费', '先行自付', '超限价', '范围内']),
    ...lines.map((line) => row([line.name, line.price, line.quantity, ...split(line)])),
    row(['合计', '', '', ...split(totals)]),
  ];
}

function payments({ trial, payment, charges }: Receipt): string[] {
  if (payment === undefined) return trial === undefined ? [] : ['-'.repeat(WIDTH), ...payers(trial)];
  return [
    '-'.repeat(WIDTH),
    twoColumns(`结算号 ${payment.setlId}`, `结算时间 ${payment.time}`),
    ...payers(payment),
    ...(charges > 1 ? [`收费次数 ${charges}（只有一次成立）`] : []),
  ];
}

function payers(payment: ReceiptPayment): string[] {
  const { funds, deductible, balance } = payment;
  return [
    amountRow('医疗费总额', payment.total),
    amountRow('  基金支付', payment.fundPaid, `起付线 ${deductible}`),
    ...funds.map(({ type, name, amount }) => amountRow(`    ${name} ${type}`, amount)),
    amountRow('  个人账户支付', payment.accountPaid, balance === undefined ? '' : `账户余额 ${balance}`),
    ...(payment.hospitalPaid === '0.00' ? [] : [amountRow('  医院负担', payment.hospitalPaid)]),
    amountRow('  个人现金支付', payment.cashPaid),
  ];
}

function ending({ outcome, ledger }: Receipt): string[] {
  return [
    '-'.repeat(WIDTH),
    `结果 ${outcome.zh}`,
    `     ${outcome.en}`,
    ...ledger.map(
      (entry) =>
        `台账 ${pad(LEDGER_STATES[entry.state], 12)}${pad(entry.setlId, 22)}` +
        `总额${padLeft(entry.total, 10)} 基金${padLeft(entry.fund, 10)}` +
        ` 账户${padLeft(entry.account, 9)} 现金${padLeft(entry.cash, 9)}`,
    ),
  ];
}

function named(code: string, names: Readonly<Record<string, string>>): string {
  return code === '' ? '' : `${names[code] ?? ''} ${code}`.trim();
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, at) => (at === 0 ? pad(cell, COLUMNS[0]) : padLeft(cell, COLUMNS[at] ?? 10)))
    .join('');
}

function amountRow(name: string, amount: string, note = ''): string {
  return `${pad(name, 50)}${padLeft(amount, 14)}${note === '' ? '' : `   ${note}`}`;
}

function twoColumns(left: string, right: string): string {
  return `${pad(left, 50)}${right}`.trimEnd();
}

function centred(text: string): string {
  return `${' '.repeat(Math.max(0, Math.floor((WIDTH - displayWidth(text)) / 2)))}${text}`;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}
