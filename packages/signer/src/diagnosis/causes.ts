/** What a diagnosis says, in both languages. */
import type { Fault } from '@yiqiao/model';
import { DIFFERENCES } from './difference-texts.ts';
import type { DifferenceCode } from './difference-texts.ts';

/** One explanation. */
export interface Cause {
  /** What differs; empty when the signature is as agreed. */
  readonly differences: readonly DifferenceCode[];
  /** Name of the key that verifies it; absent where no key can. */
  readonly key?: string;
  /** The whole sentence. */
  readonly zh: string;
  readonly en: string;
  readonly remedies: readonly { readonly zh: string; readonly en: string }[];
}

/** What was found out. */
export interface Diagnosis {
  /** `valid`: it verifies as agreed. `missing`: there is no signature. `unexplained`: nothing that was tried fits. */
  readonly verdict: 'valid' | 'explained' | 'missing' | 'unexplained';
  /** Explanations with equally few differences; usually one. */
  readonly causes: readonly Cause[];
  /** What was tried, by the codes of the differences. */
  readonly tried: {
    readonly writings: readonly DifferenceCode[];
    readonly contents: readonly DifferenceCode[];
    readonly userIds: readonly DifferenceCode[];
    readonly keys: readonly string[];
  };
  readonly attempts: number;
  /** `false`: the time for it was over first. */
  readonly complete: boolean;
}

/** Says in whole sentences what differs. */
export function describeCause(differences: readonly DifferenceCode[], key?: string): Cause {
  const texts = differences.map((code) => DIFFERENCES[code]);
  const by = key === undefined ? { zh: '', en: '' } : { zh: `（密钥：${key}）`, en: ` (key: ${key})` };
  const remedies = new Map(texts.map(({ remedy }) => [remedy.en, remedy]));
  const said =
    texts.length === 0
      ? { zh: '签名按约定验证通过', en: 'the signature verifies as agreed' }
      : { zh: texts.map(({ zh }) => zh).join('；'), en: texts.map(({ en }) => en).join('; ') };
  return {
    differences,
    ...(key === undefined ? {} : { key }),
    zh: `${said.zh}${by.zh}。`,
    en: `${said.en.slice(0, 1).toUpperCase()}${said.en.slice(1)}${by.en}.`,
    remedies: [...remedies.values()],
  };
}

/** A diagnosis as the detail of an error, for connections in test. */
export function diagnosisFault(diagnosis: Diagnosis, at = '/cainfo'): Fault {
  const { verdict, causes, attempts } = diagnosis;
  const told = verdict === 'missing' ? NOTHING_SIGNED : notExplained(attempts);
  const text =
    causes.length === 0
      ? told
      : {
          zh: causes.map(({ zh, remedies }) => [zh, ...remedies.map((one) => one.zh)].join('')).join(''),
          en: causes.map(({ en, remedies }) => [en, ...remedies.map((one) => one.en)].join(' ')).join(' '),
        };
  return {
    rule: 'signature-diagnosis',
    at,
    field: at.slice(at.lastIndexOf('/') + 1),
    label: { zh: '数字签名', en: 'signature' },
    message: text,
  };
}

const NOTHING_SIGNED = { zh: '报文没有签名值。', en: 'The message carries no signature.' };

function notExplained(attempts: number): { readonly zh: string; readonly en: string } {
  return {
    zh: `已试 ${attempts} 种已知写法，均不能通过验签：内容在签名后被改动，或由未知的密钥签名。`,
    en: `None of ${attempts} known ways verifies: the content was changed after signing, or an unknown key signed it.`,
  };
}
