/** What the tests look at of an error. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/sdk';

/** The error that something rejects with. */
export async function rejectionOf(work: Promise<unknown>): Promise<GatewayError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert(error instanceof GatewayError, String(error));
  return error;
}
