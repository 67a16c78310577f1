/**
 * What a prescription allows, checked before the centre is asked for the claim: the centre decides, but a cashier
 * hears at once, and of everything that is wrong.
 */
import { GatewayError, findTime } from '@yiqiao/model';
import type { Decimal } from '@yiqiao/model';
import type { OutsidePrescription } from '../ports.ts';
import type { Purchase } from './purchase-form.ts';

const DAY_MS = 86_400_000;
const SCALE = 4;

/**
 * Checks person, state, validity, uses, interval, drugs and quantities.
 * @throws GatewayError `PRESCRIPTION_OTHER_PERSON`, `PRESCRIPTION_EXPIRED`, `PRESCRIPTION_REVOKED`, `PRESCRIPTION_LIMIT`
 *   (fact `limit`: `uses`, `interval` or `quantity`), `PRESCRIPTION_DRUG_DIFFERS`.
 */
export function checkPrescription(found: OutsidePrescription, purchase: Purchase, now: number): void {
  if (found.person.certificateNumber !== purchase.person.certificateNumber) {
    throw new GatewayError('PRESCRIPTION_OTHER_PERSON');
  }
  if (found.status === 'revoked' || found.status === 'void') throw new GatewayError('PRESCRIPTION_REVOKED');
  const ends = findTime(found.validUntil);
  if (found.status === 'expired' || ends === undefined || ends < now) {
    throw new GatewayError('PRESCRIPTION_EXPIRED', { facts: { validUntil: found.validUntil } });
  }
  if (purchase.prescription?.audit.passed !== true) {
    throw new GatewayError('PRESCRIPTION_DRUG_DIFFERS', {
      facts: { because: 'the pharmacist did not approve' },
    });
  }
  checkUses(found, now);
  checkDrugs(found, purchase);
}

function checkUses({ reuse }: OutsidePrescription, now: number): void {
  const most = reuse.reusable ? Math.max(1, reuse.maximumUses) : 1;
  if (reuse.timesUsed >= most) {
    throw new GatewayError('PRESCRIPTION_LIMIT', {
      facts: { limit: 'uses', maximumUses: most, timesUsed: reuse.timesUsed },
    });
  }
  const last = reuse.lastDispensedAt === undefined ? undefined : findTime(reuse.lastDispensedAt);
  if (last === undefined) return;
  const next = last + reuse.minimumIntervalDays * DAY_MS;
  if (now < next) {
    throw new GatewayError('PRESCRIPTION_LIMIT', {
      facts: {
        limit: 'interval',
        minimumIntervalDays: reuse.minimumIntervalDays,
        lastDispensedAt: reuse.lastDispensedAt ?? '',
      },
    });
  }
}

function checkDrugs({ drugs }: OutsidePrescription, { lines }: Purchase): void {
  const wanted = new Map<string, bigint>();
  for (const line of lines) {
    if (line.prescribed !== true) continue;
    const before = wanted.get(line.catalogueCode) ?? 0n;
    wanted.set(line.catalogueCode, before + scaled(line.quantity));
  }
  for (const [code, quantity] of wanted) {
    const prescribed = drugs.filter((drug) => drug.catalogueCode === code);
    if (prescribed.length === 0) {
      throw new GatewayError('PRESCRIPTION_DRUG_DIFFERS', { facts: { catalogueCode: code } });
    }
    const allowed = prescribed.reduce((sum, drug) => sum + scaled(drug.quantity), 0n);
    if (quantity > allowed) {
      throw new GatewayError('PRESCRIPTION_LIMIT', { facts: { limit: 'quantity', catalogueCode: code } });
    }
  }
}

/** In units of 10⁻⁴, further digits cut off: quantities have four decimals. */
function scaled(value: Decimal): bigint {
  const [whole = '0', fraction = ''] = value.split('.');
  return BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
}
