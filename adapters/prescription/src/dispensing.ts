/** What was handed out is reported, and taken back. */
import { GatewayError } from '@yiqiao/model';
import { getSeen, sendAudit } from './claim.ts';
import { verify } from './find-circulating.ts';
import { sumQuantities } from './life.ts';
import type { LifeEvent } from './life.ts';
import { CLAIM, SEEN } from './pharmacy-record.ts';
import type { KeptClaim, SeenPrescription } from './pharmacy-record.ts';
import type { DispensingReport, PharmacyParts } from './pharmacy-side.ts';
import { sendOnce } from './sent-once.ts';
import { contentDigest } from './signed-original.ts';
import { soldRows } from './sold-drugs.ts';

/** 医保结算标志 `hiFeesetlFlag`. */
const SETTLED = '1';
const NOT_SETTLED = '0';

/** Reports, or tells what an earlier report of the same came to. */
export async function reportDispensing(
  parts: PharmacyParts,
  report: DispensingReport,
): Promise<{ dispensingNumber: string }> {
  const { store, centre, terminal } = parts;
  const claim = getClaim(parts, report.claimId);
  const sentDigest = contentDigest(report);
  if (claim.sentDigest !== undefined && claim.sentDigest !== sentDigest) {
    throw new GatewayError('PRESCRIPTION_NUMBER_REUSED', { facts: { claim: claim.claimId } });
  }
  if (claim.state === 'dispensed') return { dispensingNumber: claim.dispensingNumber ?? '' };
  if (claim.state !== 'held' && claim.state !== 'reporting') throw wrongState(claim);
  const reporting: KeptClaim = {
    ...claim,
    state: 'reporting',
    sentDigest,
    document: report.retailDocumentNumber,
  };
  const request = dispensingBody(parts, reporting, report);
  // Kept before it leaves: whoever undoes it has to send the same once more to learn its number.
  store.transact((tx) => {
    tx.put(CLAIM, claim.claimId, {
      ...reporting,
      inDoubt: claim.state === 'reporting' && claim.inDoubt === true,
    });
    tx.put(SENT, claim.claimId, request);
  });
  const { body } = await sendOnce(parts, reporting, () => centre.ask('uploadDispensing', request));
  const dispensed: KeptClaim = {
    ...reporting,
    state: 'dispensed',
    inDoubt: false,
    dispensingNumber: body.dispensingNumber,
  };
  keep(parts, dispensed, {
    event: {
      kind: 'dispense',
      pharmacy: terminal.institution.code,
      handout: {
        document: report.retailDocumentNumber,
        quantities: sumQuantities(report.lines),
        settled: report.settlementId !== undefined,
      },
    },
    step: 'prescription.dispensed',
    refs: {
      dispensing: body.dispensingNumber,
      ...(report.settlementId !== undefined && { settlement: report.settlementId }),
      ...(report.visitId !== undefined && { visit: report.visitId }),
    },
  });
  return { dispensingNumber: body.dispensingNumber };
}

/** Gives back a claim or takes back what was handed out; nothing there: nothing to do. */
export async function takeBack(
  parts: PharmacyParts,
  { claimId, reason, at }: { readonly claimId: string; readonly reason: string; readonly at: string },
): Promise<void> {
  const claim = parts.store.get<KeptClaim>(CLAIM, claimId);
  if (claim === undefined) return;
  if (claim.state === 'opening' || claim.state === 'held') await release(parts, claim, { reason, at });
  if (claim.state === 'reporting' || claim.state === 'dispensed') await cancel(parts, claim);
}

type DispensingBody = ReturnType<typeof dispensingBody>;

const SENT = 'prescription-dispensing';

