/** All tongues by name. Whoever adds one adds a line. */
import { createNationalTongue } from './national.ts';
import type { Tongue, TongueWorld } from './tongue.ts';

const TONGUES: Readonly<Record<string, (world: TongueWorld) => Tongue>> = {
  national: createNationalTongue,
};

/** The tongue of a kit. @throws RangeError for a name that is not there */
export function createTongue(world: TongueWorld): Tongue {
  const make = TONGUES[world.kit.tongue];
  if (make === undefined) throw new RangeError(`no tongue ${world.kit.tongue}`);
  return make(world);
}
