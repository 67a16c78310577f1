/** Files between institution and care place: uploaded by 9101, made by 3202, fetched by 9102. */
import { Readable } from 'node:stream';
import { dateTime, shortDate } from '../china-time.ts';
import { zipLines } from '../zip-archive.ts';

/** A file that waits to be fetched. */
export interface StoredFile {
  /** 文件查询号 `file_qury_no`. */
  readonly number: string;
  readonly name: string;
  readonly institution: string;
  /** 下载截止时间, `yyyy-MM-dd HH:mm:ss`. */
  readonly until: string;
  /** An archive as uploaded, or the lines of a text to be packed when it is fetched. */
  readonly content: Buffer | readonly string[];
}

/** The files kept at present. */
export interface FileStore {
  add(file: Pick<StoredFile, 'name' | 'institution' | 'content'>, now: number): StoredFile;
  /** A file of an institution that may still be fetched. */
  find(number: string, institution: string, now: number): StoredFile | undefined;
}

const KEPT_MS = 24 * 3600 * 1000;

/** The oldest files go when there are more, or more bytes. */
const MOST_FILES = 32;
const MOST_BYTES = 128 * 1024 * 1024;

/** Makes an empty store. */
export function createFileStore(region: string): FileStore {
  const files = new Map<string, StoredFile>();
  let serial = 0;
  let bytes = 0;
  return {
    add(file, now) {
      serial += 1;
      const number = `F${region}${shortDate(now)}${String(serial).padStart(8, '0')}`;
      const stored = { ...file, number, until: dateTime(now + KEPT_MS) };
      files.set(number, stored);
      bytes += sizeOf(stored);
      for (const [oldest, old] of files) {
        const room = files.size <= MOST_FILES && bytes <= MOST_BYTES;
        if ((room && old.until >= dateTime(now)) || old === stored) break;
        files.delete(oldest);
        bytes -= sizeOf(old);
      }
      return stored;
    },
    find(number, institution, now) {
      const file = files.get(number);
      return file?.institution === institution && file.until >= dateTime(now) ? file : undefined;
    },
  };
}

function sizeOf({ content }: StoredFile): number {
  if (Buffer.isBuffer(content)) return content.length;
  return (content as readonly string[]).reduce((sum, line) => sum + line.length, 0);
}

/** The bytes of a file, as a stream. */
export function streamOf({ name, content }: StoredFile): Readable {
  if (Buffer.isBuffer(content)) return Readable.from([content], { objectMode: false });
  return zipLines(name.replace(/\.zip$/, '.txt'), content as readonly string[]);
}
