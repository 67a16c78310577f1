/** What is found wrong, where, and what it means. */

/** Text in both languages. */
export interface BothTexts {
  readonly zh: string;
  readonly en: string;
}

/** Something that is not as it was signed. */
export interface Finding {
  readonly kind: FindingKind;
  /** Number of the entry. */
  readonly entry?: number;
  /** Number of the batch. */
  readonly batch?: number;
  /** The message or text within the entry, e.g. `received`. */
  readonly part?: string;
  /** Which bytes of the entry's contents: from, up to and without. */
  readonly bytes?: readonly [from: number, to: number];
  /** What was seen; never contents. */
  readonly found?: string;
  readonly message: BothTexts;
}

/** Every kind with its meaning. */
const MESSAGES = {
  'not-evidence': {
    zh: '不是医桥的证据文件，或文件结构已损坏；found 为最先读不通之处。请用导出时的原件核对。',
    en: 'This is no evidence file of Yiqiao, or its structure is damaged; found is where it first makes no sense. Compare with the file as it was exported.',
  },
  'file-changed': {
    zh: '文件在导出后被改动；改动处不在任何签名或散列的覆盖之内，或校验和本身被改。',
    en: 'The file was changed after its export, where no signature or hash reaches, or its checksum itself was.',
  },
  'content-changed': {
    zh: '该条目的内容（报文）与签名时不同；part 为所在报文，bytes 为内容中的字节范围。',
    en: 'The contents of this entry (its messages) are not those that were signed; part is the message, bytes the range within the contents.',
  },
  'digests-changed': {
    zh: '该条目内容的分段摘要与签名时不同，内容本身与签名的摘要不符。',
    en: 'The digests of the pieces of this entry are not those that were signed.',
  },
  'content-moved': {
    zh: '该条目的内容属于另一条目（found），内容被调换。',
    en: 'The contents of this entry belong to another one (found): they changed places.',
  },
  'entry-changed': {
    zh: '该条目的内容以外部分（编号、时间、种类、事实或散列）与签名时不同。',
    en: 'Number, time, kind, facts or hash of this entry are not those that were signed.',
  },
  'entry-missing': {
    zh: '该条目已签名而今缺失：被删除。',
    en: 'This entry was signed and is not there any more: it was deleted.',
  },
  'entry-inserted': {
    zh: '该条目不在覆盖其编号的批次之内：签名之后插入。',
    en: 'This entry is not in the batch that covers its number: it was inserted after the signature.',
  },
  'order-changed': {
    zh: '条目的先后与链上不同。',
    en: 'The entries do not follow one another as their chain says.',
  },
  'not-signed': {
    zh: '该条目尚不在任何已签名的批次内：未证明任何事。待签名后重新导出。',
    en: 'This entry is in no signed batch: nothing is proved of it. Export again once it is signed.',
  },
  'path-changed': {
    zh: '从该条目到批次树根的路径不成立：路径、批次或条目被改动。',
    en: 'The path from this entry does not lead to the root of its batch: path, batch or entry was changed.',
  },
  'batch-changed': {
    zh: '该批次的记录与签名内容不符。',
    en: 'The record of this batch does not say what was signed.',
  },
  'batch-missing': {
    zh: '该批次缺失：批次编号应连续。',
    en: 'This batch is missing: they are numbered without gaps.',
  },
  'chain-broken': {
    zh: '该批次不接续前一批次：其中之一被替换。',
    en: 'This batch does not follow the one before: one of them was replaced.',
  },
  'signature-wrong': {
    zh: '该批次的签名不成立。',
    en: 'The signature of this batch does not hold.',
  },
  'certificate-changed': {
    zh: '签名证书缺失，或不是签名时所指的证书。',
    en: 'The certificate of the signature is missing or not the one that the signature names.',
  },
  'certificate-untrusted': {
    zh: '签名证书不能追溯到给定的信任根，原因见 found。',
    en: 'The certificate does not lead to the given roots, for the reason in found.',
  },
  'time-stamp-wrong': {
    zh: '时间戳不成立，原因见 found。',
    en: 'The time-stamp does not hold, for the reason in found.',
  },
  'exchange-differs': {
    zh: '文件开头关于交易的说明与条目不符。',
    en: 'What the file says of the exchange at its beginning is not what its entries say.',
  },
  'known-differs': {
    zh: '库中该批次与在别处记下的散列不符：整条链被重做，或恢复了旧备份。',
    en: 'This batch is not the one whose hash was noted elsewhere: the chain was made anew, or an old backup restored.',
  },
  'audit-changed': {
    zh: '审计日志的该条目与批次中签名的散列不符：审计日志被改动或截断。',
    en: 'This entry of the audit log has not the hash that the batch signed: the audit log was changed or cut.',
  },
} as const satisfies Readonly<Record<string, BothTexts>>;

/** Kinds of findings. */
export type FindingKind = keyof typeof MESSAGES;

/** A finding with its message. */
export function findingOf(finding: Omit<Finding, 'message'>): Finding {
  return { ...finding, message: MESSAGES[finding.kind] };
}
