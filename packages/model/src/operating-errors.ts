/** Errors that whoever operates a gateway meets: journal, maps, evidence, accounts. Part of the error catalogue. */
import { askTechnician } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

export const OPERATING_ERRORS = {
  JOURNAL_UNUSABLE: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '日志文件无法打开（被占用、不是日志文件、版本更新或目录不可写），原因与办法见明细。',
      en: 'The journal file cannot be opened (in use, not a journal, newer, directory not writable); reason and remedy are listed.',
    },
    cashier: askTechnician,
  },
  MAP_INCOMPLETE: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '此交易的映射不全：接口规范必填的字段在本地格式中没有来源可证，逐项见明细；补全映射前不收发。',
      en: 'The map of this transaction is incomplete: required national fields have no attested source, each one is listed; nothing is sent until they have.',
    },
    cashier: askTechnician,
  },
  EVIDENCE_UNUSABLE: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '存证无法制作或核验（没有该交易、证书与私钥不符、时间戳机构无应答等），原因见明细。',
      en: 'Evidence cannot be made or checked (no such exchange, certificate of another key, no time-stamp to be had); the reason is listed.',
    },
    cashier: askTechnician,
  },
  RECONCILIATION_INPUT_INVALID: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '对账输入有误（缺列、重复、合计不符、日期不符、字符集等），逐行见明细；未做任何对账处理。',
      en: 'An input of the reconciliation is wrong (missing column, duplicate, wrong total, another day, charset), line by line as listed; nothing was reconciled.',
    },
    cashier: askTechnician,
  },
  ARCHIVE_UNUSABLE: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '日志归档文件无法使用（被改动、属于另一个日志、已恢复过等），原因与办法见明细；日志未改动。',
      en: 'An archive of the journal cannot be used (changed, of another journal, restored already); reason and remedy are listed, the journal was not changed.',
    },
    cashier: askTechnician,
  },
  FILE_UNREADABLE: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '命令行所指的文件无法读取（不存在、是目录或无权限），文件与办法见明细。',
      en: 'A file named on the command line cannot be read (absent, a folder, no permission); file and remedy are listed.',
    },
    cashier: askTechnician,
  },
} as const satisfies Record<string, ErrorKind>;
