/** What is covered of visits over the internet: policy as data, national lines and what a region changes. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { poolingAreaOf, readPeripheral } from '@yiqiao/sdk';

interface Line<Rule extends string> {
  /** Named in refusals. */
  readonly id: string;
  readonly rule: Rule;
  readonly label: { readonly zh: string; readonly en: string };
}

/** A follow-up of which earlier visit. */
export interface EarlierVisitLine extends Line<'earlier-visit'> {
  readonly sameInstitution: boolean;
  /** By the whole code, by its three-character category (ICD-10), or not at all. */
  readonly sameDiagnosis: 'code' | 'category' | 'any';
  /** The earlier visit was in person. */
  readonly inPerson: boolean;
  /** At most so long ago; `null` without limit. */
  readonly withinDays: number | null;
}

/** Which 医疗收费项目类别 `med_chrgitm_type`. */
export interface ItemsLine extends Line<'items'> {
  readonly itemTypes: readonly string[];
}

/** Whose patients. */
export interface AreaLine extends Line<'area'> {
  readonly scope: 'pooling-area' | 'province' | 'any';
}

/** Whether the institution needs the supplementary agreement. */
export interface AgreementLine extends Line<'agreement'> {
  readonly needed: boolean;
}

/** Never covered. */
export interface DeliveryLine extends Line<'delivery'> {
  readonly covered: false;
}

/** The lines that hold at one place. */
export interface InternetPolicy {
  readonly 'earlier-visit': EarlierVisitLine;
  readonly items: ItemsLine;
  readonly area: AreaLine;
  readonly agreement: AgreementLine;
  readonly delivery: DeliveryLine;
}

/** A line of a policy file. */
export type PolicyLine = InternetPolicy[keyof InternetPolicy];

/** A policy file: national lines, and by region (of a province or a pooling area) lines that stand in their place. */
export interface PolicyFile {
  readonly default: readonly PolicyLine[];
  readonly regions: Readonly<Record<string, readonly PolicyLine[]>>;
}

/** Finds the policy of a place of care. */
export interface InternetPolicies {
  at(careRegion: string): InternetPolicy;
}

/**
 * Reads policies: the national ones with an operator's own lines by region.
 * @throws GatewayError `CONFIG_INVALID` for a line that covers delivery fees, and for a rule that is none.
 */
export function createPolicies(own: PolicyFile['regions'] = {}): InternetPolicies {
  const file = readPeripheral<PolicyFile>('internet-plus', 'policy');
  const regions = { ...file.regions, ...own };
  const national = Object.fromEntries(file.default.map((line) => [line.rule, line]));
  checkLines(regions, Object.keys(national));
  return {
    at(careRegion) {
      const area = poolingAreaOf(careRegion);
      const places = [area?.province, area?.pool, careRegion].filter((one) => one !== undefined);
      const lines = places.flatMap((place) => regions[place] ?? []);
      const changed = Object.fromEntries(lines.map((line) => [line.rule, line]));
      return { ...national, ...changed } as unknown as InternetPolicy;
    },
  };
}

function checkLines(regions: PolicyFile['regions'], rules: readonly string[]): void {
  const faults = Object.entries(regions).flatMap(([region, lines]) =>
    lines.flatMap((line, at): Fault[] => {
      const place = `/${region}/${at}`;
      if (!rules.includes(line.rule)) return [policyFault(place, line.rule, NO_RULE)];
      return line.rule === 'delivery' ? [policyFault(place, line.rule, NO_DELIVERY)] : [];
    }),
  );
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
}

const NO_RULE = { zh: '没有此规则。', en: 'There is no such rule.' };
const NO_DELIVERY = {
  zh: '配送费不予支付，地区政策不得更改此条。',
  en: 'Delivery fees are never covered; no region can change this line.',
};

function policyFault(at: string, field: string, message: Fault['message']): Fault {
  return { rule: 'policy', at, field, label: { zh: field, en: field }, message };
}
