/** `yiqiao evidence export`, `verify` and `check`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkEvidence,
  exportEvidence,
  extractMessages,
  openEvidence,
  verifyEvidence,
} from '@yiqiao/evidence';
import type { CheckOptions, EvidenceSource, FileVerdict, Finding, StoreVerdict } from '@yiqiao/evidence';
import { journalSource } from '@yiqiao/gateway';
import { checkJournalFile } from '@yiqiao/journal';
import type { EvidenceReader, JournalReport } from '@yiqiao/journal';
import { formatTime } from '@yiqiao/model';
import { readCertificates } from '@yiqiao/signer/certificates';
import type { Report } from './report.ts';

interface Source {
  readonly config?: string;
  readonly journal?: string;
}

interface Trust {
  readonly anchor?: readonly string[];
}

/** Writes the evidence of an exchange; 1 when not all of it is signed yet. */
export async function exportFile(
  report: Report,
  exchange: string,
  options: Source & { readonly out: string; readonly withoutContents?: boolean },
): Promise<number> {
  const reader = await openEvidence(sourceOf(options));
  try {
    const exchangeId = await findExchange(reader, exchange);
    const contents = options.withoutContents !== true;
    const { text, ...done } = await exportEvidence(reader, { exchangeId, contents });
    writeFileSync(options.out, text, { flag: 'wx', mode: 0o600 });
    const { institution, messageId, transaction } = done.exchange;
    report.line(`${options.out}: #${exchangeId} ${transaction} ${institution} ${messageId}`);
    report.line(`${done.entries} 个条目 entries，${done.unsigned} 个尚未签名 not signed yet`);
    if (done.without > 0)
      report.line(
        `${done.without} 个条目不含内容（已删除、无密钥或未导出），其散列仍在 / without contents (deleted, no key, left out); their hashes are there`,
      );
    if (contents)
      report.line('含个人信息与医疗信息，请按敏感个人信息保管 / holds personal and medical data: keep it so');
    return report.finish(done.unsigned === 0, { file: options.out, ...done });
  } finally {
    await reader.close();
  }
}

/** Checks an evidence file; 1 when anything of it was changed or is not proved. */
export function verifyFile(
  report: Report,
  file: string,
  { anchor, extract }: Trust & { readonly extract?: string },
): number {
  const anchors = anchor?.flatMap((one) => readCertificates(readFileSync(one)));
  const bytes = readFileSync(file);
  const verdict = verifyEvidence(bytes, anchors === undefined ? {} : { anchors });
  if (verdict.exchange !== undefined) tellFile(report, verdict);
  tellFindings(report, verdict.findings);
  if (!verdict.anchored)
    report.line(
      '未给出信任根（--anchor）：签名证书照单接受 / no roots given (--anchor): the certificate is taken as it is',
    );
  report.line(
    verdict.sound ? '完整：与签名时一致 / sound: as it was signed' : '不完整：见上 / not sound: see above',
  );
  // What was changed is not handed on as if it had been said.
  const messages = verdict.sound && extract !== undefined ? writeMessages(bytes, extract) : [];
  for (const message of messages) report.line(message);
  return report.finish(verdict.sound, { ...verdict, ...(extract !== undefined && { messages }) });
}

/** Each message as a file; never over another. */
function writeMessages(file: Uint8Array, folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return extractMessages(file).map(({ entry, name, type, bytes }) => {
    const path = join(folder, `entry-${entry}-${name}.${/xml/i.test(type) ? 'xml' : 'json'}`);
    writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
    return path;
  });
}

/** Checks a journal against its roots; 1 when anything was changed. */
export async function checkStore(
  report: Report,
  options: Source &
    Trust & { readonly known?: string; readonly threads?: string; readonly entriesOnly?: true },
): Promise<number> {
  const source = sourceOf(options);
  const verdict = await checkEvidence(source, checkOptions(options));
  // What a database keeps beside its entries is checked there.
  const withTables = options.entriesOnly !== true && source.postgres === undefined;
  const tables = withTables ? checkJournalFile(source.file, source.encryption) : undefined;
  tellFindings(report, verdict.findings);
  if (verdict.found > verdict.findings.length)
    report.line(`… ${verdict.found - verdict.findings.length} 处未列出 more, not listed`);
  tellStore(report, verdict, tables);
  const isSigned = verdict.batches > 0;
  if (!isSigned) report.line('没有任何签名批次：未证明任何事 / nothing is signed: nothing is proved');
  const isSound = isSigned && verdict.found === 0 && (tables?.damaged ?? 0) === 0;
  return report.finish(isSound, { ...verdict, ...(tables !== undefined && { tables: tables.damaged }) });
}