async function release(
  parts: PharmacyParts,
  claim: KeptClaim,
  { reason, at }: { readonly reason: string; readonly at: string },
): Promise<void> {
  const verification = await verify(parts, getSeen(parts, claim.number));
  try {
    await sendAudit(parts, { ...claim, verification }, { opinion: reason, passed: false, at });
  } catch (error) {
    // Another pharmacy holds it, or it has ended: then this claim is gone already.
    if (!(error instanceof GatewayError) || !GONE.has(error.code)) throw error;
  }
  keep(
    parts,
    { ...claim, state: 'released' },
    {
      event: { kind: 'fail', pharmacy: parts.terminal.institution.code },
      step: 'prescription.released',
      refs: {},
    },
  );
}

const GONE: ReadonlySet<string> = new Set([
  'PRESCRIPTION_TAKEN',
  'PRESCRIPTION_EXPIRED',
  'PRESCRIPTION_REVOKED',
]);

async function cancel(parts: PharmacyParts, claim: KeptClaim): Promise<void> {
  const { store, centre, terminal } = parts;
  let { dispensingNumber } = claim;
  if (dispensingNumber === undefined) {
    const sent = store.get<DispensingBody>(SENT, claim.claimId);
    if (sent === undefined) throw wrongState(claim);
    const { body } = await sendOnce(parts, claim, () => centre.ask('uploadDispensing', sent));
    dispensingNumber = body.dispensingNumber;
  }
  await centre.ask('cancelDispensing', {
    insurancePrescriptionNumber: claim.number,
    institutionCode: terminal.institution.code,
    insuranceSettled: NOT_SETTLED,
    dispensingNumber,
  });
  keep(
    parts,
    { ...claim, dispensingNumber, state: 'undone' },
    {
      event: {
        kind: 'undo',
        pharmacy: terminal.institution.code,
        document: claim.document ?? '',
        settlementGone: true,
      },
      step: 'prescription.taken-back',
      refs: { dispensing: dispensingNumber },
    },
  );
}

function dispensingBody({ terminal }: PharmacyParts, claim: KeptClaim, report: DispensingReport) {
  const { name, certificateType, certificateNumber } = claim.pharmacist;
  const sale = { document: report.retailDocumentNumber, date: report.time.slice(0, 10) };
  return {
    insurancePrescriptionNumber: claim.number,
    institutionCode: terminal.institution.code,
    institutionName: terminal.institution.name,
    dispenserCertificateType: certificateType,
    dispenserCertificateNumber: certificateNumber,
    dispenserName: name,
    prescriptionAuditNumber: claim.auditNumber ?? '',
    insuranceSettled: report.settlementId === undefined ? NOT_SETTLED : SETTLED,
    ...(report.cashPaid !== undefined && { cashPaid: report.cashPaid }),
    drugs: report.lines.flatMap((line) => soldRows(line, sale)),
  };
}

/** Puts on record what a step came to. What the centre has accepted stands, whatever was thought here. */
function keep(
  { store, cycle, clock }: PharmacyParts,
  claim: KeptClaim,
  {
    event,
    step,
    refs,
  }: {
    readonly event: LifeEvent;
    readonly step: string;
    readonly refs: Readonly<Record<string, string>>;
  },
): void {
  const now = clock.now();
  store.transact((tx) => {
    const seen = tx.get<SeenPrescription>(SEEN, claim.number);
    if (seen !== undefined) {
      const result = cycle.apply(seen.life, event, now);
      if ('life' in result) tx.put(SEEN, claim.number, { ...seen, life: result.life });
    }
    tx.put(CLAIM, claim.claimId, claim);
    tx.trace({ at: now, step, refs: { prescription: claim.number, ...refs } });
  });
}

function getClaim({ store }: PharmacyParts, claimId: string): KeptClaim {
  const claim = store.get<KeptClaim>(CLAIM, claimId);
  if (claim === undefined) throw new GatewayError('PRESCRIPTION_UNKNOWN', { facts: { claim: claimId } });
  return claim;
}

function wrongState({ claimId, state }: KeptClaim): GatewayError {
  return new GatewayError('PRESCRIPTION_STATE_WRONG', { facts: { claim: claimId, state } });
}
