/** Ways in which the line beside a client makes it wrong, by name; what data can say stands in the faulty systems. */
import { leaf } from '@yiqiao/sandbox';
import { editMessage, findMessage } from '../../counterparts/edit-message.ts';
import type { Go, OnTheWay, Pass, PassingAnswer } from '../../counterparts/line.ts';

/** Makes somebody on the line, with a memory of its own; `about`: transactions. */
type ClientBehaviour = (about: readonly string[]) => Pass;

/** By name. */
export const CLIENT_BEHAVIOURS: Readonly<Record<string, ClientBehaviour>> = {
  /** Sends it once more under a new msgid when no usable answer came. */
  'sends-anew': (about) => async (message, go) => {
    const answer = await go(message);
    if (!about.includes(nameOf(message, 'infno')) || isUsable(answer)) return answer;
    return await go(withMsgid(message));
  },
  /** Sends it a second time, under a new msgid, although it was answered. */
  'sends-twice': (about) => async (message, go) => {
    const answer = await go(message);
    if (about.includes(nameOf(message, 'infno'))) await go(withMsgid(message));
    return answer;
  },
  /** Tries a refused message again and again. */
  insists: (about) => async (message, go) => {
    let answer = await go(message);
    for (let turn = 0; turn < 8 && about.includes(nameOf(message, 'infno')) && isRefusal(answer); turn += 1)
      answer = await go(withMsgid(message));
    return answer;
  },
  /** Does not let it pass, and says itself that it was done. */
  swallows: (about) => async (message, go) =>
    about.includes(nameOf(message, 'infno')) ? DONE : await go(message),
  /** Lets a refusal pass for success. */
  'swallows-refusal': (about) => async (message, go) => {
    const answer = await go(message);
    return about.includes(nameOf(message, 'infno')) && isRefusal(answer) ? DONE : answer;
  },
  /** Never signs in, and makes up the number. */
  'swallows-sign-in': (about) => async (message, go) =>
    about.includes(nameOf(message, 'infno')) ? SIGNED_IN : await go(message),
  /** Signs in once; afterwards the old number will do. */
  'swallows-sign-in-again': (about) => {
    let times = 0;
    return async (message, go) => {
      if (!about.includes(nameOf(message, 'infno'))) return await go(message);
      times += 1;
      return times === 1 ? await go(message) : SIGNED_IN;
    };
  },
  /** Withdraws the fees of what was just settled. */
  'withdraws-settled': (about) => async (message, go) => {
    const answer = await go(message);
    if (about.includes(nameOf(message, 'infno')) && nameOf(answer ?? message, 'infcode') === '0') {
      const bytes = edit(withMsgid(message), { set: { infno: '2205' } });
      await go({ ...message, bytes });
    }
    return answer;
  },
  /** Answers a trial with what it has not asked. */
  'keeps-last': (about) => {
    let last: PassingAnswer | undefined;
    return async (message, go) => {
      if (!about.includes(nameOf(message, 'infno'))) return await go(message);
      if (last !== undefined) return last;
      const answer = await go(message);
      if (answer !== undefined) last = answer;
      return answer;
    };
  },
  /** The same msgid for every message of these. */
  'one-msgid': (about) => {
    let first = '';
    return async (message, go) => {
      if (!about.includes(nameOf(message, 'infno'))) return await go(message);
      first = first || nameOf(message, 'msgid');
      return await go({ ...message, bytes: edit(message, { set: { msgid: first } }) });
    };
  },
};

function edit({ bytes }: OnTheWay, change: Parameters<typeof editMessage>[1]): Buffer {
  return editMessage(bytes, change, { body: 'input', keys: undefined });
}

let serial = 9_000;

function withMsgid(message: OnTheWay): OnTheWay {
  serial = serial >= 9_999 ? 9_000 : serial + 1;
  const msgid = `${nameOf(message, 'msgid').slice(0, -4)}${serial}`;
  return { ...message, bytes: edit(message, { set: { msgid } }) };
}

function nameOf({ bytes }: { readonly bytes: Buffer }, name: string): string {
  const envelope = findMessage(bytes);
  return envelope === undefined ? '' : leaf(envelope, name);
}

type Came = Awaited<ReturnType<Go>>;

function isUsable(answer: Came): boolean {
  return answer !== undefined && answer.status < 500 && nameOf(answer, 'infcode') !== '';
}

function isRefusal(answer: Came): boolean {
  return answer !== undefined && nameOf(answer, 'infcode') === '-1';
}

const DONE = answerOf('null');
const SIGNED_IN = answerOf('{"signinoutb":{"sign_time":"2026-11-20 10:00:00","sign_no":"SN9999"}}');

function answerOf(output: string): PassingAnswer {
  const head =
    '"infcode":0,"inf_refmsgid":"530000202611201000000000009999","refmsg_time":"20261120100000000","respond_time":"20261120100000000","err_msg":""';
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    bytes: Buffer.from(`{${head},"output":${output}}`),
  };
}
