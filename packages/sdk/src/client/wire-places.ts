/** Faults of a message as it would leave → faults of the body as the vendor wrote it. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { DerivedMap, NodeMap } from '@yiqiao/registry';

/** The same error with its places as pointers into the body that was given; the field keeps its national name. */
export function atGivenPlaces(error: GatewayError, request: DerivedMap['request']): GatewayError {
  const { faults } = error.details;
  if (faults === undefined) return error;
  const moved = faults.map((fault): Fault => ({ ...fault, at: givenPlace(fault.at, request) ?? fault.at }));
  return new GatewayError(error.code, { ...error.details, faults: moved }, { cause: error.cause ?? error });
}

/** `/input/feedetail/0/cnt` → `/lines/0/quantity`; `undefined` for a place outside of the body. */
function givenPlace(at: string, nodes: readonly NodeMap[]): string | undefined {
  const [, root, ...segments] = at.split('/');
  if (root !== 'input') return undefined;
  let node = nodes.find((one) => one.parent === undefined && one.node === '');
  let parent: string | undefined;
  let place = '';
  for (const segment of segments) {
    const below = nodes.find((one) => one.parent === parent && one.node === segment);
    if (below !== undefined) {
      node = below;
      parent = below.node;
      if (below.to !== '') place += `/${below.to}`;
    } else if (node?.repeated === true && /^\d+$/.test(segment)) place += `/${segment}`;
    else place += `/${node?.fields.find(({ from }) => from === segment)?.to ?? segment}`;
  }
  return place === '' ? '/' : place;
}
