/** 9101 and 9102 at the care place. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, leaf } from '../national-message.ts';
import type { JsonObject, JsonValue } from '../national-message.ts';
import { isZip } from '../zip-archive.ts';
import { streamOf } from './file-store.ts';
import type { FileStore } from './file-store.ts';

/** Upload and download. */
export function fileHandlers(files: FileStore): Readonly<Record<string, TransactionHandler>> {
  return {
    9101: (request) => upload(files, request),
    9102: ({ input, now }) => {
      const wanted = child(input, 'fsDownloadIn');
      const number = leaf(wanted, 'file_qury_no');
      const file = files.find(number, leaf(wanted, 'fixmedins_code'), now);
      if (file === undefined) return { refusal: `文件不存在或已过下载截止时间：${number}` };
      if (leaf(wanted, 'filename') !== file.name) return { refusal: `文件名与文件查询号不符：${file.name}` };
      return { file: () => streamOf(file) };
    },
  };
}

function upload(files: FileStore, { input, now }: CoreRequest): CoreAnswer {
  const sent = child(input, 'fsUploadIn');
  const missing = missingMembers(sent, ['filename', 'fixmedins_code']);
  if (missing !== undefined) return missing;
  const content = bytesOf(sent);
  if (content === undefined) return { refusal: '文件数据 in 须为base64文本或字节数组，且不能为空' };
  if (!isZip(content)) return { refusal: '文件数据 in 不是zip压缩包' };
  const [name, institution] = [leaf(sent, 'filename'), leaf(sent, 'fixmedins_code')];
  const { number, until } = files.add({ name, institution, content }, now);
  return {
    output: { file_qury_no: number, filename: name, fixmedins_code: institution, dld_endtime: until },
  };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** HISes send base64 or, as Java writes a `byte[]`, a list of signed numbers. */
function bytesOf(sent: JsonObject): Buffer | undefined {
  const value = sent['in'];
  if (typeof value === 'string') {
    return value.length % 4 === 0 && BASE64.test(value) ? Buffer.from(value, 'base64') : undefined;
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const numbers = (value as readonly JsonValue[]).map((one) => Number(JSON.stringify(one)));
  return numbers.every((one) => Number.isInteger(one) && one >= -128 && one <= 255)
    ? Buffer.from(numbers)
    : undefined;
}
