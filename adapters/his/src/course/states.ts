/** What a visit has to be like for an action. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { HisAction } from '../order.ts';
import type { ActionContext } from './desk-types.ts';
import type { VisitRecord } from './visit-record.ts';

/** The visit in one of these states. @throws GatewayError `RECORD_MISSING`, `VISIT_STATE_WRONG`. */
export function visitIn(
  context: ActionContext,
  course: VisitRecord['course'],
  ...states: readonly VisitRecord['state'][]
): VisitRecord {
  const visit = context.visit();
  if (visit === undefined) {
    throw new GatewayError('RECORD_MISSING', {
      facts: { visit: context.order.visit, needed: course === 'outpatient' ? 'register' : 'admit' },
    });
  }
  if (visit.course !== course || !states.includes(visit.state)) {
    throw stateWrong(context, visit.state, {
      zh: `就诊（${visit.course === 'outpatient' ? '门诊' : '住院'}）当前为“${STATES[visit.state]}”，不能办理此业务。`,
      en: `The ${visit.course} visit is ${visit.state}.`,
    });
  }
  return visit;
}

const STATES = { open: '已登记', discharged: '已出院', closed: '已撤销' } as const;

/** `VISIT_STATE_WRONG` with what is wrong and what is needed. */
export function stateWrong(
  { order }: { readonly order: { readonly action: HisAction; readonly visit: string } },
  state: string,
  message: Fault['message'],
): GatewayError {
  const fault = {
    rule: 'state',
    at: '/visit',
    field: 'visit',
    label: { zh: '就诊', en: 'visit' },
    found: state,
    message,
  };
  return new GatewayError('VISIT_STATE_WRONG', {
    faults: [fault],
    facts: { visit: order.visit, action: order.action, state },
  });
}
