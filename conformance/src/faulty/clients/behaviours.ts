/** Ways in which the line beside a client makes it wrong, by name; what data can say stands in the faulty systems. */
import { leaf } from '@yiqiao/sandbox';
import type { Pass, PassingAnswer } from '../../counterparts/line.ts';
import {
  createNumbers,
  envelopeOf,
  infnoOf,
  isRefusal,
  isSuccess,
  msgidOf,
  underNumber,
  withEnvelope,
} from '../on-the-way.ts';

/** Makes somebody on the line, with a memory of its own; `about`: transactions. */
type ClientBehaviour = (about: readonly string[]) => Pass;

/** By name. */
export const CLIENT_BEHAVIOURS: Readonly<Record<string, ClientBehaviour>> = {
  /** Sends it once more under a new msgid when no usable answer came. */
  'sends-anew': (about) => {
    const next = createNumbers();
    return async (message, go) => {
      const answer = await go(message);
      if (!about.includes(infnoOf(message)) || isUsable(answer)) return answer;
      return await go(underNumber(message, next()));
    };
  },
  /** Sends it a second time, under a new msgid, although it was answered. */
  'sends-twice': (about) => {
    const next = createNumbers();
    return async (message, go) => {
      const answer = await go(message);
      if (about.includes(infnoOf(message))) await go(underNumber(message, next()));
      return answer;
    };
  },
  /** Tries a refused message again and again. */
  insists: (about) => {
    const next = createNumbers();
    return async (message, go) => {
      let answer = await go(message);
      for (let turn = 0; turn < 8 && about.includes(infnoOf(message)) && isRefusal(answer); turn += 1)
        answer = await go(underNumber(message, next()));
      return answer;
    };
  },
  /** Does not let it pass, and says itself that it was done. */
  swallows: (about) => async (message, go) => (about.includes(infnoOf(message)) ? DONE : await go(message)),
  /** Never signs in, and makes up the number. */
  'swallows-sign-in': (about) => async (message, go) =>
    about.includes(infnoOf(message)) ? SIGNED_IN : await go(message),
  /** Signs in once; afterwards the old number will do. */
  'swallows-sign-in-again': (about) => {
    let times = 0;
    return async (message, go) => {
      if (!about.includes(infnoOf(message))) return await go(message);
      times += 1;
      return times === 1 ? await go(message) : SIGNED_IN;
    };
  },
  /** Withdraws the fees of what was just settled. */
  'withdraws-settled': (about) => {
    const next = createNumbers();
    return async (message, go) => {
      const answer = await go(message);
      if (about.includes(infnoOf(message)) && isSuccess(answer))
        await go(withEnvelope(underNumber(message, next()), { infno: '2205' }));
      return answer;
    };
  },
  /** The same msgid for every message of these. */
  'one-msgid': (about) => {
    let msgid = '';
    return async (message, go) => {
      if (!about.includes(infnoOf(message))) return await go(message);
      msgid ||= msgidOf(message);
      return await go(withEnvelope(message, { msgid }));
    };
  },
};

/** An answer that a client can do something with, be it a refusal. */
function isUsable(answer: PassingAnswer | undefined): boolean {
  return answer !== undefined && answer.status < 500 && leaf(envelopeOf(answer), 'infcode') !== '';
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
