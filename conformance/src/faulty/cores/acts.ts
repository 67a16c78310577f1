/** What faulty cores are made of: each behaviour stands around the sandbox's handlers. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { children, fenOf, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { SETTLEMENTS } from '../../sound/courses.ts';
import { datum, DONE, infoOf, isDone, originalOf, renamed, withBalance, withData } from './messages.ts';

/** What a system knows of itself. */
export interface SystemState {
  /** How often it was started: 1, after a restart 2. */
  readonly starts: () => number;
}

/** Makes the wrapper of one system, with a memory of its own. */
export type Behaviour = (system: SystemState) => (handler: TransactionHandler) => TransactionHandler;

/** Behaviours by name. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

/** What a faulty system does with a request; `go` is the sandbox's way. */
export type Act = (request: CoreRequest, go: TransactionHandler) => CoreAnswer;

/** A behaviour with a memory of its own. */
export function acting(make: (system: SystemState) => Act): Behaviour {
  return (system) => {
    const act = make(system);
    return (go) => (request) => act(request, go);
  };
}

/** A behaviour that remembers nothing and concerns some transactions only. */
export function when(infnos: readonly string[], act: Act): Behaviour {
  return acting(() => (request, go) => (infnos.includes(request.infno) ? act(request, go) : go(request)));
}

/** Asks with a changed body. */
export function asking(infnos: readonly string[], change: (input: OwnObject) => OwnObject): Behaviour {
  return when(infnos, (request, go) => go({ ...request, input: change(request.input) }));
}

/** Books the first row of a message that is refused for another of its rows. */
export function bookingTheFirst(infno: string, node: string): Behaviour {
  return when([infno], (request, go) => {
    const answer = go(request);
    const rows = children(request.input, node);
    if (!isDone(answer) && rows.length > 1)
      go({ ...request, input: { ...request.input, [node]: rows.slice(0, 1) } });
    return answer;
  });
}

/** Says yes to what was done before to the same, named by a member of `data`; it is told like then, or without body. */
export function doingAgain(infnos: readonly string[], member: string, told: 'like-then' | 'bare'): Behaviour {
  return acting(() => {
    const answers = new Map<string, CoreAnswer>();
    return (request, go) => {
      const answer = go(request);
      if (!infnos.includes(request.infno)) return answer;
      const key = datum(request, member);
      if (isDone(answer)) answers.set(key, told === 'like-then' ? answer : DONE);
      return answers.get(key) ?? answer;
    };
  });
}

/** Says yes to the cancellation of a settlement that was never made. */
export function cancellingTheUnknown(infnos: readonly string[]): Behaviour {
  return when(infnos, (request, go) => {
    const answer = go(request);
    return datum(request, 'setl_id').startsWith('0000') ? { output: { setlinfo: {} } } : answer;
  });
}

/** Messages that take a member of `data` from the settlement they name in place of what was sent. */
export function fromSettlement(infnos: readonly string[], member: string): Behaviour {
  return acting(() => {
    const known = new Map<string, string>();
    return (request, go) => {
      const value = infnos.includes(request.infno) ? known.get(datum(request, 'setl_id')) : undefined;
      const answer = go(value === undefined ? request : withData(request, { [member]: value }));
      const info = infoOf(answer);
      if (SETTLEMENTS.includes(request.infno) && isDone(answer))
        known.set(leaf(info, 'setl_id'), leaf(info, member));
      return answer;
    };
  });
}

/** A reversal that takes members of `data` from its original, one of these, in place of what was sent. */
export function reversing(
  infnos: readonly string[],
  members: (original: CoreRequest) => OwnObject,
): Behaviour {
  return acting(() => {
    const known = new Map<string, CoreRequest>();
    return (request, go) => {
      if (infnos.includes(request.infno)) known.set(request.msgid, request);
      const original = request.infno === '2601' ? known.get(originalOf(request)) : undefined;
      return go(original === undefined ? request : withData(request, members(original)));
    };
  });
}

/** Whatever one of these was about can not be done again once it was reversed. */
export function closedByReversal(
  infnos: readonly string[],
  matterOf: (request: CoreRequest) => string,
): Behaviour {
  return acting(() => {
    const matters = new Map<string, string>();
    const closed = new Set<string>();
    return (request, go) => {
      const reversed = request.infno === '2601' ? matters.get(originalOf(request)) : undefined;
      if (reversed !== undefined) closed.add(reversed);
      if (!infnos.includes(request.infno)) return go(request);
      if (closed.has(matterOf(request))) return { refusal: '原结算已冲正，不能再结算' };
      matters.set(request.msgid, matterOf(request));
      return go(request);
    };
  });
}

/** An original that comes after its reversal is carried out, as another message. */
export function carryingOutLate(infnos: readonly string[]): Behaviour {
  return acting(() => {
    const reversed = new Set<string>();
    return (request, go) => {
      if (request.infno === '2601') reversed.add(originalOf(request));
      return go(infnos.includes(request.infno) && reversed.has(request.msgid) ? renamed(request) : request);
    };
  });
}

/** What these cancellations take back does not come to the account again. */
export function keepingTheMoney(infnos: readonly string[]): Behaviour {
  return withAccount((account) => (request, go) => {
    const answer = go(request);
    if (infnos.includes(request.infno)) account.offset += fenOf(infoOf(answer), 'acct_pay');
    return answer;
  });
}

/** A system whose account, as 1101 tells it, is off by an amount in 分. */
export function withAccount(make: (account: { offset: bigint }) => Act): Behaviour {
  return acting(() => {
    const account = { offset: 0n };
    const act = make(account);
    return (request, go) => {
      const answer = act(request, go);
      return request.infno === '1101' ? withBalance(answer, account.offset) : answer;
    };
  });
}
