/** Zip archives with one text file, as 9101 and 9102 carry them. Source: transactions/3202, rules. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

const END = Buffer.from('504b0506', 'hex');
/** 1980-01-01, the first day a zip can name. */
const DATE = 0x0021;
/** The name is UTF-8. */
const FLAGS = 0x0800;
const DEFLATED = 8;
const STORED = 0;
/** Most bytes a file may unpack to: some ten million rows. */
const MOST_UNPACKED = 1_500_000_000;

/** An archive of one file. */
export function zipText(name: string, text: string): Buffer {
  const bytes = Buffer.from(text);
  const packed = deflateRawSync(bytes);
  const named = Buffer.from(name);
  const middle = Buffer.alloc(26);
  middle.writeUInt16LE(20, 0);
  middle.writeUInt16LE(FLAGS, 2);
  middle.writeUInt16LE(DEFLATED, 4);
  middle.writeUInt16LE(DATE, 8);
  middle.writeUInt32LE(crc32(bytes), 10);
  middle.writeUInt32LE(packed.length, 14);
  middle.writeUInt32LE(bytes.length, 18);
  middle.writeUInt16LE(named.length, 22);
  const local = Buffer.concat([Buffer.from('504b0304', 'hex'), middle, named, packed]);
  const rest = Buffer.alloc(14);
  const central = Buffer.concat([Buffer.from('504b01021400', 'hex'), middle, rest, named]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, END, end]);
}

/** The bytes of the only file of an archive; `undefined` when it is damaged, holds more, or unpacks to too much. */
export function unzipOnly(archive: Buffer): Buffer | undefined {
  try {
    const end = archive.lastIndexOf(END);
    if (end < 0 || archive.readUInt16LE(end + 10) !== 1) return undefined;
    const central = archive.readUInt32LE(end + 16);
    const method = archive.readUInt16LE(central + 10);
    const local = archive.readUInt32LE(central + 42);
    const at = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(at, at + archive.readUInt32LE(central + 20));
    if (method !== STORED && method !== DEFLATED) return undefined;
    const bytes = method === STORED ? data : inflateRawSync(data, { maxOutputLength: MOST_UNPACKED });
    return crc32(bytes) === archive.readUInt32LE(central + 16) ? bytes : undefined;
  } catch {
    return undefined;
  }
}
