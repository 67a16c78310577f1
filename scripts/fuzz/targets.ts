/** All that is fuzzed, by name. */
import type { Registry } from '@yiqiao/registry';
import type { Target } from './target.ts';
import { createGatewayTarget } from './targets/gateway.ts';
import { createMappingTarget } from './targets/mapping.ts';
import { createSignerTarget } from './targets/signer.ts';
import { createWireTarget } from './targets/wire.ts';

const CREATE: Readonly<Record<string, (registry: Registry) => Target | Promise<Target>>> = {
  wire: createWireTarget,
  mapping: createMappingTarget,
  signer: createSignerTarget,
  gateway: createGatewayTarget,
};

/** Creates the targets asked for, or all. */
export async function createTargets(
  registry: Registry,
  only: readonly string[] = Object.keys(CREATE),
): Promise<Target[]> {
  const targets: Target[] = [];
  for (const name of only) {
    const create = CREATE[name];
    if (create !== undefined) targets.push(await create(registry));
  }
  return targets;
}
