/** 2001: what would hinder benefits, shown at registration. */
import type { ActionContext } from './desk-types.ts';
import type { VisitPerson } from './visit-record.ts';

/** Facts of the visit that the check needs. */
export interface Coming {
  readonly person: VisitPerson;
  readonly careType: string;
  readonly beginTime: string;
  readonly diseaseCode?: string;
  readonly diseaseName?: string;
}

/** Each fund that gives nothing, with the insurer's reason; nothing is refused for it. */
export async function entitlementHints(context: ActionContext, coming: Coming) {
  const { settings } = context.parts;
  if (settings.entitlementFor !== 'all' && !settings.entitlementFor.includes(coming.careType)) return [];
  const { person, careType, beginTime, diseaseCode, diseaseName } = coming;
  const { entitlements } = await context.steps.ask({
    operation: 'checkEntitlement',
    insuredRegion: person.insuredRegion,
    body: {
      personNumber: person.number,
      insuranceType: person.insuranceType,
      institutionCode: settings.institution.code,
      careType,
      beginTime,
      ...(diseaseCode !== undefined && { diseaseCode }),
      ...(diseaseName !== undefined && { diseaseName }),
    },
  });
  return entitlements
    .filter(({ entitled }) => entitled !== '1')
    .map(({ fundType, entitlementCheckResult = '' }) => ({ fundType, text: entitlementCheckResult }));
}
