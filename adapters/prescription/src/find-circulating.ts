/** A prescription at the counter: decoded, downloaded, its signature verified, its person compared. */
import { findTime, GatewayError } from '@yiqiao/model';
import type { Decimal, OperationBodies } from '@yiqiao/model';
import type { AdapterStore } from '@yiqiao/sdk';
import type { CentreAnswer } from './centre.ts';
import { sumQuantities, usesMade } from './life.ts';
import type { Life, Use } from './life.ts';
import { SEEN } from './pharmacy-record.ts';
import type { NamedPerson, SeenPrescription } from './pharmacy-record.ts';
import type { PharmacyParts } from './pharmacy-side.ts';
import { digestOf } from './signed-original.ts';

/** What a person shows. */
export interface Presented {
  /** A prescription that was found here before. */
  readonly prescriptionNumber?: string;
  /** Text of the QR code `epcQrcd`. */
  readonly code?: string;
  readonly token?: { readonly epcToken: string; readonly authRxno: string };
  /** 电子凭证令牌 of the person, who thereby authorises the pharmacy (7201). */
  readonly credentialToken?: string;
  readonly person: NamedPerson;
}

/** A prescription as a pharmacy sees it. Times `yyyy-MM-dd HH:mm:ss`. */
export interface FoundCirculating {
  readonly number: string;
  readonly status: 'valid' | 'expired' | 'revoked' | 'void';
  /** This pharmacy holds it. */
  readonly audited: boolean;
  readonly person: NamedPerson;
  readonly prescriber: {
    readonly institutionCode: string;
    readonly institutionName: string;
    readonly doctorCode?: string;
    readonly doctorName: string;
  };
  readonly issuedAt: string;
  readonly validUntil: string;
  /** 处方附加属性 `rxExraAttrCode`. */
  readonly attribute?: string;
  readonly diagnoses: readonly { readonly code: string; readonly name: string }[];
  /** Quantities of one use. */
  readonly drugs: readonly {
    readonly catalogueCode: string;
    readonly name: string;
    readonly quantity: Decimal;
    readonly unit: string;
    readonly specification: string;
  }[];
  readonly reuse: {
    readonly reusable: boolean;
    readonly maximumUses: number;
    readonly timesUsed: number;
    readonly minimumIntervalDays: number;
  };
}

type Downloaded = CentreAnswer<'downloadPrescription'>;

/** Finds what is presented. */
export async function findCirculating(parts: PharmacyParts, presented: Presented): Promise<FoundCirculating> {
  const { centre, terminal, store } = parts;
  const access = await accessTo(parts, presented);
  const answer = await centre.ask('downloadPrescription', {
    prescriptionToken: access.token,
    prescriptionAuthorizationNumber: access.authorization,
    institutionCode: terminal.institution.code,
    terminalInfo: terminal.device,
    ...operatorOf(parts),
  });
  requirePerson(answer, presented.person);
  const seen = seenOf(store, answer, { ...access, person: presented.person });
  const before = store.get<SeenPrescription>(SEEN, seen.number);
  if (before !== undefined && before.documentDigest !== seen.documentDigest) throw altered(seen.number);
  await verify(parts, seen);
  const kept = { ...seen, life: mergedLife(parts, before?.life, seen.life) };
  store.transact((tx) => {
    tx.put(SEEN, kept.number, kept);
    if (before === undefined) {
      const at = parts.clock.now();
      tx.trace({ at, step: 'prescription.downloaded', refs: { prescription: kept.number } });
    }
  });
  return tellFound(answer, { ...presented, life: kept.life });
}

/** Has the centre verify that the bytes are those that were signed; its number counts for one audit. */
export async function verify(
  { centre, terminal }: PharmacyParts,
  { number, traceCode, document, token }: SeenPrescription,
): Promise<string> {
  const { body } = await centre.ask('verifyPrescription', {
    insurancePrescriptionNumber: number,
    institutionCode: terminal.institution.code,
    prescriptionTraceCode: traceCode,
    prescriptionDocument: document,
    prescriptionToken: token,
  });
  if (body.done === false) throw altered(number);
  return body.signatureVerificationNumber;
}

/** Whether it is the person's for whom it was written, as far as the centre told. */
export function isPersons(store: AdapterStore, seen: SeenPrescription, person: NamedPerson): boolean {
  return seen.personDigest === personDigest(store, seen.knownBy, person);
}

interface Access {
  readonly token: string;
  readonly authorization: string;
}

async function accessTo(parts: PharmacyParts, presented: Presented): Promise<Access> {
  const { centre, terminal, store } = parts;
  const { token, code, credentialToken, prescriptionNumber, person } = presented;
  if (token !== undefined) return { token: token.epcToken, authorization: token.authRxno };
  if (code !== undefined) {
    const { body } = await centre.ask('decodePrescriptionCode', {
      prescriptionQrCode: code,
      institutionCode: terminal.institution.code,
      terminalInfo: terminal.device,
      ...operatorOf(parts),
    });
    return { token: body.prescriptionToken, authorization: body.prescriptionAuthorizationNumber };
  }
  if (credentialToken !== undefined) {
    const { body } = await centre.ask('authorizeCirculation', {
      institutionCode: terminal.institution.code,
      personName: person.name,
      certificateType: person.certificateType,
      certificateNumber: person.certificateNumber,
      credentialToken,
      ...operatorOf(parts),
    });
    return { token: body.prescriptionToken, authorization: body.prescriptionAuthorizationNumber };
  }
  const seen = store.get<SeenPrescription>(SEEN, prescriptionNumber ?? '');
  if (seen === undefined) throw new GatewayError('PRESCRIPTION_UNKNOWN');
  return seen;
}

