/** The codecs of every profile: what they read, and what they make again of what they read. */
import type { Registry } from '@yiqiao/registry';
import type { WireCodec, WireHint } from '../../../packages/wire/src/index.ts';
import { reactionOf, refusalTold } from '../reaction.ts';
import { createSampler } from '../samples.ts';
import { mutateBytes } from '../text-mutations.ts';
import type { FuzzInput, Target } from '../target.ts';

/** Creates the target. */
export function createWireTarget(registry: Registry): Target {
  const { profiles, codec, draw } = createSampler(registry);
  return {
    name: 'wire',
    weight: 5,
    make(random) {
      const { profile, transaction, direction, bytes } = draw(random);
      // One in five is read by a form that it was not written in.
      const reader = random.percent(20) ? (random.find(profiles) ?? profile) : profile;
      const about = { profile: reader, transaction, direction, hinted: random.percent(70) ? 'yes' : 'no' };
      return { about, bytes: mutateBytes(bytes, random) };
    },
    react: (input) => reactionOf(() => readAndWrite(codec(input.about['profile'] ?? 'national'), input)),
  };
}

function readAndWrite(codec: WireCodec, { about, bytes }: FuzzInput): string[] {
  const { transaction = '' } = about;
  const hint: WireHint = about['hinted'] === 'yes' ? { transaction, beside: {} } : {};
  if (about['direction'] === 'request') {
    const read = codec.readRequest(bytes, hint);
    return [JSON.stringify(read.deviations), ...refusalTold(() => codec.writeRequest(read))];
  }
  const read = codec.readResponse(bytes, hint);
  return [
    JSON.stringify(read.deviations),
    ...refusalTold(() => codec.writeResponse({ ...read, transaction })),
  ];
}
