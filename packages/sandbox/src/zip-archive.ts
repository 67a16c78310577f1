/**
 * Zip archives with one file, as 9101 and 9102 carry them: written while they are sent, read with a bound on what
 * they may unpack to. Source: envelope, rules (zip of tab-separated UTF-8 text).
 */
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw, inflateRawSync } from 'node:zlib';

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** Sizes follow the data, the name is UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
const STORED = 0;
/** 1980-01-01, the first day a zip can name: the file's date says nothing here. */
const DATE = 0x0021;

/** Most bytes an archive may unpack to. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/** Texts are compressed in pieces of about this many characters. */
const PIECE = 64 * 1024;

/** An archive of one text file, line by line; nothing but the piece at hand is held. */
export function zipLines(name: string, lines: Iterable<string>): Readable {
  return Readable.from(zipBytes(Buffer.from(name, 'utf8'), lines), { objectMode: false });
}

async function* zipBytes(name: Buffer, lines: Iterable<string>): AsyncGenerator<Buffer> {
  let crc = 0;
  let size = 0;
  function* measured(): Generator<Buffer> {
    for (const piece of piecesOf(lines)) {
      crc = crc32(piece, crc);
      size += piece.length;
      yield piece;
    }
  }
  let packed = 0;
  const header = Buffer.concat([localHeader(name), name]);
  yield header;
  for await (const chunk of Readable.from(measured(), { objectMode: false }).pipe(createDeflateRaw())) {
    const bytes = chunk as Buffer;
    packed += bytes.length;
    yield bytes;
  }
  const sums = { crc, packed, size };
  yield descriptor(sums);
  const directory = Buffer.concat([centralHeader(name, sums), name]);
  yield directory;
  yield endRecord(directory.length, header.length + packed + 16);
}

function* piecesOf(lines: Iterable<string>): Generator<Buffer> {
  let held = '';
  for (const line of lines) {
    held += `${line}\n`;
    if (held.length < PIECE) continue;
    yield Buffer.from(held, 'utf8');
    held = '';
  }
  if (held !== '') yield Buffer.from(held, 'utf8');
}

interface Sums {
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

function localHeader(name: Buffer): Buffer {
  const bytes = Buffer.alloc(30);
  bytes.writeUInt32LE(LOCAL, 0);
  bytes.writeUInt16LE(20, 4);
  bytes.writeUInt16LE(FLAGS, 6);
  bytes.writeUInt16LE(DEFLATED, 8);
  bytes.writeUInt16LE(DATE, 12);
  bytes.writeUInt16LE(name.length, 26);
  return bytes;
}

function descriptor({ crc, packed, size }: Sums): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(DESCRIPTOR, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(packed, 8);
  bytes.writeUInt32LE(size, 12);
  return bytes;
}

function centralHeader(name: Buffer, { crc, packed, size }: Sums): Buffer {
  const bytes = Buffer.alloc(46);
  bytes.writeUInt32LE(CENTRAL, 0);
  bytes.writeUInt16LE(20, 4);
  bytes.writeUInt16LE(20, 6);
  bytes.writeUInt16LE(FLAGS, 8);
  bytes.writeUInt16LE(DEFLATED, 10);
  bytes.writeUInt16LE(DATE, 14);
  bytes.writeUInt32LE(crc, 16);
  bytes.writeUInt32LE(packed, 20);
  bytes.writeUInt32LE(size, 24);
  bytes.writeUInt16LE(name.length, 28);
  return bytes;
}

function endRecord(directorySize: number, directoryAt: number): Buffer {
  const bytes = Buffer.alloc(22);
  bytes.writeUInt32LE(END, 0);
  bytes.writeUInt16LE(1, 8);
  bytes.writeUInt16LE(1, 10);
  bytes.writeUInt32LE(directorySize, 12);
  bytes.writeUInt32LE(directoryAt, 16);
  return bytes;
}

/** Whether bytes begin as a zip archive does, an empty one with its end; a damaged one is found when it is read. */
export function isZip(bytes: Buffer): boolean {
  return bytes.length >= 4 && [LOCAL, END].includes(bytes.readUInt32LE(0));
}

/** The text of the only file of an archive; `undefined` when it is damaged, holds more, or unpacks to too much. */
export function unzipText(archive: Buffer): string | undefined {
  try {
    const bytes = unzipBytes(archive);
    return bytes && new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function unzipBytes(archive: Buffer): Buffer | undefined {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || archive.readUInt16LE(end + 10) !== 1) return undefined;
  const central = archive.readUInt32LE(end + 16);
  if (archive.readUInt32LE(central) !== CENTRAL) return undefined;
  const method = archive.readUInt16LE(central + 10);
  const packed = archive.readUInt32LE(central + 20);
  const local = archive.readUInt32LE(central + 42);
  if (archive.readUInt32LE(local) !== LOCAL) return undefined;
  const at = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const data = archive.subarray(at, at + packed);
  if (method !== STORED && method !== DEFLATED) return undefined;
  const bytes = method === STORED ? data : inflateRawSync(data, { maxOutputLength: MAX_UNPACKED });
  return crc32(bytes) === archive.readUInt32LE(central + 16) ? bytes : undefined;
}
