/** Ways in which a faulty system acts wrongly, by name; each stands around the sandbox's handlers. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { child, children, fenOf, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { amountOf } from './bodies.ts';
import {
  anew,
  infoOf,
  isDone,
  matterOf,
  originalOf,
  outputOf,
  withBalance,
  withData,
  withInfo,
} from './settlement-messages.ts';

/** What a system knows of itself. */
export interface SystemState {
  /** How often it was started: 1, after a restart 2. */
  readonly starts: () => number;
}

/** Makes the wrapper of one system, with a memory of its own. */
export type Behaviour = (system: SystemState) => (handler: TransactionHandler) => TransactionHandler;

type Act = (request: CoreRequest, go: TransactionHandler) => CoreAnswer;

const SETTLES = ['2207', '2304'];
const CANCELS = ['2208', '2305'];
const DONE: CoreAnswer = { output: null };

/** By name. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'settles-the-same-message-twice': acting(() => {
    const seen = new Set<string>();
    return (request, go) =>
      go(SETTLES.includes(request.infno) && wasSeen(seen, request.msgid) ? anew(request) : request);
  }),
  'settles-the-same-matter-twice': acting(() => {
    const seen = new Map<string, string>();
    return (request, go) => {
      if (!SETTLES.includes(request.infno)) return go(request);
      const first = seen.get(matterOf(request));
      seen.set(matterOf(request), first ?? request.msgid);
      return go(first === undefined || first === request.msgid ? request : anew(request));
    };
  }),
  'charges-the-account-again': withAccount((account) => {
    const seen = new Map<string, bigint>();
    return (request, go) => {
      const answer = go(request);
      if (!SETTLES.includes(request.infno)) return answer;
      account.offset -= seen.get(matterOf(request)) ?? 0n;
      if (isDone(answer)) seen.set(matterOf(request), fenOf(infoOf(answer), 'acct_pay'));
      return answer;
    };
  }),
  'trial-charges-the-account': withAccount((account) => (request, go) => {
    const answer = go(request);
    if (['2206', '2303'].includes(request.infno)) account.offset -= fenOf(infoOf(answer), 'acct_pay');
    return answer;
  }),
  'settlement-leaves-the-account': withAccount((account) => (request, go) => {
    const answer = go(request);
    if ([...SETTLES, ...CANCELS].includes(request.infno)) account.offset += fenOf(infoOf(answer), 'acct_pay');
    if (request.infno === '2601' && isDone(answer)) account.offset = 0n;
    return answer;
  }),
  'tells-the-account-before': acting(() => (request, go) => {
    const answer = go(request);
    if (!SETTLES.includes(request.infno) || !isDone(answer)) return answer;
    const info = infoOf(answer);
    return withInfo(answer, { balc: amountOf(fenOf(info, 'balc') + fenOf(info, 'acct_pay')) });
  }),
  'uses-the-account-unasked': acting(
    () => (request, go) =>
      go(SETTLES.includes(request.infno) ? withData(request, { acct_used_flag: '1' }) : request),
  ),
  'same-id-for-all': acting(() => (request, go) => {
    const answer = go(request);
    return SETTLES.includes(request.infno) && isDone(answer)
      ? withInfo(answer, { setl_id: '330100202600000001' })
      : answer;
  }),
  'cancels-without-paying-back': withAccount((account) => (request, go) => {
    const answer = go(request);
    if (CANCELS.includes(request.infno)) account.offset += fenOf(infoOf(answer), 'acct_pay');
    return answer;
  }),
  'cancels-twice': acting(() => {
    const answers = new Map<string, CoreAnswer>();
    return (request, go) => {
      const answer = go(request);
      if (!CANCELS.includes(request.infno)) return answer;
      const key = leaf(child(request.input, 'data'), 'setl_id');
      if (isDone(answer)) answers.set(key, answer);
      return isDone(answer) ? answer : (answers.get(key) ?? answer);
    };
  }),
  'cancels-what-is-not-there': acting(() => (request, go) => {
    const answer = go(request);
    const unknown = leaf(child(request.input, 'data'), 'setl_id').startsWith('0000');
    return CANCELS.includes(request.infno) && unknown ? { output: { setlinfo: {} } } : answer;
  }),
  'cancels-for-anybody': remembering('psn_no'),
  'cancels-any-visit': remembering('mdtrt_id'),
  'cancel-keeps-the-id': acting(() => (request, go) => {
    const answer = go(request);
    const setl_id = leaf(child(request.input, 'data'), 'setl_id');
    return CANCELS.includes(request.infno) && isDone(answer) ? withInfo(answer, { setl_id }) : answer;
  }),
  'stay-cancels-outpatients': acting(() => {
    const outpatient = new Map<string, OwnObject>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2207' && isDone(answer))
        outpatient.set(leaf(infoOf(answer), 'setl_id'), infoOf(answer));
      const other = outpatient.get(leaf(child(request.input, 'data'), 'setl_id'));
      return request.infno === '2305' && other !== undefined ? { output: { setlinfo: other } } : answer;
    };
  }),
  'reversal-only-says-yes': acting(() => (request, go) => (request.infno === '2601' ? DONE : go(request))),
  'reversal-pays-twice': withAccount((account) => {
    const seen = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2601' && isDone(answer) && wasSeen(seen, originalOf(request)))
        account.offset += 100n;
      return answer;
    };
  }),
  'reversal-for-anybody': reversing((request, { person }) => ({
    psn_no: person ?? leaf(child(request.input, 'data'), 'psn_no'),
  })),
  'reversal-of-any-transaction': reversing((_request, { infno }) =>
    infno === undefined ? {} : { oinfno: infno },
  ),
  'reverses-the-unknown': acting(() => (request, go) => {
    const answer = go(request);
    const original = originalOf(request);
    return request.infno === '2601' && original.endsWith('202001010000000001') ? DONE : answer;
  }),
  'reverses-queries': acting(
    () => (request, go) =>
      request.infno === '2601' && leaf(child(request.input, 'data'), 'oinfno') === '1101'
        ? DONE
        : go(request),
  ),
  'late-original-is-carried-out': acting(() => {
    const reversed = new Set<string>();
    return (request, go) => {
      if (request.infno === '2601') reversed.add(originalOf(request));
      const late = SETTLES.includes(request.infno) && reversed.has(request.msgid);
      return go(late ? { ...request, msgid: `${request.msgid.slice(0, -1)}L` } : request);
    };
  }),
  'reversed-matter-stays-closed': acting(() => {
    const matters = new Map<string, string>();
    const closed = new Set<string>();
    return (request, go) => {
      if (request.infno === '2601') closed.add(matters.get(originalOf(request)) ?? '');
      if (!SETTLES.includes(request.infno)) return go(request);
      if (closed.has(matterOf(request))) return { refusal: '该批次已冲正，不能再结算' };
      matters.set(request.msgid, matterOf(request));
      return go(request);
    };
  }),
  'cancellation-stays-after-reversal': acting(
    () => (request, go) =>
      request.infno === '2601' && CANCELS.includes(leaf(child(request.input, 'data'), 'oinfno'))
        ? DONE
        : go(request),
  ),
  'finds-somebody': acting(() => (request, go) => {
    const answer = go(request);
    const nobody = leaf(child(request.input, 'data'), 'mdtrt_cert_no') === '000000190001010000';
    return request.infno === '1101' && nobody
      ? go(
          withData(request, {
            mdtrt_cert_no: '000000199001010018',
            certno: '000000199001010018',
            psn_name: '',
          }),
        )
      : answer;
  }),
  'withdraws-twice': acting(() => (request, go) => {
    const answer = go(request);
    return request.infno === '2502' && 'refusal' in answer && answer.refusal.includes('已撤销')
      ? DONE
      : answer;
  }),
  'lists-what-was-withdrawn': acting(() => {
    const rows = new Map<string, OwnObject>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno !== '5304' || !isDone(answer)) return answer;
      for (const row of children(outputOf(answer), 'refmedin'))
        rows.set(leaf(row, 'reflin_medins_name'), row);
      return { output: { refmedin: [...rows.values()] } };
    };
  }),
  'loses-rare-characters': acting(() => (request, go) => {
    const answer = go(request);
    if (request.infno !== '5304' || !isDone(answer)) return answer;
    const text = JSON.stringify(outputOf(answer)).replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?');
    return { output: JSON.parse(text) as OwnObject };
  }),
  'answers-anything': acting(
    () => (request, go) => (request.infno === '0000' ? { output: {} } : go(request)),
  ),
};

function acting(make: () => Act): Behaviour {
  return () => {
    const act = make();
    return (go) => (request) => act(request, go);
  };
}

/** A system whose account, as 1101 and settlements tell it, is off by an amount. */
function withAccount(make: (account: { offset: bigint }) => Act): Behaviour {
  return () => {
    const account = { offset: 0n };
    const act = make(account);
    return (go) => (request) => {
      const answer = act(request, go);
      return request.infno === '1101' ? withBalance(answer, account.offset) : answer;
    };
  };
}

