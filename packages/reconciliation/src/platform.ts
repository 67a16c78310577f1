/** The platform's side: 3201 for totals, 9101, 3202 and 9102 for details, 2601 and 2208 for what is to be undone. */
import { GatewayError } from '@yiqiao/sdk';
import type { Client } from '@yiqiao/sdk';
import { fenOf, normalAmount, yuanOf } from './amounts.ts';
import type { Sums } from './amounts.ts';
import type { InputFaults } from './faults.ts';
import type { KnownExchange } from './proposal.ts';
import type { Row } from './row.ts';
import type { Group } from './totals.ts';
import { unzipOnly, zipText } from './zip-file.ts';

/** What 3201 answered for a group. */
export interface TotalsVerdict {
  /** 对账结果 `stmt_rslt` 0. */
  readonly agrees: boolean;
  /** 对账结果说明, in the platform's words. */
  readonly text: string;
}

/** Asks the platform. Each call rejects as `Client.call`. */
export interface Platform {
  compareTotals(group: Group): Promise<TotalsVerdict>;
  /** The platform's rows of one 清算类别, found by sending ours. */
  compareDetails(clearingType: string, rows: readonly Row[], take: (row: Row) => void): Promise<void>;
  /** 2601 for a message that the caller was not told as done. */
  reverse(exchange: KnownExchange): Promise<void>;
  /** 2208 for a settlement. */
  cancel(settlement: Row): Promise<void>;
}

/** How a platform is asked. */
export interface PlatformSettings {
  readonly client: Client;
  /** 定点医药机构. */
  readonly institution: string;
  /** 结算经办机构 `setl_optins`. */
  readonly settlementAgency: string;
  readonly day: string;
  readonly faults: InputFaults;
}

/** Columns of the platform's result file. Source: transactions/3202, files. */
const RESULT_CELLS = 10;

/** Asks by a client of the SDK. */
export function createPlatform(settings: PlatformSettings): Platform {
  const { client, institution, settlementAgency, day } = settings;
  const period = { settlementAgency, reconciliationBeginDate: day, reconciliationEndDate: day };
  return {
    async compareTotals(group) {
      const { body } = await client.call('reconcileTotals', {
        ...period,
        insuranceType: group.insuranceType,
        clearingType: group.clearingType,
        total: yuanOf(group.total),
        fundPaid: yuanOf(group.fundPaid),
        accountPaid: yuanOf(group.accountPaid),
        institutionSettlementCount: String(group.count),
        institutionRefundSettlement: ALL_ROWS,
      });
      const { reconciliationResult, reconciliationResultDescription = '' } = body;
      return { agrees: reconciliationResult === '0', text: reconciliationResultDescription };
    },
    async compareDetails(clearingType, rows, take) {
      const name = `reconcile-${day}-${clearingType}`;
      const archive = zipText(`${name}.txt`, rows.map(requestLine).join('\n'));
      const uploaded = await client.call(
        'uploadFile',
        { fileName: `${name}.zip`, institutionCode: institution },
        { carried: { '/fsUploadIn/in': archive.toString('base64') } },
      );
      const sums = sumsOf(rows);
      const { body } = await client.call('reconcileDetails', {
        ...period,
        fileQueryNumber: uploaded.body.fileQueryNumber,
        total: yuanOf(sums.total),
        fundPaid: yuanOf(sums.fundPaid),
        cashPaidAmount: yuanOf(sums.cashPaid),
        institutionSettlementCount: String(rows.length),
        clearingType,
        institutionRefundSettlement: ALL_ROWS,
      });
      const text = await download(settings, body);
      readResult(text, { clearingType, name: body.fileName, faults: settings.faults, institution, take });
    },
    async reverse({ personNumber, messageId, transaction }) {
      await client.call('reverseTransaction', {
        personNumber,
        originalMessageId: messageId,
        originalTransaction: transaction,
      });
    },
    async cancel({ settlementId, visitId, personNumber }) {
      await client.call('cancelOutpatientSettlement', { settlementId, visitId, personNumber });
    },
  };
}

/** Value of `fixmedins_refd_setl_flag` for settlements and cancellations together. Inferred: one source, no value set. */
const ALL_ROWS = '0';

async function download(
  { client, institution }: PlatformSettings,
  { fileQueryNumber, fileName }: { readonly fileQueryNumber: string; readonly fileName: string },
): Promise<string> {
  const { file } = await client.call('downloadFile', {
    fileQueryNumber,
    fileName,
    institutionCode: institution,
  });
  const chunks: Buffer[] = [];
  if (file !== undefined) for await (const chunk of file.stream) chunks.push(chunk as Buffer);
  const bytes = unzipOnly(Buffer.concat(chunks));
  if (bytes === undefined) throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts: { file: fileName } });
  return bytes.toString('utf8');
}

/** Source: transactions/3202, files; what is empty is the word null. */
function requestLine(row: Row): string {
  const { settlementId, visitId, personNumber, total, fundPaid, accountPaid, refund } = row;
  return [settlementId, visitId, personNumber, total, fundPaid, accountPaid, refund]
    .map((cell) => cell || 'null')
    .join('\t');
}

function sumsOf(rows: readonly Row[]): Pick<Sums, 'total' | 'fundPaid' | 'cashPaid'> {
  const sums = { total: 0n, fundPaid: 0n, cashPaid: 0n };
  for (const row of rows) {
    sums.total += fenOf(row.total);
    sums.fundPaid += fenOf(row.fundPaid);
    sums.cashPaid += fenOf(row.cashPaid);
  }
  return sums;
}

/** A row without the platform's amounts is one that the platform does not have. */
function readResult(
  text: string,
  of: {
    readonly clearingType: string;
    readonly institution: string;
    readonly name: string;
    readonly faults: InputFaults;
    readonly take: (row: Row) => void;
  },
): void {
  const { clearingType, institution, name, faults, take } = of;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const cells = line.split('\t').map((cell) => (cell === 'null' ? '' : cell));
    const at = { file: name, line: index + 1 };
    if (cells.length !== RESULT_CELLS) {
      faults.add('cell-count', { ...at, found: `${cells.length}/${RESULT_CELLS}` });
      continue;
    }
    const [personNumber = '', visitId = '', settlementId = '', messageId = '', , refund] = cells;
    if (cells.slice(7).every((cell) => cell === '')) continue;
    const [total, fundPaid, accountPaid] = cells.slice(7).map(normalAmount);
    if (total === undefined || fundPaid === undefined || accountPaid === undefined) {
      faults.add('amount', { ...at, found: cells.slice(7).join(' ') });
      continue;
    }
    take({
      settlementId: settlementId || `msgid:${messageId}`,
      refund: refund === '1' ? '1' : '0',
      total,
      fundPaid,
      accountPaid,
      cashPaid: '',
      visitId,
      personNumber,
      institution,
      insuranceType: '',
      clearingType,
      settledAt: '',
      messageId,
      place: String(index + 1),
    });
  }
}
