/** Visits over the internet against the policy: at registration who, where and after what; with the fees, what. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { poolingAreaOf } from '@yiqiao/sdk';
import type { DeskParts } from '../course/desk-types.ts';
import type { VisitPerson, VisitRecord } from '../course/visit-record.ts';
import type { HisOrder, LineOrder, RegisterOrder } from '../order.ts';
import { isFollowedBy, visitsOfPerson } from './earlier-visits.ts';
import type { EarlierVisit } from './earlier-visits.ts';
import type { AreaLine, PolicyLine } from './policy.ts';

/**
 * Who comes, where, after which visit.
 * @throws GatewayError `INTERNET_VISIT_NOT_COVERED` with every rule that is broken and the policy line it stands in.
 */
export async function checkInternetVisit(
  parts: DeskParts,
  { order, person }: { readonly order: HisOrder<'register'>; readonly person: VisitPerson },
): Promise<void> {
  const { settings, policies } = parts;
  const policy = policies.at(settings.careRegion);
  const faults: Fault[] = [];
  if (policy.agreement.needed && !settings.internetAgreement) {
    faults.push(broken(policy.agreement, '/visit', NO_AGREEMENT));
  }
  if (!isInArea(policy.area, settings.careRegion, person.insuredRegion)) {
    faults.push(broken(policy.area, '/insuredRegion', OTHER_AREA, person.insuredRegion));
  }
  const line = policy['earlier-visit'];
  const coming = comingOf(order.body, settings.institution.code);
  const earlier = await evidence(parts, { order, person });
  if (!earlier.some((one) => isFollowedBy(one, coming, line))) {
    faults.push(broken(line, '/diagnoses', NO_EARLIER));
  }
  refuse(order.visit, faults);
}

function comingOf({ diagnoses, beginTime }: RegisterOrder, institutionCode: string) {
  return {
    institutionCode,
    begins: beginTime,
    diagnoses: diagnoses.map(({ diagnosisCode }) => diagnosisCode),
  };
}

/** What this desk has seen itself, and what its source tells. */
async function evidence(
  { store, settings, earlierVisits }: DeskParts,
  { order, person }: { readonly order: HisOrder; readonly person: VisitPerson },
): Promise<readonly EarlierVisit[]> {
  const own = visitsOfPerson(store, person.number)
    .filter(({ visit, state }) => visit !== order.visit && state !== 'closed')
    .map(({ internet, diagnoses, begins }): EarlierVisit => ({
      institutionCode: settings.institution.code,
      inPerson: !internet,
      diagnoses: diagnoses.map(({ code }) => code),
      begins,
    }));
  const { number: personNumber, insuredRegion } = person;
  return [...own, ...((await earlierVisits?.find({ personNumber, insuredRegion })) ?? [])];
}

function isInArea({ scope }: AreaLine, careRegion: string, insuredRegion: string): boolean {
  if (scope === 'any') return true;
  const [care, insured] = [poolingAreaOf(careRegion), poolingAreaOf(insuredRegion)];
  if (care === undefined || insured === undefined) return false;
  return scope === 'province' ? care.province === insured.province : care.pool === insured.pool;
}

/**
 * What is charged for.
 * @throws GatewayError `INTERNET_VISIT_NOT_COVERED` with each line that is not covered and the policy line that says so.
 */
export function checkInternetLines(
  { policies, settings }: DeskParts,
  visit: VisitRecord,
  lines: readonly Pick<LineOrder, 'feeLineNumber' | 'chargeItemType' | 'delivery'>[],
): void {
  const { items, delivery } = policies.at(settings.careRegion);
  const faults = lines.flatMap(({ feeLineNumber, chargeItemType = '', delivery: isDelivery }): Fault[] => {
    const at = `/lines/${feeLineNumber}`;
    if (isDelivery === true) return [broken(delivery, at, DELIVERY)];
    return items.itemTypes.includes(chargeItemType) ? [] : [broken(items, at, OTHER_ITEM, chargeItemType)];
  });
  refuse(visit.visit, faults);
}

const NO_AGREEMENT = {
  zh: '本机构未登记“互联网+”医保补充协议。',
  en: 'This institution has no supplementary agreement on record.',
};
const OTHER_AREA = {
  zh: '参保人不属于本统筹地区。',
  en: 'The patient is not insured in this pooling area.',
};
const NO_EARLIER = {
  zh: '未查到可作首诊依据的就诊记录（同一诊断、线下）。',
  en: 'No earlier visit that this one could follow was found.',
};
const DELIVERY = { zh: '配送费不能由医保支付，请从明细中去掉另收。', en: 'A delivery fee; charge it apart.' };
const OTHER_ITEM = {
  zh: '该项目类别不在支付范围内，请另行收费。',
  en: 'This kind of item is not covered; charge it apart.',
};

function broken(line: PolicyLine, at: string, message: Fault['message'], found?: string): Fault {
  return {
    rule: line.rule,
    at,
    field: line.id,
    label: line.label,
    ...(found !== undefined && { found }),
    message: {
      zh: `${message.zh}政策条目 ${line.id}：${line.label.zh}。`,
      en: `${message.en} Policy line ${line.id}: ${line.label.en}.`,
    },
  };
}

function refuse(visit: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  throw new GatewayError('INTERNET_VISIT_NOT_COVERED', {
    faults,
    facts: { visit, policy: [...new Set(faults.map(({ field }) => field))].join(',') },
  });
}
