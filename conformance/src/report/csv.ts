/** The rows of the joint-test report for a spreadsheet: UTF-8 with a byte order mark, as office programs want it. */
import type { RunResults } from '../run/results.ts';

const HEAD = [
  '场景',
  '标题',
  '交易',
  '报文ID msgid',
  '结算ID setl_id',
  '时间',
  '毫秒',
  'infcode',
  '结果',
  '说明',
  '请求（已脱敏）',
  '应答（已脱敏）',
];

/** One row for each exchange. */
export function toCsv({ scenarios }: RunResults): string {
  const rows = scenarios.flatMap(({ id, title, status, exchanges, because }) => {
    const said = status === 'pass' ? '' : (because?.zh ?? '');
    if (exchanges.length === 0) return [[id, title.zh, '', '', '', '', '', '', status, said, '', '']];
    return exchanges.map(({ infno, msgid, setlId, at, ms, infcode, sent, received }) => [
      id,
      title.zh,
      infno,
      msgid,
      setlId ?? '',
      at,
      String(ms),
      infcode ?? '',
      status,
      said,
      sent ?? '',
      received ?? '',
    ]);
  });
  return `\ufeff${[HEAD, ...rows].map((row) => row.map((cell) => quoted(cell)).join(',')).join('\r\n')}\r\n`;
}

/** Quoted; a cell that a spreadsheet would take for a formula gets an apostrophe before it. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
