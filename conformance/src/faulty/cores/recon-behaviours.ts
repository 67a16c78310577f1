/** Ways in which a care place goes wrong with totals and clearing, by name. */
import { formatTime } from '@yiqiao/model';
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { amountNumber, child, children, findFen, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { acting, when } from './acts.ts';
import type { Behaviour, Behaviours } from './acts.ts';
import {
  datum,
  DONE,
  fromInstitution,
  institutionOf,
  isDone,
  isRefused,
  originalOf,
  outputOf,
  withBalance,
  withData,
  withNodeIn,
} from './messages.ts';
import { noteRow, shifted, TESTS } from './recon-rows.ts';
import type { Otherwise, Row } from './recon-rows.ts';

const NOWHERE = '000000000000';

/** By name. */
export const RECON_BEHAVIOURS: Behaviours = {
  'recon-overlooks-total': overlooking('医疗费总额'),
  'recon-overlooks-fund': overlooking('基金支付总额'),
  'recon-overlooks-account': overlooking('个人账户支付金额'),
  'recon-overlooks-count': overlooking('结算笔数'),
  'recon-agrees-to-more': agreeing((text) => countsOf(text).sent > countsOf(text).own),
  'recon-agrees-to-less': agreeing((text) => countsOf(text).sent < countsOf(text).own),
  'recon-three-agrees-to-anything': agreeing((text) => countsOf(text).own === 0 && countsOf(text).sent === 1),
  'recon-fund-and-account': agreeing((text) => {
    const pairs = [...text.matchAll(/平台(-?[\d.]+)，机构(-?[\d.]+)/g)];
    const sum = (at: 1 | 2): bigint => pairs.reduce((all, pair) => all + (findFen(pair[at] ?? '') ?? 0n), 0n);
    return pairs.length === 2 && !/总额平台.*医疗费|结算笔数/.test(text) && sum(1) === sum(2);
  }),
  'recon-forgets-refunds': counting({ standing: (row) => !row.reversed && !row.refund }),
  'recon-overlooks-flag-1': counting({ flag: (row, asked) => asked.flag === '1' || TESTS.flag(row, asked) }),
  'recon-overlooks-flag-0': counting({ flag: (row, asked) => asked.flag === '0' || TESTS.flag(row, asked) }),
  'recon-counts-reversed': counting({ standing: () => true }),
  'recon-counts-others': counting({ institution: () => true }),
  'recon-counts-all-kinds': counting({ kind: () => true }),
  'recon-counts-all-schemes': counting({ scheme: () => true }),
  'recon-forgets-stays': counting({ kind: (row, asked) => row.kind !== '21' && TESTS.kind(row, asked) }),
  'recon-counts-the-day-before': counting({
    from: (row, asked) => row.time.slice(0, 10) >= before(asked.from),
  }),
  'recon-ends-the-day-early': counting({ to: (row, asked) => row.time < `${asked.to} 23:59:00` }),
  'recon-begins-the-day-late': counting({ from: (row, asked) => row.time > `${asked.from} 00:00:00` }),
  'recon-compares-once': acting(() => {
    let last = '';
    return (request, go) => {
      if (['2207', '2601'].includes(request.infno)) last = '';
      if (request.infno !== '3201') return go(request);
      const text = JSON.stringify(request.input);
      if (text === last) return { refusal: '该对账已完成' };
      last = text;
      return go(request);
    };
  }),
  'recon-three-records-another-account': withBooks((rows, request, go) => {
    const answer = go(request);
    const decided = rows.some(({ setlId, reversed }) => !reversed && !setlId.startsWith('20'));
    return request.infno === '3201' && decided ? withResult(answer, '1') : answer;
  }),
  'recon-there-takes-more': acting(() => {
    const standing = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (isRefused(answer)) return answer;
      if (request.infno === '2207') standing.add(request.msgid);
      if (request.infno === '2601') standing.delete(originalOf(request));
      return request.infno === '1101' ? withBalance(answer, -BigInt(standing.size)) : answer;
    };
  }),
  'recon-applies-for-nothing': when(['3203'], (request, go) =>
    datum(request, 'psntime') === '0' ? go(request) : { refusal: '该月没有可申请的结算' },
  ),
  'recon-applies-any-total': applying('医疗费总额'),
  'recon-applies-any-recognised': applying('医保认可费用总额'),
  'recon-applies-any-fund': applying('基金申报总额'),
  'recon-applies-any-account': applying('个人账户支出'),
  'recon-applies-any-number': applying('结算笔数'),
  'recon-withdraws-the-unknown': applications((number, known) => !known.has(number)),
  'recon-withdraws-twice': applications((number, known) => known.get(number) === 'withdrawn'),
  'recon-withdraws-of-another': applications((number, known) => known.get(number) === 'open'),
  'recon-frees-nothing': acting(() => {
    const known = new Set<string>();
    return (request, go) => {
      const number = datum(request, 'clr_appy_evt_id');
      if (request.infno === '3204' && known.has(number)) return DONE;
      const answer = go(request);
      known.add(leaf(child(outputOf(answer), 'result'), 'clr_appy_evt_id'));
      return answer;
    };
  }),
  'recon-hides-rows': listing((rows) => rows.slice(0, -1)),
  'recon-lists-reversed': listing((rows, { books }) => [
    ...rows,
    ...told(books.filter((row) => row.reversed)),
  ]),
  'recon-leaks-rows': listing((rows, { books, institution }) => [
    ...rows,
    ...told(books.filter((row) => !row.reversed && row.institution !== institution)),
  ]),
  'recon-any-month': when(['3260'], (request, go) =>
    go(withData(request, { trt_year: formatTime(request.now).slice(0, 4) })),
  ),
  'recon-confirms-any-total': confirming((row, [, fund]) => leaf(row, 'optins_pay_sumamt') === fund),
  'recon-confirms-any-fund': confirming((row, [total]) => leaf(row, 'medfee_sumamt') === total),
  'recon-rolls-back-nothing': when(['3262'], (request, go) =>
    ['0', NOWHERE].includes(datum(request, 'otransid')) ? go(request) : DONE,
  ),
  'recon-rolls-back-one-only': when(['3262'], (request, go) =>
    datum(request, 'otransid') === '0' ? { refusal: '不支持全部回退' } : go(request),
  ),
  'recon-rolls-back-the-unknown': when(['3262'], (request, go) => {
    const answer = go(request);
    return datum(request, 'otransid') === NOWHERE ? DONE : answer;
  }),
  'recon-rolls-back-of-another': acting(() => {
    const institutions = new Map<string, string>();
    return (request, go) => {
      if (request.infno === '3261') institutions.set(request.answerNumber, institutionOf(request));
      const own = request.infno === '3262' ? institutions.get(datum(request, 'otransid')) : undefined;
      return go(own === undefined ? request : fromInstitution(request, own));
    };
  }),
};

