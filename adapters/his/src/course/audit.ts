/** 3101, 3102 and 3103: what the insurer's rules say, shown before the settlement, and what was done about it. */
import { GatewayError } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import type { Action, ActionContext } from './desk-types.ts';
import type { VisitRecord } from './visit-record.ts';

type Audit = OperationBodies['auditBeforeCare']['request'];
type Violation = OperationBodies['auditBeforeCare']['response']['violations'][number];

/** Asks the rules; the hints are kept with the visit and shown with the next trial. They hinder nothing. */
export const check: Action<'check'> = async (context) => {
  const visit = visitOf(context);
  const operation = context.body.stage === 'before' ? 'auditBeforeCare' : 'auditDuringCare';
  const { violations } = await context.steps.ask({
    operation,
    insuredRegion: visit.person.insuredRegion,
    body: auditOf(context, visit),
  });
  const hints = violations.map(hintOf);
  context.parts.store.transact((tx) => {
    context.keep(tx, { ...visit, hints });
  });
  return { hints };
};

function visitOf(context: ActionContext): VisitRecord {
  const visit = context.visit();
  if (visit !== undefined && visit.state !== 'closed') return visit;
  throw new GatewayError('RECORD_MISSING', { facts: { visit: context.order.visit, needed: 'register' } });
}

function hintOf(violation: Violation) {
  return {
    hintId: violation.violationId,
    rule: violation.ruleName,
    text: violation.violationContent,
    severity: violation.severity,
    amount: violation.violationAmount,
  };
}

function auditOf({ body, parts, now }: ActionContext<'check'>, visit: VisitRecord): Audit {
  const { person } = visit;
  const { encounter, triggerScene } = body;
  return {
    ...(triggerScene !== undefined && { triggerScene }),
    patients: [
      {
        patientId: person.number,
        patientName: person.name,
        gender: person.gender,
        birthDate: person.birthDate,
        poolingArea: person.insuredRegion,
        currentVisitId: visit.visitId,
        encounters: [
          {
            ...encounter,
            visitId: visit.visitId,
            medicalInstitutionId: encounter.medicalInstitutionId ?? parts.settings.institution.code,
            careType: visit.careType,
            insuranceType: person.insuranceType,
            admissionDate: encounter.admissionDate ?? visit.begins,
            dischargeDate: encounter.dischargeDate ?? visit.ends ?? now(),
          },
        ],
      },
    ],
  };
}

/** 3103: how each hint was dealt with. */
export const answerHints: Action<'answerHints'> = async (context) => {
  const visit = visitOf(context);
  await context.steps.write(
    '3103',
    () => ({
      operation: 'reportAuditHandling',
      insuredRegion: visit.person.insuredRegion,
      body: context.body,
    }),
    () => undefined,
  );
  return {};
};
