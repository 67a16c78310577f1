/** Files of 9101 and 9102: zip archives of one text, its cells between tabs. Source: envelope, rules. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { unzipText } from '@yiqiao/sandbox';
import type { Bilingual, Template } from '../kits/types.ts';
import { textOf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import type { ReadAnswer } from '../run/read-answer.ts';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const [LOCAL_BYTES, CENTRAL_BYTES, END_BYTES] = [30, 46, 22];
const DEFLATED = 8;
/** Names are in UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01, the first day an archive can name. */
const DATE = 0x0021;
/** What a file unpacks to at most. */
const MOST = 64 * 1024 * 1024;

/** The name of a member in a message that stands for an archive: `{ "zip": rows }`, each row a list of cells. */
const MARK = 'zip';

/** Puts archives, in base64, in place of `{ "zip": rows }`; an empty cell is the word null. */
export function withArchives(value: Template): Template {
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value;
  if (Array.isArray(value)) return (value as readonly Template[]).map((item) => withArchives(item));
  const entries = Object.entries(value as { readonly [name: string]: Template });
  const [[name, rows] = ['', '']] = entries;
  if (entries.length === 1 && name === MARK && Array.isArray(rows)) return pack(rows as readonly Template[]);
  return Object.fromEntries(entries.map(([key, member]) => [key, withArchives(member)]));
}

function pack(rows: readonly Template[]): string {
  const lines = rows.map((row) =>
    (row as readonly OwnValue[]).map((cell) => textOf(cell) || 'null').join('\t'),
  );
  return zipOf(lines.map((line) => `${line}\n`).join('')).toString('base64');
}

/** An archive with this text in it. */
export function zipOf(text: string): Buffer {
  const [title, plain] = [Buffer.from('rows.txt'), Buffer.from(text)];
  const packed = deflateRawSync(plain);
  const about = [FLAGS, DEFLATED, 0, DATE].flatMap((word) => [word & 0xff, word >> 8]);
  const sums = Buffer.alloc(12);
  sums.writeUInt32LE(crc32(plain), 0);
  sums.writeUInt32LE(packed.length, 4);
  sums.writeUInt32LE(plain.length, 8);
  const local = Buffer.alloc(LOCAL_BYTES);
  local.writeUInt32LE(LOCAL, 0);
  local.writeUInt16LE(20, 4);
  Buffer.from(about).copy(local, 6);
  sums.copy(local, 14);
  local.writeUInt16LE(title.length, 26);
  const central = Buffer.alloc(CENTRAL_BYTES);
  central.writeUInt32LE(CENTRAL, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  Buffer.from(about).copy(central, 8);
  sums.copy(central, 16);
  central.writeUInt16LE(title.length, 28);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + title.length, 12);
  end.writeUInt32LE(local.length + title.length + packed.length, 16);
  return Buffer.concat([local, title, packed, central, title, end]);
}

/** Whether an answer is an archive and no envelope. */
export function isArchive(bytes: Buffer): boolean {
  return bytes.length > END_BYTES && bytes.readUInt32LE(0) === LOCAL;
}

/** Columns of the files of 3202, sent and answered. Source: schemas/national/transactions/3202.json, files. */
const COLUMNS = [
  ['setl_id', 'mdtrt_id', 'psn_no', 'medfee_sumamt', 'fund_pay_sumamt', 'acct_pay', 'refd_setl_flag'],
  [
    'psn_no',
    'mdtrt_id',
    'setl_id',
    'msgid',
    'stmt_rslt',
    'refd_setl_flag',
    'memo',
    'medfee_sumamt',
    'fund_pay_sumamt',
    'acct_pay',
  ],
];

/**
 * Reads a file twice, by the suite's own reader and the sandbox's. Its rows become `output.rows`; the members of a row
 * are named by the file of 3202 that has as many columns, else `c1`, `c2`, …
 */
export function readArchive(bytes: Buffer): ReadAnswer {
  const [own, sandbox] = [unpack(bytes), unzipText(bytes)];
  if (own === undefined && sandbox === undefined) return { state: 'unreadable', why: BROKEN };
  if (own !== sandbox) return { state: 'disagreement', why: DIFFERENT };
  const rows = (own ?? '').split(/\r?\n/).filter((line) => line !== '');
  const output = { rows: rows.map((line) => rowOf(line)) };
  const envelope = { infcode: '0', err_msg: '', output };
  return { state: 'read', answer: { success: true, code: '0', text: '', envelope, output, body: null } };
}

const BROKEN: Bilingual = {
  zh: '应答的文件不是完整的 zip 压缩包',
  en: 'the file that came is no whole zip archive',
};

const DIFFERENT: Bilingual = {
  zh: '两套程序对应答文件的读法不一致',
  en: 'the two readers read the file that came differently',
};

function rowOf(line: string): OwnObject {
  const cells = line.split('\t').map((cell) => (cell === 'null' ? '' : cell));
  const known = COLUMNS.find(({ length }) => length === cells.length) ?? [];
  return Object.fromEntries(cells.map((cell, at) => [known[at] ?? `c${at + 1}`, cell]));
}

/** The text of the first file, when its sum is right. */
function unpack(bytes: Buffer): string | undefined {
  try {
    const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    const central = bytes.readUInt32LE(end + 16);
    if (bytes.readUInt32LE(central) !== CENTRAL) return undefined;
    const method = bytes.readUInt16LE(central + 10);
    const local = bytes.readUInt32LE(central + 42);
    const from = local + LOCAL_BYTES + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(from, from + bytes.readUInt32LE(central + 20));
    const plain = method === DEFLATED ? inflateRawSync(packed, { maxOutputLength: MOST }) : packed;
    return crc32(plain) === bytes.readUInt32LE(central + 16) ? plain.toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}
