/** Messages to begin with: as observed in regions, as the samples have them, and written from definitions. */
import { readFileSync, readdirSync } from 'node:fs';
import type { Direction, Registry } from '@yiqiao/registry';
import { createWireCodec } from '../../packages/wire/src/index.ts';
import type { WireCodec } from '../../packages/wire/src/index.ts';
import { readObserved } from '../../conformance/src/index.ts';
import { definedBody, nationalEnvelope } from './messages.ts';
import type { Random } from './random.ts';

/** As a gateway has them. */
export const LIMITS = { maxBytes: 2_097_152, maxDepth: 32, maxNodes: 200_000 };

/** A message of one form. */
export interface Sample {
  readonly profile: string;
  readonly transaction: string;
  readonly direction: Direction;
  readonly bytes: Buffer;
}

/** What is known of the forms. */
export interface Sampler {
  /** Profiles with a form. */
  readonly profiles: readonly string[];
  codec(profile: string): WireCodec;
  draw(random: Random, only?: { readonly profile?: string; readonly direction?: Direction }): Sample;
}

/** Creates the sampler; a codec is made when it is first asked for. */
export function createSampler(registry: Registry): Sampler {
  const profiles = registry.profiles().filter((id) => registry.profile(id).codec !== 'unattested');
  const samples = [...observedSamples(), ...regionSamples()];
  const codecs = new Map<string, WireCodec>();
  const codec = (profile: string): WireCodec => {
    let known = codecs.get(profile);
    if (known === undefined) {
      known = createWireCodec(registry.profile(profile), {
        limits: LIMITS,
        layout: (transaction, direction) => registry.definition(profile, transaction)?.[direction],
      });
      codecs.set(profile, known);
    }
    return known;
  };
  const write = (of: Omit<Sample, 'bytes'>, random: Random): Buffer => {
    const { profile, transaction } = of;
    const body = definedBody(registry, of, random);
    const isNational = registry.profile(profile).dialect === 'national';
    const envelope = isNational ? nationalEnvelope(transaction, random) : {};
    return Buffer.from(
      of.direction === 'request'
        ? codec(profile).writeRequest({ transaction, envelope, body })
        : codec(profile).writeResponse({ transaction, success: true, code: '0', text: '', envelope, body }),
    );
  };
  return {
    profiles,
    codec,
    draw(random, only = {}) {
      const fitting = samples.filter(
        (one) =>
          one.profile === (only.profile ?? one.profile) &&
          one.direction === (only.direction ?? one.direction),
      );
      const sample = random.percent(30) ? random.find(fitting) : undefined;
      if (sample !== undefined) return sample;
      const profile = only.profile ?? random.find(profiles) ?? 'national';
      const transaction = random.find(registry.profileTransactions(profile)) ?? '2207';
      const direction = only.direction ?? (random.percent(60) ? 'request' : 'response');
      const of = { profile, transaction, direction };
      try {
        return { ...of, bytes: write(of, random) };
      } catch {
        // A form without room for some value: what is sent is then what another form would send.
        return { ...of, bytes: Buffer.from(JSON.stringify(definedBody(registry, of, random))) };
      }
    },
  };
}

function observedSamples(): Sample[] {
  return readObserved().map(({ profile, transaction, direction, raw, rawBase64 = '' }) => ({
    profile,
    transaction,
    direction,
    bytes: raw === undefined ? Buffer.from(rawBase64, 'base64') : Buffer.from(raw),
  }));
}

/** `schemas/provincial/REGION/samples/TRANSACTION.DIRECTION.*`, with what the call tells beside left out. */
function regionSamples(): Sample[] {
  const folder = new URL('../../schemas/provincial/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/'),
  );
  return files.toSorted().flatMap((name) => {
    const [, profile, transaction, direction] =
      /^([^/]+)\/samples\/(.+)\.(request|response)\.(?!beside)/.exec(name) ?? [];
    if (profile === undefined || transaction === undefined) return [];
    const bytes = readFileSync(new URL(name, folder));
    return [{ profile, transaction, direction: direction === 'request' ? 'request' : 'response', bytes }];
  });
}