function operatorOf({ terminal }: PharmacyParts) {
  return {
    terminalAddress: terminal.address,
    operatorAccount: terminal.operator.account,
    operatorName: terminal.operator.name,
    agencyNumber: terminal.agency,
  };
}

/** A pharmacy is told the patient's name, by some centres the certificate too: the latter decides then. */
function requirePerson({ body, beyond }: Downloaded, person: NamedPerson): void {
  const certificate = beyond['certno'];
  const isSame =
    certificate === undefined
      ? body.visit.patientName === person.name
      : certificate.toUpperCase() === person.certificateNumber.toUpperCase();
  if (!isSame) {
    const facts = { prescription: body.insurancePrescriptionNumber };
    throw new GatewayError('PRESCRIPTION_OTHER_PERSON', { facts });
  }
}

function seenOf(
  store: AdapterStore,
  answer: Downloaded,
  given: Access & { readonly person: NamedPerson },
): SeenPrescription {
  const { body, beyond } = answer;
  const knownBy = beyond['certno'] === undefined ? 'name' : 'certificate';
  return {
    number: body.insurancePrescriptionNumber,
    traceCode: body.prescriptionTraceCode,
    authorization: given.authorization,
    token: given.token,
    document: body.prescriptionDocument,
    documentDigest: digestOf(body.prescriptionDocument),
    personDigest: personDigest(store, knownBy, given.person),
    knownBy,
    life: lifeOf(answer),
  };
}

function personDigest(store: AdapterStore, knownBy: 'certificate' | 'name', person: NamedPerson): string {
  return store.digest(knownBy === 'name' ? person.name : person.certificateNumber.toUpperCase());
}

/** What the centre tells of its uses; who made them it does not tell. */
function lifeOf({ body, beyond }: Downloaded): Life {
  const isReusable = beyond['reptFlag'] === '1';
  const timesUsed = countOf(beyond['reptdCnt'], 0);
  const elsewhere: Use = { pharmacy: '', heldUntil: 0, handouts: [], completedAt: 0 };
  return {
    stage: timesUsed > 0 ? 'reusable' : 'downloaded',
    allowance: {
      validUntil: findTime(body.validUntil) ?? 0,
      maximumUses: isReusable ? countOf(beyond['maxReptCnt'], 1) : 1,
      minimumIntervalDays: isReusable ? countOf(beyond['minInrvDays'], 0) : 0,
      quantities: sumQuantities(
        body.drugs.map(({ catalogueCode, drugQuantity }) => ({ catalogueCode, quantity: drugQuantity })),
      ),
    },
    uses: Array.from({ length: timesUsed }, () => elsewhere),
  };
}

/** What this pharmacy has under way itself it knows better than what was downloaded. */
function mergedLife({ cycle, clock }: PharmacyParts, before: Life | undefined, told: Life): Life {
  if (before === undefined) return told;
  const { stage } = cycle.at(before, clock.now());
  const isOwn =
    stage === 'audited' || stage === 'partly' || before.uses.some(({ handouts }) => handouts.length > 0);
  return isOwn && usesMade(before) >= usesMade(told) ? before : told;
}

function countOf(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : fallback;
}

const STATUS: Readonly<Record<string, FoundCirculating['status']>> = {
  '1': 'valid',
  '2': 'expired',
  '3': 'revoked',
  '4': 'void',
};

function tellFound(
  { body, beyond }: Downloaded,
  { person, life }: { readonly person: NamedPerson; readonly life: Life },
): FoundCirculating {
  const { allowance } = life;
  const attribute = beyond['rxExraAttrCode'];
  const doctorCode = beyond['drCode'];
  return {
    number: body.insurancePrescriptionNumber,
    status: STATUS[beyond['rxStasCodg'] ?? '1'] ?? 'void',
    audited: life.stage === 'audited' || life.stage === 'partly',
    person,
    prescriber: {
      institutionCode: body.institutionCode,
      institutionName: body.institutionName,
      ...(doctorCode !== undefined && { doctorCode }),
      doctorName: body.visit.prescribingDoctorName ?? beyond['prscDrName'] ?? '',
    },
    issuedAt: body.prescriptionTime,
    validUntil: body.validUntil,
    ...(attribute !== undefined && { attribute }),
    diagnoses: body.diagnoses.map(({ diagnosisCode, diagnosisName }) => ({
      code: diagnosisCode,
      name: diagnosisName,
    })),
    drugs: body.drugs.map(drugOf),
    reuse: {
      reusable: beyond['reptFlag'] === '1',
      maximumUses: allowance.maximumUses,
      timesUsed: usesMade(life),
      minimumIntervalDays: allowance.minimumIntervalDays,
    },
  };
}

function drugOf(drug: OperationBodies['downloadPrescription']['response']['drugs'][number]) {
  return {
    catalogueCode: drug.catalogueCode,
    name: drug.drugGenericName,
    quantity: drug.drugQuantity,
    unit: drug.drugQuantityUnit ?? '',
    specification: drug.drugSpecification,
  };
}

function altered(number: string): GatewayError {
  return new GatewayError('PRESCRIPTION_ALTERED', { facts: { prescription: number } });
}
