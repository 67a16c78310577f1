/** Why an operation does not leave for a far side whose family has map files. Nothing has been sent then. */
import type { CompiledFileMap } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type { Fault, Operation } from '@yiqiao/model';
import type { Profile } from '@yiqiao/registry';

/** The family has no transaction that is this operation alone. `FORMAT_LIMIT`. */
export function noTransaction({ id }: Profile, operation: string): GatewayError {
  const message = {
    zh: `方案 ${id} 没有与 ${operation} 单独对应的交易，无法发往该方；请改走其他线路。`,
    en: `The profile ${id} has no transaction for ${operation} alone, so it cannot be sent there; route it elsewhere.`,
  };
  return refusal(
    'FORMAT_LIMIT',
    { rule: 'no-transaction', found: operation, message },
    { operation, profile: id },
  );
}

/** A core is to be told what another place decided, and the family has no room for that. `FORMAT_LIMIT`. */
export function noRoomForDecision({ id }: Profile, operation: string): GatewayError {
  const message = {
    zh: `方案 ${id} 的报文容不下参保地的结算结果，${operation} 若发往该方会被当作再次办理，未发送。`,
    en: `A message of the profile ${id} has no room for what another place decided; ${operation} would be done there once more. It was not sent.`,
  };
  return refusal(
    'FORMAT_LIMIT',
    { rule: 'no-decision', found: operation, message },
    { operation, profile: id },
  );
}

/**
 * The conditions of a map do not hold: `RECORD_MISSING` when they ask for what is on record, else `FORMAT_LIMIT`
 * with the codes that the family lacks.
 */
export function unsuited(
  { profile, operation }: { readonly profile: Profile; readonly operation: Operation },
  map: CompiledFileMap,
  { unmet, found }: { readonly unmet: readonly string[]; readonly found: readonly Fault[] },
): GatewayError {
  const { id } = profile;
  const facts = { operation, profile: id, transaction: map.transaction };
  if (unmet.some((source) => source.startsWith('record:'))) {
    const message = {
      zh: `方案 ${id} 的 ${map.transaction} 凭网关所记的登记、入院或结算判断业务类别，本次没有查到，未发送；请核对就诊号，并先经本网关办理前一步。`,
      en: `What ${map.transaction} of the profile ${id} means depends on the registration, admission or settlement on record, and there is none for this case, so it was not sent; check the visit id and do the earlier step through this gateway first.`,
    };
    return refusal('RECORD_MISSING', { rule: 'record-missing', found: map.transaction, message }, facts);
  }
  const faults = found.filter(({ rule, field }) => rule === 'no-equal' && unmet.includes(`wire:${field}`));
  return faults.length > 0
    ? new GatewayError('FORMAT_LIMIT', { faults, facts })
    : noTransaction(profile, operation);
}

/** The far side would take the message as something else, by what is on record of the case. `FORMAT_LIMIT`. */
export function otherMeaning(
  { id }: Profile,
  { transaction }: CompiledFileMap,
  { operation, meant }: { readonly operation: string; readonly meant: string },
): GatewayError {
  const message = {
    zh: `该就诊或结算在网关登记为另一类业务，${transaction} 发往方案 ${id} 的一方会被当作 ${meant}，而不是 ${operation}，未发送；请核对就诊号与交易编号。`,
    en: `By what is on record of this case, ${transaction} would be taken as ${meant} by a party of the profile ${id}, not as ${operation}. It was not sent; check the visit id and the transaction.`,
  };
  return refusal(
    'FORMAT_LIMIT',
    { rule: 'other-meaning', found: transaction, message },
    { operation, profile: id },
  );
}

function refusal(
  code: 'FORMAT_LIMIT' | 'RECORD_MISSING',
  fault: Pick<Fault, 'rule' | 'message'> & { readonly found: string },
  facts: Readonly<Record<string, string>>,
): GatewayError {
  const faults = [{ ...fault, at: '/infno', field: 'infno', label: { zh: '交易', en: 'transaction' } }];
  return new GatewayError(code, { faults, facts });
}