function sourceOf({ config, journal }: Source): EvidenceSource {
  if (config !== undefined) {
    const { postgres, ...rest } = journalSource(config);
    if (journal !== undefined) return { ...rest, file: journal };
    return { ...rest, ...(postgres && { postgres }) };
  }
  if (journal !== undefined) return { file: journal };
  throw new Error('请给出 --config 或 --journal / name --config or --journal');
}

async function findExchange(reader: EvidenceReader, text: string): Promise<number> {
  const found = await reader.exchangesWithMessage(text);
  const [only] = found;
  if (found.length > 1)
    throw new Error(
      `报文号 ${text} 有多笔交易，请用编号 / several exchanges, name one by its number: ${found.join(', ')}`,
    );
  if (only !== undefined) return only;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`没有报文号为 ${text} 的交易 / no exchange has this message id`);
}

function checkOptions({
  anchor,
  known,
  threads,
}: Trust & { readonly known?: string; readonly threads?: string }): CheckOptions {
  const [, number, hash] = /^(\d+):([0-9a-fA-F]{64})$/.exec(known ?? '') ?? [];
  if (known !== undefined && hash === undefined)
    throw new Error(`--known ${known}: 应为 批次:散列 / must be NUMBER:HASH`);
  if (threads !== undefined && !/^[1-9]\d?$/.test(threads))
    throw new Error(`--threads ${threads}: 1, 2, 3 …`);
  const anchors = anchor?.map((file) => readFileSync(file, 'utf8')).join('\n');
  return {
    ...(anchors !== undefined && { anchors }),
    ...(hash !== undefined && { known: { number: Number(number), hash } }),
    ...(threads !== undefined && { threads: Number(threads) }),
  };
}

function tellFile(report: Report, { exchange, entries, batches }: FileVerdict): void {
  if (exchange !== undefined)
    report.line(
      `#${exchange.id} ${exchange.transaction} ${exchange.institution} ${exchange.messageId} (${exchange.peer})`,
    );
  for (const { id, kind, at, content, batch, parts } of entries) {
    report.line(`  entry ${id}  ${kind}  ${formatTime(at)}  批次 batch ${batch}  ${content}`);
    for (const { name, bytes, sha256 } of parts) report.line(`    ${name}  ${bytes} B  SHA-256 ${sha256}`);
  }
  for (const { number, at, signedBy = '?', stamped } of batches) {
    const time = stamped === undefined ? '' : `  时间戳 time-stamp ${formatTime(stamped.at)} ${stamped.by}`;
    report.line(`  batch ${number}  ${formatTime(at)}  签名 signed by ${signedBy}${time}`);
  }
}

function tellFindings(report: Report, findings: readonly Finding[]): void {
  for (const { kind, entry, batch, part, bytes, found, message } of findings) {
    const place = [
      entry === undefined ? '' : `entry ${entry}`,
      batch === undefined ? '' : `batch ${batch}`,
      part ?? '',
      bytes === undefined ? '' : `bytes ${bytes[0]}–${bytes[1] - 1}`,
    ];
    const where = place.filter((one) => one !== '').join(', ') || '文件 file';
    report.line(`${where}  ${kind}${found === undefined ? '' : ` (${found})`}`);
    report.line(`  ${message.zh}`);
    report.line(`  ${message.en}`);
  }
}

function tellStore(report: Report, verdict: StoreVerdict, tables: JournalReport | undefined): void {
  const { batches, entries, unsigned, expired, closed, archived, found, end, signedAt } = verdict;
  report.line(
    `${entries} 个条目 entries，${batches} 个批次 batches，${unsigned} 个尚未签名 not signed yet，${found} 处不符 findings`,
  );
  if (expired > 0)
    report.line(`${expired} 个条目的内容已按期限删除，散列仍在 / contents deleted by retention; hashes hold`);
  if (archived > 0)
    report.line(
      `${archived} 个条目已归档、不在库中，用 journal archive check 核对其文件 / in archives: check their files`,
    );
  if (closed > 0) report.line(`${closed} 个条目的内容无密钥、未核对 / contents not judged for want of a key`);
  if (end !== undefined)
    report.line(
      `末批次 last batch ${end.number}:${end.hash}${signedAt === undefined ? '' : `  ${formatTime(signedAt)}`}`,
    );
  if (tables !== undefined && tables.damaged > 0)
    report.line(
      `表与审计日志另有 ${tables.damaged} 处损坏，见 yiqiao journal check / tables and audit log: ${tables.damaged} damaged, see yiqiao journal check`,
    );
}
