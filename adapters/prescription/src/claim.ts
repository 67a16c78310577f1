/** The pharmacist's audit, by which a pharmacy claims one use of a prescription. */
import { GatewayError } from '@yiqiao/model';
import { isPersons, verify } from './find-circulating.ts';
import { quantityUnits, sumQuantities, unitsLeft } from './life.ts';
import { CLAIM, SEEN } from './pharmacy-record.ts';
import type { KeptClaim, SeenPrescription } from './pharmacy-record.ts';
import type { ClaimRequest, PharmacyParts } from './pharmacy-side.ts';
import { hindranceError } from './refusals.ts';
import { sendOnce } from './sent-once.ts';
import { contentDigest } from './signed-original.ts';

/** 审核状态 `rxChkStasCodg`: 1 is attested, 2 is project design. */
const AUDIT_STATUS = { passed: '1', refused: '2' } as const;

const STANDING: ReadonlySet<KeptClaim['state']> = new Set(['held', 'reporting', 'dispensed']);

/** Claims, or tells what an earlier call with the same id came to. */
export async function openClaim(
  parts: PharmacyParts,
  request: ClaimRequest,
): Promise<{ claimId: string; expiresAt: number }> {
  const { store } = parts;
  const { claimId } = request;
  const known = store.get<KeptClaim>(CLAIM, claimId);
  if (known !== undefined) requireSame(known, request);
  if (known !== undefined && STANDING.has(known.state)) return { claimId, expiresAt: known.expiresAt ?? 0 };
  if (known !== undefined && known.state !== 'opening') throw closed(known);
  const seen = getSeen(parts, request.prescriptionNumber);
  requireFit(parts, seen, request);
  const claim = known ?? (await begin(parts, seen, request));
  const auditNumber = await sendOnce(parts, claim, () => sendAudit(parts, claim, request.audit));
  if (request.audit.passed) return hold(parts, claim, auditNumber);
  store.transact((tx) => tx.put(CLAIM, claimId, { ...claim, state: 'refused', inDoubt: false, auditNumber }));
  throw new GatewayError('PRESCRIPTION_STATE_WRONG', { facts: { reason: 'audit-not-passed' } });
}

/** The claim's own reading of a prescription that was found before. @throws GatewayError `PRESCRIPTION_UNKNOWN`. */
export function getSeen({ store }: PharmacyParts, number: string): SeenPrescription {
  const seen = store.get<SeenPrescription>(SEEN, number);
  if (seen === undefined) throw new GatewayError('PRESCRIPTION_UNKNOWN', { facts: { prescription: number } });
  return seen;
}

/** Sends an audit under the claim's verification number; the same again gives the same number. */
export async function sendAudit(
  { centre, terminal, pharmacistToken, store }: PharmacyParts,
  { number, verification, pharmacist }: Pick<KeptClaim, 'number' | 'verification' | 'pharmacist'>,
  audit: { readonly opinion: string; readonly passed: boolean; readonly at: string },
): Promise<string> {
  const seen = store.get<SeenPrescription>(SEEN, number);
  const { body } = await centre.ask('uploadPrescriptionAudit', {
    insurancePrescriptionNumber: number,
    prescriptionToken: seen?.token ?? '',
    credentialToken: await pharmacistToken(pharmacist.code),
    institutionCode: terminal.institution.code,
    institutionName: terminal.institution.name,
    pharmacistCertificateType: pharmacist.certificateType,
    pharmacistCertificateNumber: pharmacist.certificateNumber,
    pharmacistName: pharmacist.name,
    pharmacistInsuranceCode: pharmacist.code,
    prescriptionAuditOpinion: audit.opinion,
    prescriptionAuditStatusCode: audit.passed ? AUDIT_STATUS.passed : AUDIT_STATUS.refused,
    prescriptionAuditTime: audit.at,
    signatureVerificationNumber: verification,
  });
  return body.prescriptionAuditNumber;
}

/** Durable before the audit leaves, so that after a crash the same audit is sent again and no second one. */
async function begin(
  parts: PharmacyParts,
  seen: SeenPrescription,
  request: ClaimRequest,
): Promise<KeptClaim> {
  const claim: KeptClaim = {
    claimId: request.claimId,
    number: seen.number,
    state: 'opening',
    contentDigest: digestOfClaim(request),
    verification: await verify(parts, seen),
    pharmacist: request.audit.pharmacist,
    lines: request.lines,
  };
  return parts.store.transact((tx) => {
    tx.insert(CLAIM, claim.claimId, claim);
    return tx.get<KeptClaim>(CLAIM, claim.claimId) ?? claim;
  });
}

function hold(
  { store, cycle, clock, terminal, facts }: PharmacyParts,
  claim: KeptClaim,
  auditNumber: string,
): { claimId: string; expiresAt: number } {
  const now = clock.now();
  const { claimId, number } = claim;
  const expiresAt = now + facts.life.claim.minutes * 60_000;
  store.transact((tx) => {
    const seen = tx.get<SeenPrescription>(SEEN, number);
    if (seen !== undefined) {
      const result = cycle.apply(seen.life, { kind: 'pass', pharmacy: terminal.institution.code }, now);
      if ('life' in result) tx.put(SEEN, number, { ...seen, life: result.life });
    }
    tx.put(CLAIM, claimId, { ...claim, state: 'held', inDoubt: false, auditNumber, expiresAt });
    tx.trace({
      at: now,
      step: 'prescription.claimed',
      refs: { prescription: number },
      facts: { auditNumber },
    });
  });
  return { claimId, expiresAt };
}

/** What can be told without asking the centre. */
function requireFit(parts: PharmacyParts, seen: SeenPrescription, request: ClaimRequest): void {
  const { cycle, clock, facts, terminal, store } = parts;
  if (!isPersons(store, seen, request.person)) {
    throw new GatewayError('PRESCRIPTION_OTHER_PERSON', { facts: { prescription: seen.number } });
  }
  const now = clock.now();
  const result = cycle.apply(seen.life, { kind: 'pass', pharmacy: terminal.institution.code }, now);
  const { stage } = cycle.at(seen.life, now);
  if ('refused' in result) throw hindranceError(facts, result.refused, { stage, event: 'pass' });
  const left = unitsLeft(result.life.allowance, result.life.uses.at(-1)?.handouts ?? []);
  const isTooMuch = Object.entries(sumQuantities(request.lines)).some(
    ([code, quantity]) => quantityUnits(quantity) > (left.get(code) ?? 0n),
  );
  if (isTooMuch) throw hindranceError(facts, 'quantity', { stage, event: 'pass' });
}

function requireSame(known: KeptClaim, request: ClaimRequest): void {
  if (known.contentDigest === digestOfClaim(request)) return;
  throw new GatewayError('PRESCRIPTION_NUMBER_REUSED', { facts: { claim: known.claimId } });
}

function digestOfClaim({ prescriptionNumber, person, lines }: ClaimRequest): string {
  return contentDigest({ prescriptionNumber, person, lines });
}

function closed({ claimId, state }: KeptClaim): GatewayError {
  return new GatewayError('PRESCRIPTION_STATE_WRONG', { facts: { claim: claimId, state } });
}
