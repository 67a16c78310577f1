/** Asks a national system on behalf of a door that speaks another form. */
import { child, leaf, parseMessage } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { post } from '../run/post.ts';
import { INSIDE_LIMITS } from './door.ts';

/** A refusal in the words of whoever refused; a door that refuses itself names as `cause` what it misses. */
export class Refusal extends Error {}

/** Asks one side and gives its `output`; throws `Refusal` when it refuses. */
export type AskNational = (infno: string, body: OwnObject, side: 'care' | 'insured') => Promise<OwnObject>;

/** One question. */
export interface NationalQuestion {
  readonly infno: string;
  readonly body: OwnObject;
  readonly side: 'care' | 'insured';
  /** Elements of the predecessor that say who asks: `aab299`, `aab301`, `akb026`, `akb021`, `transid`. */
  readonly head: OwnObject;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
}

/** Makes the asker of two systems. */
export function createNationalAsker(
  urls: Readonly<Record<'care' | 'insured', string>>,
): (question: NationalQuestion) => Promise<OwnObject> {
  return async ({ infno, body, side, head, time }) => {
    const institution = leaf(head, 'akb026') || 'H53010000001';
    const envelope = {
      infno,
      msgid: leaf(head, 'transid'),
      mdtrtarea_admvs: leaf(head, 'aab299'),
      insuplc_admdvs: leaf(head, 'aab301'),
      recer_sys_code: '99',
      dev_no: '',
      dev_safe_info: '',
      cainfo: '',
      signtype: '',
      infver: '1.0.0',
      opter_type: '1',
      opter: '0001',
      opter_name: leaf(head, 'aae011') || '经办',
      inf_time: time,
      fixmedins_code: institution,
      fixmedins_name: leaf(head, 'akb021') || institution,
      sign_no: '',
      input: dated(body, time),
    };
    const reply = await post(urls[side], Buffer.from(JSON.stringify(envelope)), INSIDE_LIMITS);
    if (!reply.came) throw new Refusal(reply.text.zh);
    const answer = parseMessage(reply.bytes.toString('utf8'));
    if (leaf(answer, 'infcode') !== '0') throw new Refusal(leaf(answer, 'err_msg'));
    return child(answer, 'output');
  };
}

/** Identification is asked for the moment at which it is asked. */
function dated(body: OwnObject, time: string): OwnObject {
  const data = child(body, 'data');
  return leaf(data, 'mdtrt_cert_type') !== '' && 'begntime' in data && leaf(data, 'begntime') === ''
    ? { ...body, data: { ...data, begntime: time } }
    : body;
}
