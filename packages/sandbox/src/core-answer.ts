/** Writes a simulated core's answers and remembers the last ones, for the fault that mixes them up. */
import type { Clock } from '@yiqiao/model';
import { stamp, stampMs } from './china-time.ts';
import { writeMessage } from './national-message.ts';
import type { JsonObject } from './national-message.ts';
import { createSandboxKeys, signText } from './sm2-signature.ts';
import type { SandboxSigning } from './sm2-signature.ts';

/** What a core says: the output of a success, or why not. */
export type CoreAnswer = { readonly output: JsonObject | null } | { readonly refusal: string };

/** Writes answers. */
export interface AnswerWriter {
  /** Bytes of an answer; `stranger` signs it with a key nobody knows. */
  write(
    answer: CoreAnswer,
    to: {
      readonly msgid: string;
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

  return {
    write(answer, { msgid, stranger = false }) {
      serial += 1;
      const now = clock.now();
      const refused = 'refusal' in answer;
      const body = JSON.stringify(refused ? null : answer.output);
      const signer = stranger ? { ...createSandboxKeys() } : signing;
      const members = {
        infcode: refused ? -1 : 0,
        inf_refmsgid: `${region}${stamp(now)}${String(serial).padStart(10, '0')}`,
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
