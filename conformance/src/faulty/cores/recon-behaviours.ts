/** Ways in which a care place goes wrong with totals and clearing, by name. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { amountNumber, child, children, fenOf, findFen, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import type { Behaviour } from './behaviours.ts';
import { DONE, outputOf, remembering as acting } from './care-acts.ts';
import { noteRow, shifted, TESTS } from './recon-rows.ts';
import type { Otherwise, Row } from './recon-rows.ts';

const NOWHERE = '000000000000';

/** By name. */
export const RECON_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
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
  'recon-three-records-another-account': remembering((rows, request, go) => {
    const answer = go(request);
    const decided = rows.some(({ setlId, reversed }) => !reversed && !setlId.startsWith('20'));
    return request.infno === '3201' && decided ? withResult(answer, '1') : answer;
  }),
  'recon-there-takes-more': acting(() => {
    const standing = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      const data = child(request.input, 'data');
      if ('refusal' in answer) return answer;
      if (request.infno === '2207') standing.add(request.msgid);
      if (request.infno === '2601') standing.delete(leaf(data, 'omsgid'));
      if (request.infno !== '1101') return answer;
      const output = outputOf(answer);
      const insuinfo = children(output, 'insuinfo').map((row) => ({
        ...row,
        balc: amountNumber(fenOf(row, 'balc') - BigInt(standing.size)),
      }));
      return { output: { ...output, insuinfo } };
    };
  }),
  'recon-applies-for-nothing': acting(
    () => (request, go) =>
      request.infno === '3203' && leaf(child(request.input, 'data'), 'psntime') !== '0'
        ? { refusal: '该月没有可申请的结算' }
        : go(request),
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
      const number = leaf(child(request.input, 'data'), 'clr_appy_evt_id');
      if (request.infno === '3204' && known.has(number)) return DONE;
      const answer = go(request);
      known.add(leaf(child(outputOf(answer), 'result'), 'clr_appy_evt_id'));
      return answer;
    };
  }),
  'recon-hides-rows': remembering((_rows, request, go) =>
    changeRows(request, go(request), (rows) => rows.slice(0, -1)),
  ),
  'recon-lists-reversed': remembering((known, request, go) =>
    changeRows(request, go(request), (rows) => [
      ...rows,
      ...known.filter(({ reversed }) => reversed).map(({ setlId }) => ({ setl_sn: setlId })),
    ]),
  ),
  'recon-leaks-rows': remembering((known, request, go) =>
    changeRows(request, go(request), (rows) => [
      ...rows,
      ...known
        .filter((row) => !row.reversed && row.institution !== leaf(request.envelope, 'fixmedins_code'))
        .map(({ setlId }) => ({ setl_sn: setlId })),
    ]),
  ),
  'recon-any-month': acting(
    () => (request, go) =>
      go(
        request.infno === '3260'
          ? withData(request, { trt_year: String(new Date(request.now + 8 * 3_600_000).getUTCFullYear()) })
          : request,
      ),
  ),
  'recon-confirms-any-total': confirming((row, [, fund]) => leaf(row, 'optins_pay_sumamt') === fund),
  'recon-confirms-any-fund': confirming((row, [total]) => leaf(row, 'medfee_sumamt') === total),
  'recon-rolls-back-nothing': acting(
    () => (request, go) =>
      request.infno === '3262' && !['0', NOWHERE].includes(leaf(child(request.input, 'data'), 'otransid'))
        ? DONE
        : go(request),
  ),
  'recon-rolls-back-one-only': acting(
    () => (request, go) =>
      request.infno === '3262' && leaf(child(request.input, 'data'), 'otransid') === '0'
        ? { refusal: '不支持全部回退' }
        : go(request),
  ),
  'recon-rolls-back-the-unknown': acting(() => (request, go) => {
    const answer = go(request);
    const nowhere = leaf(child(request.input, 'data'), 'otransid') === NOWHERE;
    return request.infno === '3262' && nowhere ? DONE : answer;
  }),
  'recon-rolls-back-of-another': acting(() => {
    const institutions = new Map<string, string>();
    return (request, go) => {
      if (request.infno === '3261')
        institutions.set(request.answerNumber, leaf(request.envelope, 'fixmedins_code'));
      const own = institutions.get(leaf(child(request.input, 'data'), 'otransid'));
      if (request.infno !== '3262' || own === undefined) return go(request);
      return go({ ...request, envelope: { ...request.envelope, fixmedins_code: own } });
    };
  }),
};

/** With all settlements that were booked, in order. */
function remembering(
  act: (rows: readonly Row[], request: CoreRequest, go: TransactionHandler) => CoreAnswer,
): Behaviour {
  return acting(() => {
    const rows: Row[] = [];
    return (request, go) => {
      const answer = act(rows, request, go);
      if ('output' in answer) noteRow(rows, request);
      return answer;
    };
  });
}

function counting(otherwise: Otherwise): Behaviour {
  return remembering((rows, request, go) =>
    go(request.infno === '3201' ? shifted(request, rows, otherwise) : request),
  );
}

/** Says that totals agree when what the sandbox found is so. */
function agreeing(forgives: (text: string) => boolean): Behaviour {
  return acting(() => (request, go) => {
    const answer = go(request);
    if (request.infno !== '3201' || !('output' in answer)) return answer;
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
  if (!('output' in answer)) return answer;
  const output = outputOf(answer);
  return { output: { ...output, stmtinfo: { ...child(output, 'stmtinfo'), stmt_rslt } } };
}

function countsOf(text: string): { readonly own: number; readonly sent: number } {
  const [, own = '-1', sent = '-1'] = /结算笔数平台(\d+)，机构(\d+)/.exec(text) ?? [];
  return { own: Number(own), sent: Number(sent) };
}

/** Takes an application that is wrong in this alone. */
function applying(label: string): Behaviour {
  return acting(() => (request, go) => {
    const answer = go(request);
    const [, wrong = ''] = 'refusal' in answer ? answer.refusal.split('清算申请与结算不符：') : [];
    const only = wrong !== '' && wrong.split('；').every((part) => part.startsWith(label));
    return request.infno === '3203' && only ? DONE : answer;
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
      const number = leaf(child(request.input, 'data'), 'clr_appy_evt_id');
      if (request.infno === '3203' && 'output' in answer)
        known.set(leaf(child(outputOf(answer), 'result'), 'clr_appy_evt_id'), 'open');
      if (request.infno !== '3204') return answer;
      if ('output' in answer) known.set(number, 'withdrawn');
      return 'refusal' in answer && forgives(number, known) ? DONE : answer;
    };
  });
}

/** Confirms a row whose amounts are wrong; the right ones stand in the sandbox's text. */
function confirming(forgives: (row: OwnObject, right: readonly [string, string]) => boolean): Behaviour {
  return acting(() => (request, go) => {
    const answer = go(request);
    if (request.infno !== '3261' || !('refusal' in answer)) return answer;
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

function changeRows(
  { infno }: CoreRequest,
  answer: CoreAnswer,
  change: (rows: readonly OwnObject[]) => readonly OwnObject[],
): CoreAnswer {
  if (infno !== '3260' || !('output' in answer)) return answer;
  return { output: { data: change(children(outputOf(answer), 'data')) } };
}

/** The day before, `yyyy-MM-dd`. */
function before(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

function withData(request: CoreRequest, members: OwnObject): CoreRequest {
  return { ...request, input: { ...request.input, data: { ...child(request.input, 'data'), ...members } } };
}
