/** The national JSON envelope over HTTP, signed in `cainfo`. */
import { createSuiteSigner } from '../run/signatures.ts';
import { isArchive, readArchive } from './archives.ts';
import { createAnswerReader } from './national-reading.ts';
import { writeRaw, writeStep } from './national-writing.ts';
import type { Tongue, TongueWorld } from './tongue.ts';

/** Makes the tongue of a run. */
export function createNationalTongue({ registry, kit, inputs, clock }: TongueWorld): Tongue {
  const read = createAnswerReader(registry, inputs.signing);
  const material = { messages: kit.messages, sign: createSuiteSigner(inputs.signing), clock };
  return {
    write: (step, writing) => writeStep(step, { ...material, ...writing }),
    writeRaw: (step, writing) => writeRaw(step, { ...material, ...writing }),
    read: ({ bytes }, { infno }) =>
      registry.findOperation(infno)?.fileUnder !== undefined && isArchive(bytes)
        ? readArchive(bytes)
        : read(bytes),
  };
}
