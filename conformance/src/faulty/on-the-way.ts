/** What somebody on a line reads in the messages that pass, and changes in them. */
import { leaf } from '@yiqiao/sandbox';
import { findMessage } from '../counterparts/edit-message.ts';
import type { OnTheWay, PassingAnswer } from '../counterparts/line.ts';
import type { OwnObject } from '../run/own-reading.ts';

/** What came back; nothing when the far side closed the connection. */
type Came = PassingAnswer | 'silence' | undefined;

/** The envelope of a message or answer; empty for bytes that are none. */
export function envelopeOf({ bytes }: { readonly bytes: Buffer }): OwnObject {
  return findMessage(bytes) ?? {};
}

/** Transaction number of a message; empty for bytes that are none. */
export function infnoOf(message: { readonly bytes: Buffer }): string {
  return leaf(envelopeOf(message), 'infno');
}

/** 发送方报文ID of a message; empty for bytes that are none. */
export function msgidOf(message: { readonly bytes: Buffer }): string {
  return leaf(envelopeOf(message), 'msgid');
}

/** The same message with members of its envelope set; a signature covers the body alone. */
export function withEnvelope(message: OnTheWay, members: OwnObject): OnTheWay {
  return { ...message, bytes: Buffer.from(JSON.stringify({ ...envelopeOf(message), ...members })) };
}

/** The same message under another msgid, the last four digits being these. */
export function underNumber(message: OnTheWay, digits: number): OnTheWay {
  return withEnvelope(message, { msgid: `${msgidOf(message).slice(0, -4)}${digits}` });
}

/** Numbers that no sender uses within a scenario: 9001 to 9999, then again from 9000. */
export function createNumbers(): () => number {
  let serial = 0;
  return () => 9_000 + ((serial += 1) % 1_000);
}

/** Whether an answer is a refusal in the form of the interface. */
export function isRefusal(answer: Came): answer is PassingAnswer {
  return codeOf(answer) === '-1';
}

/** Whether an answer is a success in the form of the interface. */
export function isSuccess(answer: Came): answer is PassingAnswer {
  return codeOf(answer) === '0';
}

/** 交易状态码 of a whole answer; empty where there is none. */
function codeOf(answer: Came): string {
  if (answer === undefined || answer === 'silence' || answer.cutAfter !== undefined) return '';
  return leaf(envelopeOf(answer), 'infcode');
}
