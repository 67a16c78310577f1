/** Ways in which the offices of a faulty care place act wrongly (departments, catalogues, goods, files), by name. */
import { Readable } from 'node:stream';
import type { CoreRequest } from '@yiqiao/sandbox';
import { child, children, leaf, parseMessage } from '../../run/own-reading.ts';
import { acting, asking, bookingTheFirst, doingAgain, when } from './acts.ts';
import type { Behaviour, Behaviours } from './acts.ts';
import { datum, DONE, fromInstitution, isDone, outputOf, withData, withNode } from './messages.ts';

const OWN = 'H53010000001';
const GOODS: Readonly<Record<string, readonly [node: string, kind: string]>> = {
  3501: ['invinfo', '1'],
  3502: ['invinfo', '2'],
  3503: ['purcinfo', '3'],
  3504: ['purcinfo', '3'],
  3505: ['selinfo', '4'],
  3506: ['selinfo', '4'],
};

/** By name. */
export const CARE_OFFICE_BEHAVIOURS: Behaviours = {
  'looks-itself-up': when(['1201'], (request, go) => {
    const { fixmedins_code, fixmedins_name } = child(request.input, 'medinsinfo');
    const asked = leaf({ fixmedins_code }, 'fixmedins_code') + leaf({ fixmedins_name }, 'fixmedins_name');
    return go(asked === '' ? withNode(request, 'medinsinfo', { fixmedins_code: OWN }) : request);
  }),
  'one-institution': when(['3403', '3507'], (request, go) => go(fromInstitution(request, OWN))),
  'withdraws-departments-twice': doingAgain(['3403'], 'hosp_dept_codg', 'bare'),
  'unmatches-twice': doingAgain(['3302'], 'fixmedins_hilist_id', 'bare'),
  'keeps-departments': acting(() => {
    const kept = new Set<string>();
    return (request, go) => {
      if (request.infno === '3401' && kept.has(leaf(child(request.input, 'deptinfo'), 'hosp_dept_codg')))
        return { refusal: '科室已存在' };
      const answer = go(request);
      if (request.infno === '3403' && isDone(answer)) kept.add(datum(request, 'hosp_dept_codg'));
      return answer;
    };
  }),
  'takes-the-good-departments': bookingTheFirst('3401A', 'deptinfo'),
  'takes-the-good-matchings': bookingTheFirst('3301', 'data'),
  'takes-the-first-matching': asking(['3301'], (input) => ({
    ...input,
    data: children(input, 'data').slice(0, 1),
  })),
  'unmatches-the-unknown': acting(() => {
    const known = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '3301')
        for (const row of children(request.input, 'data')) known.add(leaf(row, 'fixmedins_hilist_id'));
      return request.infno === '3302' && !known.has(datum(request, 'fixmedins_hilist_id')) ? DONE : answer;
    };
  }),
  'last-page-for-ever': when(['1312'], (request, go) => {
    const answer = go(request);
    const past = children(outputOf(answer), 'data').length === 0 && datum(request, 'page_num') !== '1';
    return isDone(answer) && past ? go(withData(request, { page_num: 1 })) : answer;
  }),
  'takes-page-zero': insteadOfZero('page_num'),
  'takes-page-size-zero': insteadOfZero('page_size'),
  'buys-backwards': asking(['2101'], (input) => parseMessage(JSON.stringify(input).replaceAll(':-', ':'))),
  'spoils-files': when(['9102'], (request, go) => {
    const answer = go(request);
    return 'file' in answer
      ? { file: () => Readable.from([Buffer.from('spoilt')], { objectMode: false }) }
      : answer;
  }),
  'tells-no-goods': when(['3508', '3509', '3510', '3511'], () => ({ output: { output: [] } })),
  'keeps-deleted-goods': acting(() => {
    const known = new Set<string>();
    return (request, go) => {
      if (request.infno in GOODS) known.add(goodsOf(request));
      return request.infno === '3507' && known.has(deletedOf(request)) ? DONE : go(request);
    };
  }),
  'deletes-all-goods': acting(() => {
    const known = new Set<string>();
    return (request, go) => {
      if (request.infno in GOODS) known.add(goodsOf(request));
      const answer = go(request);
      if (request.infno !== '3507' || !isDone(answer)) return answer;
      for (const one of known) {
        const [inv_data_type = '', fixmedins_bchno = ''] = one.split(' ');
        go(withData(request, { inv_data_type, fixmedins_bchno }));
      }
      return answer;
    };
  }),
  'loses-returned-goods': when(['3504', '3506'], () => DONE),
  'loses-trace-codes': when(['3501', '3505'], (request, go) =>
    go(withNode(request, GOODS[request.infno]?.[0] ?? '', { drugtracinfo: [] })),
  ),
};

function insteadOfZero(member: string): Behaviour {
  return when(['1312'], (request, go) =>
    go(datum(request, member) === '0' ? withData(request, { [member]: 1 }) : request),
  );
}

/** 进销存数据类型 and 批次流水号 of what is stored. */
function goodsOf({ infno, input }: CoreRequest): string {
  const [node = '', kind = ''] = GOODS[infno] ?? [];
  return `${kind} ${leaf(child(input, node), 'fixmedins_bchno')}`;
}

function deletedOf(request: CoreRequest): string {
  return `${datum(request, 'inv_data_type')} ${datum(request, 'fixmedins_bchno')}`;
}
