/** 2401 to 2405: a patient is admitted, moved, discharged, and each of it taken back. */
import { GatewayError } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import { noteVisit } from '../internet/earlier-visits.ts';
import type { AdmitOrder } from '../order.ts';
import type { Action, ActionContext } from './desk-types.ts';
import { entitlementHints } from './entitlement.ts';
import { identify } from './person.ts';
import type { Identified } from './person.ts';
import { known } from './registration.ts';
import { stateWrong, visitIn } from './states.ts';
import { forgetLines, standing } from './visit-record.ts';
import type { VisitRecord } from './visit-record.ts';

type Admission = OperationBodies['admitInpatient']['request'];

/** 1101, 2001 as a hint, 2401. The same stay again is answered as before. */
export const admit: Action<'admit'> = async (context) => {
  const { body, steps } = context;
  const before = known(context, body);
  if (before !== undefined) return before.told;
  const found = await identify(context, body, body.insuranceType);
  const { person } = found;
  const hints = await entitlementHints(context, { person, ...body });
  await steps.write(
    '2401',
    () => ({
      operation: 'admitInpatient',
      insuredRegion: person.insuredRegion,
      body: admissionOf(context, found),
    }),
    (tx, { body: { visitId } }) => {
      context.keep(tx, stayOf(context, found, { visitId, hints }));
      noteVisit(tx, context.parts.store, { personNumber: person.number, visit: context.order.visit });
      tx.trace({
        at: context.parts.clock.now(),
        step: 'his.admitted',
        refs: { visit: context.order.visit, order: context.order.order },
        facts: { visitId, careType: body.careType },
      });
      tx.trace({
        at: context.parts.clock.now(),
        step: 'his.visit-opened',
        refs: { visit: visitId, order: context.order.order },
      });
    },
  );
  return opened(context).told;
};

function opened(context: ActionContext): VisitRecord {
  const visit = context.visit();
  if (visit === undefined) throw new GatewayError('INTERNAL', { facts: { visit: context.order.visit } });
  return visit;
}

function stayOf(
  { body, order }: ActionContext<'admit'>,
  { person, credential, insurance }: Identified,
  {
    visitId,
    hints,
  }: { readonly visitId: string; readonly hints: Awaited<ReturnType<typeof entitlementHints>> },
): Omit<VisitRecord, 'changedAt'> {
  return {
    visit: order.visit,
    course: 'inpatient',
    internet: false,
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
    settlements: [],
    told: {
      visitId,
      personNumber: person.number,
      personName: person.name,
      personType: person.personType,
      insuranceType: person.insuranceType,
      insuredRegion: person.insuredRegion,
      accountBalance: insurance.accountBalance,
      hints,
    },
  };
}

function admissionOf(
  { body, order, parts }: ActionContext<'admit'>,
  { person, credential }: Identified,
): Admission {
  const { certificateType, insuranceType: _, inpatientNumber, personName: __, ...ward }: AdmitOrder = body;
  const { credentialType, credentialNumber, cardSerial, certificateNumber } = credential;
  return {
    ...ward,
    personNumber: person.number,
    insuranceType: person.insuranceType,
    credentialType,
    credentialNumber,
    ...(cardSerial !== undefined && { cardSerial }),
    documentType: certificateType ?? '01',
    certificateNumber,
    inpatientNumber: inpatientNumber ?? order.visit,
    insuredRegion: person.insuredRegion,
    careRegion: parts.settings.careRegion,
    diagnoses: body.diagnoses.map((one) => ({ ...one, personNumber: person.number })),
  };
}

/** 2403; sets a state, so that it may be repeated. */
export const change: Action<'change'> = async (context) => {
  const visit = visitIn(context, 'inpatient', 'open');
  const keys = { visitId: visit.visitId, personNumber: visit.person.number };
  await context.steps.write(
    '2403',
    () => ({
      operation: 'changeAdmission',
      insuredRegion: visit.person.insuredRegion,
      body: {
        ...context.body,
        ...keys,
        diagnoses: context.body.diagnoses.map((one) => ({ ...one, ...keys })),
      },
    }),
    (tx) => {
      context.keep(tx, { ...visit, careType: context.body.careType });
    },
  );
  return { visitId: visit.visitId };
};

/** 2402. A stay that is discharged already is answered so. */
export const discharge: Action<'discharge'> = async (context) => {
  const visit = visitIn(context, 'inpatient', 'open', 'discharged');
  if (visit.state === 'discharged') return { visitId: visit.visitId };
  const keys = { visitId: visit.visitId, personNumber: visit.person.number };
  await context.steps.write(
    '2402',
    () => ({
      operation: 'dischargeInpatient',
      insuredRegion: visit.person.insuredRegion,
      body: {
        ...context.body,
        ...keys,
        insuranceType: visit.person.insuranceType,
        diagnoses: context.body.diagnoses.map((one) => ({ ...one, ...keys })),
      },
    }),
    (tx) => {
      context.keep(tx, { ...visit, state: 'discharged', ends: context.body.endTime });
    },
  );
  return { visitId: visit.visitId };
};

/** 2405; not while the final settlement stands. */
export const cancelDischarge: Action<'cancelDischarge'> = async (context) => {
  const visit = visitIn(context, 'inpatient', 'open', 'discharged');
  if (visit.state === 'open') return { visitId: visit.visitId };
  if (standing(visit).some(({ midway }) => !midway)) throw settlementStands(context);
  await context.steps.write(
    '2405',
    () => ({
      operation: 'cancelDischarge',
      insuredRegion: visit.person.insuredRegion,
      body: { visitId: visit.visitId, personNumber: visit.person.number },
    }),
    (tx) => {
      const { ends: _, ...rest } = visit;
      context.keep(tx, { ...rest, state: 'open' });
    },
  );
  return { visitId: visit.visitId };
};

/** 2404; not while a settlement stands. */
export const cancelAdmission: Action<'cancelAdmission'> = async (context) => {
  const before = context.visit();
  if (before?.state === 'closed') return { visitId: before.visitId };
  const visit = visitIn(context, 'inpatient', 'open');
  if (standing(visit).length > 0) throw settlementStands(context);
  await context.steps.write(
    '2404',
    () => ({
      operation: 'cancelAdmission',
      insuredRegion: visit.person.insuredRegion,
      body: { visitId: visit.visitId, personNumber: visit.person.number },
    }),
    (tx) => {
      context.keep(tx, { ...visit, state: 'closed' });
      forgetLines(tx, visit.visit);
    },
  );
  return { visitId: visit.visitId };
};

function settlementStands(context: ActionContext): GatewayError {
  return stateWrong(context, 'settled', {
    zh: '该住院有未撤销的结算，须先撤销结算（2305）。',
    en: 'A settlement of this stay stands; cancel it (2305) first.',
  });
}
