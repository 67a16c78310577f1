/** Who has to act on an error: whoever answered, or did not. */
import { ERRORS, findToldCode, GatewayError } from '@yiqiao/model';
import type { ErrorDetails, ErrorKind, Responsible } from '@yiqiao/model';

/** The cores behind a gateway, by peer id. */
interface Cores {
  readonly carePlaceCore?: string;
  readonly insuredPlaceCore?: string;
}

/**
 * The error with the party that has to act: of a far side that is a core, the place of that core; of a gateway further
 * on that told a code of its own, whoever that code names. Every other error stays as it is. The code stays, too.
 */
export function withResponsible(error: GatewayError, cores: Cores): GatewayError {
  const { code, details, kind } = error;
  if (kind.origin !== 'upstream' || details.responsible !== undefined) return error;
  const told = findToldCode(details.upstream?.text);
  const found = told === undefined ? ofPeer(details.facts?.['peer'], cores) : ofCode(ERRORS[told]);
  return found === undefined ? error : new GatewayError(code, { ...found, ...details }, { cause: error });
}

type Told = Pick<ErrorDetails, 'responsible' | 'cashier'>;

function ofCode({ responsible, cashier }: ErrorKind): Told {
  return { responsible, cashier };
}

function ofPeer(peer: unknown, { carePlaceCore, insuredPlaceCore }: Cores): Told | undefined {
  if (peer === undefined) return undefined;
  const responsible: Responsible | undefined =
    peer === carePlaceCore ? 'care-place' : peer === insuredPlaceCore ? 'insured-place' : undefined;
  return responsible === undefined ? undefined : { responsible };
}
