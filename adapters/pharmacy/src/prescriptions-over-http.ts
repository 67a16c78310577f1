/** The prescription side of a pharmacy in a process of its own: JSON over HTTP, on the pharmacy's own network. */
import { ERRORS, GatewayError, formatFen } from '@yiqiao/model';
import type { Clock, ErrorCode, WireObject } from '@yiqiao/model';
import { connectAdapter, defineAdapter, jsonCodec, readMembers } from '@yiqiao/sdk';
import type { ConnectedAdapter, MemberReader } from '@yiqiao/sdk';
import type {
  DispensedGoods,
  Named,
  OutsidePrescription,
  PresentedPrescription,
  PrescriptionClaim,
  PrescriptionPort,
} from './ports.ts';

type Undoing = Parameters<PrescriptionPort['undo']>[0];

interface Calls {
  readonly find: { readonly request: PresentedPrescription; readonly response: OutsidePrescription };
  readonly claim: {
    readonly request: PrescriptionClaim;
    readonly response: { readonly claimId: string; readonly expiresAt: number };
  };
  readonly dispense: {
    readonly request: DispensedGoods;
    readonly response: { readonly dispensingNumber: string };
  };
  readonly undo: { readonly request: Undoing; readonly response: object };
}

/** Every call may be repeated: the far side does a claim once, under the number that we chose. */
export const prescriptionsDefinition = defineAdapter<Calls>({
  id: 'prescriptions',
  codec: jsonCodec(),
  refusal: (answer) => {
    const { code, outcome, upstream } = answer;
    if (typeof code !== 'string' || outcome !== 'rejected') return undefined;
    return { code, text: typeof upstream === 'object' ? JSON.stringify(upstream) : code };
  },
  calls: {
    find: {
      effect: 'read',
      path: 'prescriptions/find',
      toWire: ({ person, prescriptionNumber, code, token }) => ({
        person: named(person),
        ...(prescriptionNumber !== undefined && { prescriptionNumber }),
        ...(code !== undefined && { code }),
        ...(token !== undefined && { token: { ...token } }),
      }),
      toModel: (answer) => readMembers(answer, readPrescription),
    },
    claim: {
      effect: 'write',
      wayOut: 'repeat',
      path: 'claims',
      toWire: ({ claimId, prescriptionNumber, institutionCode, person, lines, audit }) => ({
        claimId,
        prescriptionNumber,
        institutionCode,
        person: named(person),
        lines: lines.map(({ catalogueCode, quantity }) => ({ catalogueCode, quantity })),
        audit: {
          pharmacist: { ...named(audit.pharmacist), code: audit.pharmacist.code },
          opinion: audit.opinion,
          passed: audit.passed,
          at: audit.at,
        },
      }),
      toModel: (answer, { claimId }) =>
        readMembers(answer, (from) => ({
          claimId,
          expiresAt: Number(from.optionalText('expiresAt') ?? '0'),
        })),
    },
    dispense: {
      effect: 'write',
      wayOut: 'repeat',
      path: ({ claimId }) => `claims/${encodeURIComponent(claimId)}/dispense`,
      toWire: dispensedWire,
      toModel: (answer) =>
        readMembers(answer, (from) => ({ dispensingNumber: from.text('dispensingNumber') })),
    },
    undo: {
      effect: 'write',
      wayOut: 'repeat',
      path: ({ claimId }) => `claims/${encodeURIComponent(claimId)}/undo`,
      toWire: ({ prescriptionNumber, reason, at }) => ({ prescriptionNumber, reason, at }),
      toModel: () => ({}),
    },
  },
});

/** Speaks to the prescription adapter's entry for pharmacies. */
export function connectPrescriptions(settings: {
  readonly url: string;
  readonly clock: Clock;
}): PrescriptionPort & { close(): Promise<void> } {
  const connected = connectAdapter(prescriptionsDefinition, settings);
  return {
    find: (presented) => ask(connected, 'find', presented),
    claim: (claim) => ask(connected, 'claim', claim),
    dispense: (goods) => ask(connected, 'dispense', goods),
    async undo(undoing) {
      await ask(connected, 'undo', undoing);
    },
    close: () => connected.close(),
  };
}

/** A refusal of our own kind comes back as what it was there. */
async function ask<K extends keyof Calls>(
  connected: ConnectedAdapter<Calls>,
  call: K,
  request: Calls[K]['request'],
): Promise<Calls[K]['response']> {
  try {
    return await connected.call(call, request);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const code = error.details.upstream?.code ?? '';
    if (error.code !== 'UPSTREAM_REJECTED' || !Object.hasOwn(ERRORS, code)) throw error;
    throw new GatewayError(code as ErrorCode, error.details, { cause: error });
  }
}

function named({ certificateType, certificateNumber, name }: Named): WireObject {
  return { certificateType, certificateNumber, name };
}

function readPrescription(from: MemberReader): OutsidePrescription {
  return {
    number: from.text('number'),
    status: from.code('status', {
      valid: 'valid',
      expired: 'expired',
      revoked: 'revoked',
      void: 'void',
    } as const),
    audited: from.raw('audited') === true,
    person: from.node('person', (one) => ({
      certificateType: one.text('certificateType'),
      certificateNumber: one.text('certificateNumber'),
      name: one.text('name'),
    })),
    prescriber: from.node('prescriber', (one) => ({
      institutionCode: one.text('institutionCode'),
      institutionName: one.text('institutionName'),
      doctorName: one.text('doctorName'),
      ...present('doctorCode', one.optionalText('doctorCode')),
      ...present('certificateType', one.optionalText('certificateType')),
      ...present('certificateNumber', one.optionalText('certificateNumber')),
    })),
    issuedAt: from.text('issuedAt'),
    validUntil: from.text('validUntil'),
    diagnoses: from.list('diagnoses', (one) => ({ code: one.text('code'), name: one.text('name') })),
    drugs: from.list('drugs', (one) => ({
      catalogueCode: one.text('catalogueCode'),
      name: one.text('name'),
      quantity: one.decimal('quantity'),
      unit: one.text('unit'),
    })),
    reuse: from.node('reuse', (one) => ({
      reusable: one.raw('reusable') === true,
      maximumUses: one.integer('maximumUses'),
      timesUsed: one.integer('timesUsed'),
      minimumIntervalDays: one.integer('minimumIntervalDays'),
      ...present('lastDispensedAt', one.optionalText('lastDispensedAt')),
    })),
  };
}

function dispensedWire({ claimId, lines, cashPaid, ...goods }: DispensedGoods): WireObject {
  const { prescriptionNumber, time, retailDocumentNumber, settlementId, visitId } = goods;
  return {
    claimId,
    prescriptionNumber,
    time,
    retailDocumentNumber,
    ...(settlementId !== undefined && { settlementId }),
    ...(visitId !== undefined && { visitId }),
    ...(cashPaid !== undefined && { cashPaid: formatFen(cashPaid) }),
    lines: lines.map(({ amount, traceCodes, ...line }) => ({
      ...line,
      amount: formatFen(amount),
      traceCodes: traceCodes.map((code) => ({ code })),
    })),
  };
}

function present<K extends string>(name: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]: string });
}
