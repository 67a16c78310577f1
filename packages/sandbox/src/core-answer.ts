/** Writes a simulated core's answers and remembers the last ones, for the fault that mixes them up. */
import type { Readable } from 'node:stream';
import type { Clock } from '@yiqiao/model';
import { stamp, stampMs } from './china-time.ts';
import { writeMessage } from './national-message.ts';
import type { JsonObject } from './national-message.ts';
import { createSandboxKeys, signText } from './sm2-signature.ts';
import type { SandboxSigning } from './sm2-signature.ts';

/** What a core says in an envelope: the output of a success, or why not. */
export type SaidAnswer =
  { readonly output: JsonObject | readonly JsonObject[] | null } | { readonly refusal: string };

/** What a core answers: an envelope, or the bytes of a file without one. Source: envelope, rules (9102). */
export type CoreAnswer = SaidAnswer | { readonly file: () => Readable };

/** Writes answers. */
export interface AnswerWriter {
  /** 接收方报文ID `inf_refmsgid` of the next answer: region, time, serial. */
  nextNumber(): string;
  /** Bytes of an answer; `stranger` signs it with a key nobody knows. */
  write(
    answer: SaidAnswer,
    to: {
      readonly msgid: string;
      /** `inf_refmsgid`, a new one when absent. */
      readonly number?: string;
      readonly stranger?: boolean;
    },
  ): Buffer;
  /** The latest answer to a message with another id. */
  answerToAnother(msgid: string): Buffer | undefined;
}

/** Makes a writer. Source of the members: envelope.json, response. */
export function createAnswerWriter({
  region,
  clock,
  signing,
}: {
  readonly region: string;
  readonly clock: Clock;
  readonly signing: SandboxSigning | undefined;
}): AnswerWriter {
  let serial = 0;
  const recent: { readonly msgid: string; readonly bytes: Buffer }[] = [];

  const nextNumber = (): string => {
    serial += 1;
    return `${region}${stamp(clock.now())}${String(serial).padStart(10, '0')}`;
  };

  return {
    nextNumber,
    write(answer, { msgid, number = nextNumber(), stranger = false }) {
      const now = clock.now();
      const refused = 'refusal' in answer;
      const body = JSON.stringify(refused ? null : answer.output);
      const signer = stranger ? { ...createSandboxKeys() } : signing;
      const members = {
        infcode: refused ? -1 : 0,
        inf_refmsgid: number,
        refmsg_time: stampMs(now),
        respond_time: stampMs(now),
        err_msg: refused ? answer.refusal : '',
        ...(signer !== undefined && { cainfo: signText(body, signer), signtype: 'SM2' }),
        output: null,
      };
      const bytes = Buffer.from(writeMessage(members, 'output', body));
      recent.push({ msgid, bytes });
      if (recent.length > 3) recent.shift();
      return bytes;
    },
    answerToAnother: (msgid) => recent.findLast((answer) => answer.msgid !== msgid)?.bytes,
  };
}
