/** Ways in which a faulty system hears bytes, trusts signatures and writes answers, by name. */
import type { Bend } from '@yiqiao/sandbox';
import { leaf } from '../../run/own-reading.ts';
import { falling, KINDS_OF_BYTES } from '../bytes.ts';
import type { SystemState } from './acts.ts';

/** Makes the ears and mouth of one system. */
export type Ear = (system: SystemState) => Pick<Bend, 'hears' | 'trusts' | 'spoil' | 'status'>;

/** By name. */
export const EARS: Readonly<Record<string, Ear>> = {
  'welcomes-the-empty': welcoming(KINDS_OF_BYTES.empty),
  'welcomes-a-text': welcoming(KINDS_OF_BYTES.text),
  'welcomes-the-cut': welcoming(KINDS_OF_BYTES.cut),
  'list-is-its-first': () => ({
    hears: (bytes) => (KINDS_OF_BYTES.list(bytes) ? bytes.subarray(1, -1) : bytes),
  }),
  'falls-over-depth': () => ({ hears: falling(KINDS_OF_BYTES.nested) }),
  'falls-over-size': () => ({ hears: falling(KINDS_OF_BYTES.large) }),
  'no-escapes': () => ({
    hears: (bytes) => Buffer.from(bytes.toString('utf8').replaceAll(/\\u[0-9a-f]{4}/g, '?')),
  }),
  'trusts-all': () => ({ trusts: () => true }),
  'trusts-the-unsigned': trusting((cainfo) => cainfo === undefined),
  'trusts-the-empty': trusting((cainfo) => cainfo === ''),
  'trusts-hex': trusting((cainfo) => /^[0-9a-f]{128}$/.test(cainfo ?? '')),
  'trusts-der': trusting((cainfo) => Buffer.from(cainfo ?? '', 'base64')[0] === 0x30 && length(cainfo) > 65),
  'trusts-the-cut': trusting((cainfo) => length(cainfo) === 63),
  'trusts-the-longer': trusting((cainfo) => length(cainfo) === 65),
  'trusts-zeros': trusting(
    (cainfo) => length(cainfo) === 64 && !Buffer.from(cainfo ?? '', 'base64').some((one) => one !== 0),
  ),
  'distrusts-blanks': () => ({ trusts: ({ text }, good) => good && !/"input":\{\s/.test(text) }),
  'distrusts-all': () => ({ trusts: () => false }),
  'numbers-its-answers-anew': ({ starts }) => {
    let [run, serial] = [0, 0];
    return {
      spoil(bytes) {
        [run, serial] = run === starts() ? [run, serial + 1] : [starts(), 1];
        const number = `$1${String(serial).padStart(10, '0')}"`;
        return Buffer.from(bytes.toString('utf8').replace(/("inf_refmsgid":"\d{20})\d{10}"/, number));
      },
    };
  },
};

/** Says yes to what is no message. */
function welcoming(isNone: (bytes: Buffer) => boolean): Ear {
  return () => {
    let none = false;
    return {
      hears(bytes) {
        none = isNone(bytes);
        return bytes;
      },
      spoil: (bytes) =>
        none ? Buffer.from(bytes.toString('utf8').replace('"infcode":-1', '"infcode":0')) : bytes,
    };
  };
}

function trusting(also: (cainfo: string | undefined) => boolean): Ear {
  return () => ({
    trusts: ({ envelope }, good) =>
      good || also(Object.hasOwn(envelope, 'cainfo') ? leaf(envelope, 'cainfo') : undefined),
  });
}

function length(cainfo: string | undefined): number {
  return Buffer.from(cainfo ?? '', 'base64').length;
}
