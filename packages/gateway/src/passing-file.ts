/** A file on its way through (9102): nothing of it is held but what the caller has not taken yet. */
import { createHash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { FileAnswer } from '@yiqiao/model';

/** What has passed, once it is over. */
export interface PassedFile {
  /** 文件查询号 `file_qury_no`. */
  readonly number: string;
  /** Bytes that have passed. */
  readonly length: number;
  /** Their SHA-256, in hex. */
  readonly sha256: string;
  /** `false`: the far side broke off, or the caller left. */
  readonly isWhole: boolean;
}

/** A file as it is passed on; what is cut off ends in an error, so that it can not be taken for the whole. */
export interface PassingFile {
  readonly stream: Readable;
  /** In bytes, when the far side has told it. */
  readonly length?: number;
}

/** Passes a file on and tells once what has passed. */
export function passFile(file: FileAnswer, onEnd: (passed: PassedFile) => void): PassingFile {
  const hash = createHash('sha256');
  let length = 0;
  const measured = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      length += chunk.length;
      done(null, chunk);
    },
  });
  const { number } = file;
  const stream = pipeline(file.stream, measured, (error) => {
    onEnd({ number, length, sha256: hash.digest('hex'), isWhole: error === undefined || error === null });
  });
  return { stream, ...(file.length === undefined ? {} : { length: file.length }) };
}