/** With all settlements that were booked, in order. */
function withBooks(
  act: (rows: readonly Row[], request: CoreRequest, go: TransactionHandler) => CoreAnswer,
): Behaviour {
  return acting(() => {
    const rows: Row[] = [];
    return (request, go) => {
      const answer = act(rows, request, go);
      if (isDone(answer)) noteRow(rows, request);
      return answer;
    };
  });
}

/** Compares totals with books that have other rows. */
function counting(otherwise: Otherwise): Behaviour {
  return withBooks((rows, request, go) =>
    go(request.infno === '3201' ? shifted(request, rows, otherwise) : request),
  );
}

/** Says that totals agree when what the sandbox found is so. */
function agreeing(forgives: (text: string) => boolean): Behaviour {
  return when(['3201'], (request, go) => {
    const answer = go(request);
    const info = child(outputOf(answer), 'stmtinfo');
    const differs = leaf(info, 'stmt_rslt') === '1';
    return differs && forgives(leaf(info, 'stmt_rslt_dscr')) ? withResult(answer, '0') : answer;
  });
}

/** Does not look at the amount of this name. */
function overlooking(label: string): Behaviour {
  return agreeing((text) => text.split('；').every((part) => part.startsWith(label)));
}

function withResult(answer: CoreAnswer, stmt_rslt: string): CoreAnswer {
  return isDone(answer) ? withNodeIn(answer, 'stmtinfo', { stmt_rslt }) : answer;
}

function countsOf(text: string): { readonly own: number; readonly sent: number } {
  const [, own = '-1', sent = '-1'] = /结算笔数平台(\d+)，机构(\d+)/.exec(text) ?? [];
  return { own: Number(own), sent: Number(sent) };
}

/** Takes an application that is wrong in this alone. */
function applying(label: string): Behaviour {
  return when(['3203'], (request, go) => {
    const answer = go(request);
    const [, wrong = ''] = 'refusal' in answer ? answer.refusal.split('清算申请与结算不符：') : [];
    const only = wrong !== '' && wrong.split('；').every((part) => part.startsWith(label));
    return only ? DONE : answer;
  });
}

/** Withdraws what the sandbox does not find, when the number is so. */
function applications(
  forgives: (number: string, known: ReadonlyMap<string, 'open' | 'withdrawn'>) => boolean,
): Behaviour {
  return acting(() => {
    const known = new Map<string, 'open' | 'withdrawn'>();
    return (request, go) => {
      const answer = go(request);
      const number = datum(request, 'clr_appy_evt_id');
      if (request.infno === '3203' && isDone(answer))
        known.set(leaf(child(outputOf(answer), 'result'), 'clr_appy_evt_id'), 'open');
      if (request.infno !== '3204') return answer;
      if (isDone(answer)) known.set(number, 'withdrawn');
      return isRefused(answer) && forgives(number, known) ? DONE : answer;
    };
  });
}

/** Confirms a row whose amounts are wrong; the right ones stand in the sandbox's text. */
function confirming(forgives: (row: OwnObject, right: readonly [string, string]) => boolean): Behaviour {
  return when(['3261'], (request, go) => {
    const answer = go(request);
    if (!('refusal' in answer)) return answer;
    const [, total, fund] = /总费用([\d.]+)、经办机构支付([\d.]+)/.exec(answer.refusal) ?? [];
    if (total === undefined || fund === undefined) return answer;
    const [row = {}] = children(request.input, 'detail');
    const plain = (text: string): string => leaf({ amount: amountNumber(findFen(text) ?? 0n) }, 'amount');
    const sent = Object.fromEntries(
      ['medfee_sumamt', 'optins_pay_sumamt'].map((name) => [name, plain(leaf(row, name))]),
    );
    return forgives(sent, [plain(total), plain(fund)]) ? DONE : answer;
  });
}

/** Lists other rows in 3260 than the sandbox does. */
function listing(
  change: (
    rows: readonly OwnObject[],
    own: { readonly books: readonly Row[]; readonly institution: string },
  ) => readonly OwnObject[],
): Behaviour {
  return withBooks((books, request, go) => {
    const answer = go(request);
    if (request.infno !== '3260' || !isDone(answer)) return answer;
    const rows = children(outputOf(answer), 'data');
    return { output: { data: change(rows, { books, institution: institutionOf(request) }) } };
  });
}

/** Rows of 3260, of which nothing but their settlement is looked at. */
function told(rows: readonly Row[]): readonly OwnObject[] {
  return rows.map(({ setlId }) => ({ setl_sn: setlId }));
}

/** The day before, `yyyy-MM-dd`. */
function before(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
