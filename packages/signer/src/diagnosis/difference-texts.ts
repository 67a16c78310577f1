/** What a failing signature may differ in, and what is to be done about it. */

import { DIGEST_DIFFERENCES } from './digest-texts.ts';

interface DifferenceText {
  /** What holds of the signature, as part of a sentence. */
  readonly zh: string;
  readonly en: string;
  /** What to change, and where. */
  readonly remedy: { readonly zh: string; readonly en: string };
}

const writing = {
  zh: '发送方按连接约定的编码书写签名值；若对方无法更改，可在本连接的 variants 中放开。',
  en: 'The sender writes the signature as agreed; if it cannot, allow this in the variants of the connection.',
};
const exactBytes = {
  zh: '发送方对实际发送的字节签名：先序列化一次，签名与发送用同一份字节。',
  en: 'The sender signs the bytes it sends: serialise once, sign and send the same bytes.',
};
const onlyBody = {
  zh: '发送方的签名只覆盖 input（应答为 output）的值，从 { 到 }。',
  en: 'The sender signs the value of input (output in an answer) alone, from { to }.',
};
const sameForm = {
  zh: '双方统一规范化文本的写法，并据此设置本连接的 variants。',
  en: 'Agree on one reading of the canonical text and set the variants of the connection to it.',
};
const userId = {
  zh: '双方统一 SM2 用户标识，并在连接的 userId 中写明。',
  en: 'Agree on one SM2 user id and name it in the connection’s userId.',
};

