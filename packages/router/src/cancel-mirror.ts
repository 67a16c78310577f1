/** Whether a cancellation takes back what was settled. Source: schemas/national/identities.json, cancel-mirror. */
import { fen, findFen, formatFen } from '@yiqiao/model';
import type { CanonicalObject, CanonicalResponse, Deviation, Fen, Operation } from '@yiqiao/model';
import type { SettlementLine } from '@yiqiao/journal';
import type { Case, Hop } from './case.ts';
import type { Machine } from './machine.ts';
import { caseKeys } from './natural-keys.ts';
import { bodyOf, textOf } from './requests.ts';

/**
 * The answer, with a deviation for each amount that is not the negative of the settlement on record. It is delivered
 * all the same, and nothing is said where no such settlement is on record or it cannot be read.
 */
export async function withMirrorChecked(
  machine: Machine,
  opened: Case,
  hop: Hop,
  response: CanonicalResponse,
): Promise<CanonicalResponse> {
  if (hop.purpose !== 'forward' || hop.entry?.mirrors === undefined) return response;
  try {
    const line = await findSettlement(machine, opened, hop);
    const found =
      line === undefined ? [] : differences(machine, hop.entry.operation, { line, body: bodyOf(response) });
    return found.length === 0 ? response : { ...response, deviations: [...response.deviations, ...found] };
  } catch (fault) {
    machine.deps.events.onTrouble?.(fault, opened.accepted.key);
    return response;
  }
}

/** The settlement that the request names, among those of its visit. */
async function findSettlement(
  { deps }: Machine,
  opened: Case,
  { entry, request }: Hop,
): Promise<SettlementLine | undefined> {
  const settlementId = textOf(bodyOf(request), 'settlementId');
  if (entry?.mirrors === undefined || settlementId === undefined) return undefined;
  const { institution } = opened.accepted.key;
  for (const key of caseKeys(deps.registry.operation(entry.mirrors), request)) {
    for (const { id, state } of await deps.journal.findByNaturalKey(institution, key)) {
      const exchange = state === 'answered' ? await deps.journal.load(id) : undefined;
      if (exchange?.settlement?.settlementId === settlementId) return exchange.settlement;
    }
  }
  return undefined;
}

/** Amounts of a ledger line, by the names that the model has for them in an answer, too. */
const AMOUNTS = ['total', 'fundPaid', 'accountPaid', 'cashPaid'] as const;

function differences(
  { deps }: Machine,
  operation: Operation,
  { line, body }: { readonly line: SettlementLine; readonly body: CanonicalObject },
): readonly Deviation[] {
  return AMOUNTS.flatMap((member) => {
    const told = body[member];
    const settled = findFen(line[member]);
    if (typeof told !== 'bigint' || settled === undefined || told === -settled) return [];
    const names = deps.registry.answerField(operation, member) ?? {
      field: member,
      label: { zh: member, en: member },
    };
    return [deviation({ ...names, told: fen(told), settled })];
  });
}

function deviation(of: {
  readonly field: string;
  readonly label: Deviation['label'];
  readonly told: Fen;
  readonly settled: Fen;
}): Deviation {
  const { field, label, told, settled } = of;
  const sum = `${field} ${formatFen(told)} ≠ -(${formatFen(settled)})`;
  const difference = formatFen(fen(told + settled));
  return {
    rule: 'identity',
    at: '/output',
    field,
    label,
    found: formatFen(told),
    message: {
      zh: `恒等关系 cancel-mirror 不成立：${sum}，差额 ${difference} 元。公式：撤销应答的金额 = - 原结算的金额。请人工与原结算核对。`,
      en: `Identity cancel-mirror does not hold: ${sum}, difference ${difference} CNY. Formula: an amount of the cancellation = - the amount settled. Have a person check it against the settlement.`,
    },
  };
}
