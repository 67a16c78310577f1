/** 3101, 3102 and 3103 at the care place: audit before and during care, and what was done about it. */
import type { Catalogue } from '../catalogue.ts';
import { shortDate } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { amountNumber, child, children, leaf } from '../national-message.ts';
import type { JsonObject, JsonValue } from '../national-message.ts';
import { auditEncounter, orderAmount } from './audit-rules.ts';
import type { Violation } from './audit-rules.ts';

/** How many findings are remembered for feedback; the oldest are forgotten. */
const MOST_FINDINGS = 10_000;

/** Findings that may be answered: by their 违规标识, with what was answered. */
type Findings = Map<string, { readonly way: string; readonly reason: string } | undefined>;

/** Audits and their feedback. */
export function auditHandlers(
  catalogue: Catalogue,
  region: string,
): Readonly<Record<string, TransactionHandler>> {
  const findings: Findings = new Map();
  let serial = 0;
  const number = (now: number): string => {
    serial += 1;
    const id = `V${region}${shortDate(now)}${String(serial).padStart(8, '0')}`;
    findings.set(id, undefined);
    const oldest = findings.size > MOST_FINDINGS ? findings.keys().next().value : undefined;
    if (oldest !== undefined) findings.delete(oldest);
    return id;
  };
  const audit = (request: CoreRequest): CoreAnswer => auditPatients(request, { catalogue, number });
  return { 3101: audit, 3102: audit, 3103: ({ input }) => takeFeedback(findings, child(input, 'data')) };
}

function auditPatients(
  { input, now }: CoreRequest,
  { catalogue, number }: { readonly catalogue: Catalogue; readonly number: (now: number) => string },
): CoreAnswer {
  const data = child(input, 'data');
  const patients = children(data, 'patient_dtos');
  if (patients.length === 0) return { refusal: '缺少参保人信息 patient_dtos' };
  const wanted = textsOf(data['rule_ids']);
  const result = patients.flatMap((patient) =>
    children(patient, 'fsi_encounter_dtos').flatMap((encounter) =>
      auditEncounter(encounter, { catalogue, wanted }).map((violation) =>
        finding(violation, { patient, encounter, id: number(now) }),
      ),
    ),
  );
  return { output: { result } };
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).filter((one) => typeof one === 'string');
}

function finding(
  { rule, content, amount, orders }: Violation,
  {
    patient,
    encounter,
    id,
  }: { readonly patient: JsonObject; readonly encounter: JsonObject; readonly id: string },
): JsonObject {
  const who = { patn_id: leaf(patient, 'patn_id'), mdtrt_id: leaf(encounter, 'mdtrt_id') };
  return {
    jr_id: id,
    rule_id: rule.id,
    rule_name: rule.name,
    vola_cont: content,
    ...who,
    judge_result_detail_dtos: orders.map((order, at) => ({
      jrd_id: `${id}${String(at + 1).padStart(3, '0')}`,
      ...who,
      rx_id: leaf(order, 'rx_id'),
      vola_item_type: '1',
      vola_amt: amountNumber(orderAmount(order)),
    })),
    vola_amt: amountNumber(amount),
    vola_amt_stas: '1',
    sev_deg: rule.severity,
    vola_evid: rule.evidence,
    vola_bhvr_type: orders.length === 0 ? '1' : '2',
  };
}

/** All answers are taken or none. */
function takeFeedback(findings: Findings, data: JsonObject): CoreAnswer {
  const warns = children(data, 'warns');
  if (warns.length === 0) return { refusal: '缺少处理数据 warns' };
  const unknown = warns.map((warn) => leaf(warn, 'warn_rslt_id')).filter((id) => !findings.has(id));
  if (unknown.length > 0) return { refusal: `未查询到违规标识：${unknown.join('、')}` };
  for (const warn of warns) {
    findings.set(leaf(warn, 'warn_rslt_id'), {
      way: leaf(warn, 'dspo_way'),
      reason: leaf(warn, 'dspo_way_rea'),
    });
  }
  return { output: null };
}