/** Differences by their code; the codes are stable. */
export const DIFFERENCES = {
  ...DIGEST_DIFFERENCES,
  'text-hex': { zh: '签名值写成了十六进制', en: 'written in hex', remedy: writing },
  'text-base64': { zh: '签名值写成了 base64', en: 'written in base64', remedy: writing },
  'text-base64url': {
    zh: '签名值写成了 base64url（- 和 _）',
    en: 'written in base64url (- and _)',
    remedy: writing,
  },
  'text-padding': {
    zh: '签名值的 base64 结尾不规范（缺 = 或有多余位）',
    en: 'base64 with an irregular end (no =, or spare bits)',
    remedy: writing,
  },
  'text-blanks': { zh: '签名值中夹有空白或换行', en: 'broken by blanks or line ends', remedy: writing },
  'text-plus-lost': {
    zh: '签名值中的 + 变成了空格（按表单解码过）',
    en: 'its plus signs became blanks (decoded as a form)',
    remedy: writing,
  },
  'text-percent': { zh: '签名值经过百分号编码', en: 'percent-encoded', remedy: writing },
  'text-twice': {
    zh: '签名值编码了两次（十六进制文本再作编码）',
    en: 'written twice (text of hex digits, written again)',
    remedy: writing,
  },
  'der-not-rs': { zh: '签名值为 DER 而非 r‖s', en: 'DER instead of r‖s', remedy: writing },
  'rs-not-der': { zh: '签名值为 r‖s 而非 DER', en: 'r‖s instead of DER', remedy: writing },
  'der-trailing-bytes': { zh: 'DER 之后有多余字节', en: 'bytes left over behind the DER', remedy: writing },
  'der-not-shortest': { zh: 'DER 不是最短形式', en: 'DER that is not the shortest', remedy: writing },
  'halves-swapped': { zh: 'r 与 s 次序颠倒（s‖r）', en: 's‖r instead of r‖s', remedy: writing },
  'bytes-reversed': {
    zh: 'r、s 的字节次序颠倒（小端）',
    en: 'r and s with their bytes reversed (little-endian)',
    remedy: writing,
  },
  'leading-byte': { zh: '签名值前多一个字节', en: 'one byte too many in front', remedy: writing },
  'not-padded': {
    zh: 'r、s 未补足 32 字节',
    en: 'r and s not padded to 32 bytes each',
    remedy: writing,
  },
  'bytes-gbk': { zh: '签名覆盖的是 GBK 字节', en: 'over GBK bytes', remedy: exactBytes },
  'bytes-bom': { zh: '签名覆盖的字节带 BOM', en: 'over bytes with a BOM', remedy: exactBytes },
  'bytes-crlf': { zh: '签名时换行为 CRLF', en: 'over text with CRLF line ends', remedy: exactBytes },
  'bytes-lf': { zh: '签名时换行为 LF', en: 'over text with LF line ends', remedy: exactBytes },
  'bytes-line-end': {
    zh: '签名覆盖的文本末尾多一个换行',
    en: 'over text with a line end behind it',
    remedy: exactBytes,
  },
  'bytes-trimmed': {
    zh: '签名覆盖的文本去掉了首尾空白',
    en: 'over text without the blanks around it',
    remedy: exactBytes,
  },
  'layout-compact': {
    zh: '签名覆盖的是无空白的 JSON，发送的带空白',
    en: 'over JSON without blanks, but sent with blanks',
    remedy: exactBytes,
  },
  'layout-indented': {
    zh: '签名覆盖的是带缩进或空格的 JSON，与发送的不同',
    en: 'over indented or spaced JSON, other than what was sent',
    remedy: exactBytes,
  },
  'members-sorted': {
    zh: '签名时成员按名称排序，发送时未排序',
    en: 'over members sorted by name, other than what was sent',
    remedy: exactBytes,
  },
  'nulls-removed': {
    zh: '签名时去掉了 null 成员，发送时仍带',
    en: 'signed without null members, but sent with them',
    remedy: exactBytes,
  },
  'empties-removed': {
    zh: '签名时去掉了空值成员，发送时仍带',
    en: 'signed without empty members, but sent with them',
    remedy: exactBytes,
  },
  'nulls-emptied': {
    zh: '签名时 null 写成了空字符串',
    en: 'signed with empty text in the place of null',
    remedy: exactBytes,
  },
  'nulls-gone': {
    zh: '签名在去除 null 成员之前进行，发送时已去掉',
    en: 'signed before null members were removed',
    remedy: exactBytes,
  },
  'nulls-kept': {
    zh: '签名在去除空值成员之前进行',
    en: 'signed before null members were removed',
    remedy: sameForm,
  },
  'numbers-quoted': {
    zh: '签名时数字加了引号，发送时未加',
    en: 'signed with numbers in quotes, but sent bare',
    remedy: exactBytes,
  },
  'numbers-bare': {
    zh: '签名时数字未加引号，发送时加了引号',
    en: 'signed with bare numbers, but sent in quotes',
    remedy: exactBytes,
  },
  'numbers-shortened': {
    zh: '签名时数字经过浮点数改写（12.50 变为 12.5）',
    en: 'signed with numbers rewritten by floating point (12.50 as 12.5)',
    remedy: exactBytes,
  },
  'text-escaped': {
    zh: '签名时部分字符写成转义（如 \\u4E2D、\\/），发送时未转义',
    en: 'signed with characters escaped (such as \\u4E2D or \\/), but sent as they are',
    remedy: exactBytes,
  },
  'signed-whole-message': {
    zh: '签名覆盖的是整个报文而非 input',
    en: 'over the whole message instead of input',
    remedy: onlyBody,
  },
  'signed-with-name': {
    zh: '签名覆盖的文本连同成员名 "input"',
    en: 'over input together with its name',
    remedy: onlyBody,
  },
  'signed-part': {
    zh: '签名只覆盖 input 内的一个节点',
    en: 'over one node inside input only',
    remedy: onlyBody,
  },
  'signed-base64': { zh: '签名覆盖的是 input 的 base64', en: 'over the base64 of input', remedy: onlyBody },
  'signed-as-string': {
    zh: '签名覆盖的是作为 JSON 字符串的 input',
    en: 'over input as a JSON string',
    remedy: onlyBody,
  },
  'signed-digest': {
    zh: '先算 SM3 再签名（多算了一次摘要）',
    en: 'over the SM3 of the content (hashed once too often)',
    remedy: {
      zh: '把原文而不是摘要交给 SM3withSM2 签名函数。',
      en: 'Hand the content, not its digest, to the SM3withSM2 function.',
    },
  },
  'signed-ciphertext': {
    zh: '签名覆盖的是密文而非明文',
    en: 'over the encrypted text instead of the clear one',
    remedy: {
      zh: '先对明文签名，再加密。',
      en: 'Sign the clear text first, then encrypt.',
    },
  },
  'scalars-bare': {
    zh: '签名时 data 内的数字未加引号',
    en: 'signed with bare numbers inside data',
    remedy: sameForm,
  },
  'scalars-quoted': {
    zh: '签名时 data 内的数字加了引号',
    en: 'signed with numbers inside data in quotes',
    remedy: sameForm,
  },
  'empty-objects-kept': {
    zh: '签名时保留了空对象',
    en: 'signed with empty objects kept',
    remedy: sameForm,
  },
  'empty-objects-dropped': {
    zh: '签名时去掉了空对象',
    en: 'signed with empty objects dropped',
    remedy: sameForm,
  },
  'data-as-sent': {
    zh: '签名时 data 未排序，按发送的文本',
    en: 'signed with data as it was sent, not sorted',
    remedy: sameForm,
  },
  'secret-left-out': {
    zh: '签名文本末尾没有 &key=',
    en: 'signed without &key= at the end',
    remedy: sameForm,
  },
  'pairs-sorted-by-case': {
    zh: '签名文本的成员排序区分了大小写',
    en: 'signed with pairs sorted by case',
    remedy: sameForm,
  },
  'user-id-default': {
    zh: '用户标识为默认值 1234567812345678',
    en: 'valid with user id = 1234567812345678 (default)',
    remedy: userId,
  },
  'user-id-app-secret': {
    zh: '用户标识为 appSecret',
    en: 'valid with user id = appSecret',
    remedy: userId,
  },
  'user-id-empty': { zh: '用户标识为空', en: 'valid with an empty user id', remedy: userId },
  'user-id-other': {
    zh: '用户标识为另一已知值（机构编号、应用编号等）',
    en: 'valid with another known user id (institution code, application id, …)',
    remedy: userId,
  },
  'no-identity-digest': {
    zh: '签名时未加入 ZA（用户标识摘要）',
    en: 'signed without ZA, the digest of the user id',
    remedy: {
      zh: '发送方改用 SM3withSM2（e = SM3(ZA‖M)），而不是直接对 SM3(M) 签名。',
      en: 'The sender uses SM3withSM2 (e = SM3(ZA‖M)) instead of signing SM3(M).',
    },
  },
  'key-other': {
    zh: '由另一方的密钥签名',
    en: 'by the key of another party',
    remedy: {
      zh: '核对发送方使用的私钥，或更正本连接配置的公钥。',
      en: 'Check which private key the sender uses, or correct the public key of the connection.',
    },
  },
  'key-expired': {
    zh: '由有效期外的密钥签名',
    en: 'by a key outside its validity',
    remedy: {
      zh: '发送方换用有效期内的密钥；如属换钥，请登记新公钥。',
      en: 'The sender uses a key that is valid; during a change of keys, register the new public key.',
    },
  },
  'algorithm-ecdsa': {
    zh: '这是普通 ECDSA 签名，不是 SM2',
    en: 'plain ECDSA, not SM2',
    remedy: {
      zh: '发送方改用真正的 SM2 签名函数：有的密码库对 SM2 密钥默认作 ECDSA。',
      en: 'The sender uses a function that really computes SM2: some libraries do ECDSA with an SM2 key by default.',
    },
  },
  'algorithm-digest': {
    zh: '这只是内容的摘要（MD5、SHA 或 SM3），不是签名',
    en: 'a mere digest of the content (MD5, SHA or SM3), no signature',
    remedy: {
      zh: '发送方用本机构 SM2 私钥签名；摘要任何人都能计算。',
      en: 'The sender signs with its SM2 private key; anybody can compute a digest.',
    },
  },
  'signature-cut-off': {
    zh: '签名值被截断或长度不对',
    en: 'cut off, or of a wrong length',
    remedy: {
      zh: '检查发送方与沿途字段长度限制：r‖s 为 64 字节，base64 88 个字符。',
      en: 'Check length limits of the sender and on the way: r‖s has 64 bytes, 88 characters of base64.',
    },
  },
  'signature-out-of-range': {
    zh: 'r 或 s 为 0 或不小于 n，不可能是签名',
    en: 'r or s is 0 or not below n, which no signature has',
    remedy: {
      zh: '该值不是签名函数的输出，请检查发送方程序。',
      en: 'No signing function gives this; check the sender’s program.',
    },
  },
} as const satisfies Record<string, DifferenceText>;

/** The stable code of a difference. */
export type DifferenceCode = keyof typeof DIFFERENCES;