/** A cancellation that takes a member from its settlement in place of what was sent. */
function remembering(member: string): Behaviour {
  return acting(() => {
    const known = new Map<string, string>();
    return (request, go) => {
      const setlId = leaf(child(request.input, 'data'), 'setl_id');
      const value = CANCELS.includes(request.infno) ? known.get(setlId) : undefined;
      const answer = go(value === undefined ? request : withData(request, { [member]: value }));
      if (SETTLES.includes(request.infno) && isDone(answer))
        known.set(leaf(infoOf(answer), 'setl_id'), leaf(infoOf(answer), member));
      return answer;
    };
  });
}

/** A reversal that takes members from its original in place of what was sent. */
function reversing(
  change: (
    request: CoreRequest,
    original: { readonly infno?: string; readonly person?: string },
  ) => OwnObject,
): Behaviour {
  return acting(() => {
    const known = new Map<string, { readonly infno: string; readonly person: string }>();
    return (request, go) => {
      if (SETTLES.includes(request.infno))
        known.set(request.msgid, {
          infno: request.infno,
          person: leaf(child(request.input, 'data'), 'psn_no'),
        });
      if (request.infno !== '2601') return go(request);
      return go(withData(request, change(request, known.get(originalOf(request)) ?? {})));
    };
  });
}

function wasSeen(seen: Set<string>, one: string): boolean {
  const before = seen.has(one);
  seen.add(one);
  return before;
}
