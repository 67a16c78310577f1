/** All tongues by name. Whoever adds one adds a line. */
import { createEInvoiceTongue } from './e-invoice.ts';
import { createGmEnvelopeTongue } from './gm-envelope.ts';
import { createDialectTongue } from './dialect.ts';
import { createHeadedTongue } from './headed.ts';
import { createNationalTongue } from './national.ts';
import { createSignedTongue } from './signed.ts';
import type { Tongue, TongueWorld } from './tongue.ts';

const TONGUES: Readonly<Record<string, (world: TongueWorld) => Tongue>> = {
  national: createNationalTongue,
  headed: createHeadedTongue,
  dialect: createDialectTongue,
  signed: createSignedTongue,
  'e-invoice': createEInvoiceTongue,
  'gm-envelope': createGmEnvelopeTongue,
};

/** The tongue of a kit. @throws RangeError for a name that is not there */
export function createTongue(world: TongueWorld): Tongue {
  const make = TONGUES[world.kit.tongue];
  if (make === undefined) throw new RangeError(`no tongue ${world.kit.tongue}`);
  return make(world);
}
