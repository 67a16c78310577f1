/** Ways in which a faulty care place answers queries of visits wrongly, by name. */
import { child, children, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { acting, when } from './acts.ts';
import type { Behaviours } from './acts.ts';
import { datum, fromInstitution, isDone, outputOf, withData } from './messages.ts';

const OWN = 'H53010000001';

/** By name. */
export const CARE_QUERY_BEHAVIOURS: Behaviours = {
  'tells-no-visits': when(['5201'], () => ({ output: { mdtrtinfo: [] } })),
  'tells-nobody': when(['5303'], () => ({ output: { data: [] } })),
  'tells-no-lines': when(['5204'], (request, go) => {
    const answer = go(request);
    return isDone(answer) ? { output: [] } : answer;
  }),
  'wants-a-visit-id': when(['5201'], (request, go) =>
    datum(request, 'mdtrt_id') === '' ? { output: { mdtrtinfo: [] } } : go(request),
  ),
  'ends-at-midnight': when(['5201', '5303'], (request, go) =>
    go(withData(request, { endtime: `${datum(request, 'endtime').slice(0, 10)} 00:00:00` })),
  ),
  'ignores-the-period': when(['5201'], (request, go) =>
    go(withData(request, { begntime: '2000-01-01', endtime: '2099-12-31' })),
  ),
  'tells-all-institutions': when(['5201', '5303'], (request, go) => go(fromInstitution(request, OWN))),
  'tells-cancelled-visits': acting(() => {
    const cancelled = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      const mdtrt_id = datum(request, 'mdtrt_id');
      if (request.infno === '2202' && isDone(answer)) cancelled.add(mdtrt_id);
      return request.infno === '5201' && cancelled.has(mdtrt_id)
        ? { output: { mdtrtinfo: [{ mdtrt_id }] } }
        : answer;
    };
  }),
  'tells-the-discharged': acting(() => {
    const stays = new Map<string, OwnObject>();
    const gone: OwnObject[] = [];
    return (request, go) => {
      const answer = go(request);
      if (!isDone(answer)) return answer;
      if (request.infno === '2401') {
        const mdtrt_id = leaf(child(outputOf(answer), 'result'), 'mdtrt_id');
        stays.set(mdtrt_id, presentRow(mdtrt_id, child(request.input, 'mdtrtinfo')));
      }
      const stay = stays.get(leaf(child(request.input, 'dscginfo'), 'mdtrt_id'));
      if (request.infno === '2402' && stay !== undefined) gone.push(stay);
      if (request.infno !== '5303') return answer;
      const also = gone.filter((row) => leaf(row, 'psn_no') === datum(request, 'psn_no'));
      return { output: { data: [...children(outputOf(answer), 'data'), ...also] } };
    };
  }),
};

/** What 5303 tells of a stay, from its admission. */
function presentRow(mdtrt_id: string, info: OwnObject): OwnObject {
  const taken = ['psn_no', 'certno', 'psn_name', 'insutype', 'med_type'] as const;
  return {
    mdtrt_id,
    ...Object.fromEntries(taken.map((name) => [name, leaf(info, name)])),
    psn_cert_type: '01',
    gend: '1',
    age: 36,
    begndate: leaf(info, 'begntime').slice(0, 10),
  };
}
