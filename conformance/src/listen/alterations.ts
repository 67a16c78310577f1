/** Changes of answers on request, beside the faults of the sandbox: what a client meets at real platforms. */
import { GBK_TEXT } from '../tongues/raw-bytes.ts';

/** Name of an alteration. */
export type AlterationKind =
  | 'code-as-text'
  | 'unknown-members'
  | 'no-text'
  | 'spaced'
  | 'gb18030'
  | 'other-message'
  | 'no-code'
  | 'twice';

/** The bytes of an answer as they leave. */
export function alter(bytes: Buffer, kind: AlterationKind): Buffer {
  return ALTERED[kind](bytes.toString('utf8'));
}

const replaced = (pattern: RegExp, by: string) => (text: string) => Buffer.from(text.replace(pattern, by));

const ALTERED: Readonly<Record<AlterationKind, (text: string) => Buffer>> = {
  'code-as-text': replaced(/"infcode":(-?\d+)/, '"infcode":"$1"'),
  'unknown-members': replaced(/^\{/, '{"traceId":"t-1","extra":{"a":[1,null]},'),
  'no-text': replaced(/"err_msg":"(?:[^"\\]|\\.)*"/, '"err_msg":null'),
  spaced: (text) => Buffer.from(`\n${text.replaceAll(/,"(?=infcode|err_msg|output)/g, ' ,\n "')}\n`),
  gb18030: (text) =>
    Buffer.concat([Buffer.from(`${text.slice(0, -1)},"memo":"`), GBK_TEXT, Buffer.from('"}')]),
  'other-message': replaced(/"inf_refmsgid":"[^"]{4}/, '"inf_refmsgid":"9999'),
  'no-code': replaced(/"infcode":"?-?\d+"?,/, ''),
  twice: replaced(/"infcode":("?-?\d+"?)/, '"infcode":-1,"infcode":$1'),
};
