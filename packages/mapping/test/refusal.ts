/** What a refused message is told. */
import { GatewayError } from '@yiqiao/model';
import { strict as assert } from 'node:assert';

/** Code and faults of the refusal that an act ends in. */
export function faultsOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    assert(error instanceof GatewayError);
    return { code: error.code, faults: error.details.faults?.map(({ rule, at }) => `${rule} ${at}`) };
  }
  return assert.fail('nothing was refused');
}
