/** 2201, 2203 and 2202: an outpatient visit is registered, recorded, cancelled. */
import { GatewayError } from '@yiqiao/model';
import { noteVisit } from '../internet/earlier-visits.ts';
import { checkInternetVisit } from '../internet/internet-visits.ts';
import type { RegisterOrder } from '../order.ts';
import type { Action, ActionContext } from './desk-types.ts';
import { differences } from './differences.ts';
import { entitlementHints } from './entitlement.ts';
import { identify } from './person.ts';
import type { Identified } from './person.ts';
import { stateWrong, visitIn } from './states.ts';
import { forgetLines, standing } from './visit-record.ts';
import type { VisitRecord } from './visit-record.ts';

/** Registers a visit: 1101, 2001 as a hint, 2201, 2203. The same visit again is answered as before. */
export const register: Action<'register'> = async (context) => {
  const { body, steps } = context;
  const before = known(context, body);
  if (before?.recorded === true) return before.told;
  const visit = before ?? (await open(context, await checked(context)));
  await steps.write(
    '2203',
    () => ({
      operation: 'recordOutpatientVisit',
      insuredRegion: visit.person.insuredRegion,
      body: recordOf(visit, body),
    }),
    (tx) => {
      context.keep(tx, { ...visit, recorded: true });
    },
  );
  return visit.told;
};

/** Identified, and in order as an internet+ visit where it is one. */
async function checked(context: ActionContext<'register'>): Promise<Identified> {
  const { body, parts } = context;
  const found = await identify(context, body, body.insuranceType);
  if (body.internet === true) await checkInternetVisit(parts, { order: context.order, person: found.person });
  return found;
}

/** The visit when it is registered already, as it is ordered now. @throws GatewayError `VISIT_CHANGED` with each member that differs. */
export function known(context: ActionContext, ordered: object): VisitRecord | undefined {
  const before = context.visit();
  if (before === undefined || before.state === 'closed') return undefined;
  const changed = differences(before.ordered, ordered);
  if (changed.length === 0) return before;
  throw new GatewayError('VISIT_CHANGED', {
    facts: { visit: before.visit },
    faults: changed.map((path) => ({
      rule: 'changed',
      at: `/${path}`,
      field: path,
      label: { zh: path, en: path },
      message: { zh: '与原登记不同。', en: 'Differs from the registration.' },
    })),
  });
}

async function open(context: ActionContext<'register'>, found: Identified): Promise<VisitRecord> {
  const { body, steps, order } = context;
  const { person, credential, insurance } = found;
  const hints = await entitlementHints(context, { person, ...body });
  await steps.write(
    '2201',
    () => ({
      operation: 'registerOutpatient',
      insuredRegion: person.insuredRegion,
      body: registrationOf(context, found),
    }),
    (tx, { body: { visitId } }) => {
      const told = {
        visitId,
        personNumber: person.number,
        personName: person.name,
        personType: person.personType,
        insuranceType: person.insuranceType,
        insuredRegion: person.insuredRegion,
        accountBalance: insurance.accountBalance,
        hints,
      };
      context.keep(tx, {
        visit: order.visit,
        course: 'outpatient',
        internet: body.internet === true,
        state: 'open',
        visitId,
        person,
        credential,
        careType: body.careType,
        diagnoses: body.diagnoses.map(({ diagnosisCode, diagnosisName }) => ({
          code: diagnosisCode,
          name: diagnosisName,
        })),
        ...(body.diseaseCode !== undefined && { diseaseCode: body.diseaseCode }),
        begins: body.beginTime,
        ordered: body,
        told,
        settlements: [],
      });
      noteVisit(tx, context.parts.store, { personNumber: person.number, visit: order.visit });
      tx.trace({
        at: context.parts.clock.now(),
        step: 'his.registered',
        refs: { visit: order.visit, order: order.order, person: context.parts.store.digest(person.number) },
        facts: { visitId, careType: body.careType },
      });
      tx.trace({
        at: context.parts.clock.now(),
        step: 'his.visit-opened',
        refs: { visit: visitId, order: order.order },
      });
    },
  );
  const opened = context.visit();
  if (opened === undefined) throw new GatewayError('INTERNAL', { facts: { visit: order.visit } });
  return opened;
}

function registrationOf({ body, order }: ActionContext<'register'>, { person, credential }: Identified) {
  const { shownAt: _, personName: __, ...card } = credential;
  return {
    ...card,
    personNumber: person.number,
    personName: person.name,
    personType: person.personType,
    insuranceType: person.insuranceType,
    beginTime: body.beginTime,
    visitRecordNumber: body.visitRecordNumber ?? order.visit,
    ...(body.attendingDoctorCode !== undefined && { attendingDoctorCode: body.attendingDoctorCode }),
    ...(body.doctorName !== undefined && { doctorName: body.doctorName }),
    departmentCode: body.departmentCode,
    departmentName: body.departmentName,
    specialty: body.specialty,
  };
}

function recordOf(visit: VisitRecord, body: RegisterOrder) {
  const [main] = body.diagnoses;
  return {
    visitId: visit.visitId,
    personNumber: visit.person.number,
    careType: body.careType,
    beginTime: body.beginTime,
    ...(body.conditionDescription !== undefined && { conditionDescription: body.conditionDescription }),
    diseaseCode: body.diseaseCode ?? main?.diagnosisCode ?? '',
    diseaseName: body.diseaseName ?? main?.diagnosisName ?? '',
    ...(body.extension !== undefined && { extension: body.extension }),
    diagnoses: body.diagnoses,
  };
}

/** 2202; only while nothing is settled. */
export const cancelRegistration: Action<'cancelRegistration'> = async (context) => {
  const before = context.visit();
  if (before?.state === 'closed') return { visitId: before.visitId };
  const visit = visitIn(context, 'outpatient', 'open');
  if (standing(visit).length > 0) {
    throw stateWrong(context, 'settled', {
      zh: '该就诊有未撤销的结算，须先撤销结算（2208）。',
      en: 'A settlement of this visit stands; cancel it (2208) first.',
    });
  }
  const { visitId, person } = visit;
  await context.steps.write(
    '2202',
    () => ({
      operation: 'cancelOutpatientRegistration',
      insuredRegion: person.insuredRegion,
      body: {
        personNumber: person.number,
        visitId,
        visitRecordNumber: (visit.ordered as RegisterOrder).visitRecordNumber ?? visit.visit,
      },
    }),
    (tx) => {
      context.keep(tx, { ...visit, state: 'closed' });
      forgetLines(tx, visit.visit);
      tx.trace({
        at: context.parts.clock.now(),
        step: 'his.registration-cancelled',
        refs: { visit: visit.visit, order: context.order.order },
      });
    },
  );
  return { visitId };
};
