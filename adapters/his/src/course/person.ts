/** Who comes: 1101, and what may change between registration and settlement. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { Told } from '../insurance-port.ts';
import type { Credential } from '../order.ts';
import type { ActionContext } from './desk-types.ts';
import type { ShownCredential, VisitPerson, VisitRecord } from './visit-record.ts';

/** 医保电子凭证. Source: value set mdtrt_cert_type. */
const E_CREDENTIAL = '01';

/** What 1101 told, with the insurance to use. */
export interface Identified {
  readonly person: VisitPerson;
  readonly credential: ShownCredential;
  readonly insurance: Told<'identifyPerson'>['insurances'][number];
}

/**
 * Asks who shows this card.
 * @throws GatewayError `MESSAGE_INVALID` when the person has no insurance of the kind asked for.
 */
export async function identify(
  { steps, parts }: ActionContext,
  shown: Credential,
  wanted?: string,
): Promise<Identified> {
  const { credentialType, credentialNumber, cardSerial, certificateType = '01', certificateNumber } = shown;
  const card = {
    credentialType,
    credentialNumber,
    ...(cardSerial !== undefined && { cardSerial }),
    certificateType,
    certificateNumber,
    personName: shown.personName,
  };
  const { insuredRegion } = shown;
  const { person, insurances } = await steps.ask({
    operation: 'identifyPerson',
    body: card,
    ...(insuredRegion !== undefined && { insuredRegion }),
  });
  const insurance =
    wanted === undefined ? insurances[0] : insurances.find(({ insuranceType }) => insuranceType === wanted);
  if (insurance === undefined) throw new GatewayError('MESSAGE_INVALID', { faults: [noInsurance(wanted)] });
  return {
    insurance,
    credential: { ...card, shownAt: parts.clock.now() },
    person: {
      number: person.personNumber,
      name: person.personName,
      certificateType: person.certificateType,
      certificateNumber: person.certificateNumber,
      gender: person.gender,
      birthDate: person.birthDate ?? '',
      personType: insurance.personType,
      insuranceType: insurance.insuranceType,
      insuredRegion: insurance.insuredRegion,
    },
  };
}

function noInsurance(wanted = ''): Fault {
  return {
    rule: 'insurance',
    at: '/insuranceType',
    field: 'insutype',
    label: { zh: '险种类型', en: 'insurance type' },
    found: wanted,
    message: {
      zh: '该人员没有此险种的参保信息，请核对险种或先办理参保。',
      en: 'The person is not insured in this scheme; check the scheme.',
    },
  };
}

/**
 * The card to settle with: the one of the registration, or another one of the same person that is shown now. A token
 * that has ended is renewed where somebody can.
 * @throws GatewayError `VISIT_PERSON_CHANGED`, `CREDENTIAL_ENDED`.
 */
export async function credentialFor(
  context: ActionContext,
  visit: VisitRecord,
  shown: Partial<Credential>,
): Promise<ShownCredential> {
  const known = visit.credential;
  const asked: Credential = { ...known, ...shown };
  if (!isSame(known, asked)) return (await recognised(context, visit, asked)).credential;
  const { clock, settings, credentials } = context.parts;
  const holds = clock.now() - known.shownAt < settings.credentialHoldsMs;
  if (known.credentialType !== E_CREDENTIAL || holds) return known;
  if (credentials === undefined) {
    throw new GatewayError('CREDENTIAL_ENDED', { facts: { visit: visit.visit } });
  }
  const renewed = await credentials.renew(visit.visit, known);
  return (await recognised(context, visit, { ...known, ...renewed })).credential;
}

function isSame(known: Credential, asked: Credential): boolean {
  const names = [
    'credentialType',
    'credentialNumber',
    'cardSerial',
    'certificateType',
    'certificateNumber',
  ] as const;
  return names.every((name) => known[name] === asked[name]);
}

/** The card may change, the person may not. */
async function recognised(
  context: ActionContext,
  visit: VisitRecord,
  asked: Credential,
): Promise<Identified> {
  const { insuranceType, insuredRegion } = visit.person;
  const found = await identify(context, { insuredRegion, ...asked }, insuranceType);
  if (found.person.number !== visit.person.number) {
    throw new GatewayError('VISIT_PERSON_CHANGED', {
      facts: { visit: visit.visit, credentialType: asked.credentialType },
    });
  }
  return found;
}
