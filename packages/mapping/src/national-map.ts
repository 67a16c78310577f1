/** Maps of the national JSON form, derived from operations, definitions and dictionary: nothing by hand. */
import type { DerivedMap, FieldMap, NodeMap } from '@yiqiao/registry';
import { strict as assert } from 'node:assert';
import { createDirection } from './direction.ts';
import { findCodec } from './leaf-codec.ts';
import { compileMemberReader } from './member-reader.ts';
import { compileMemberWriter } from './member-writer.ts';
import { compilePath } from './model-path.ts';
import type { BranchMember, LeafMember, Member, Plan } from './plan.ts';
import type { Label } from './report.ts';
import { createRoom } from './room.ts';
import type { CompiledMap, DirectionMap } from './types.ts';

/** Dialect of everything carried by the national form. */
export const NATIONAL_DIALECT = 'national';

/** What notes are written with. */
export interface NationalMapOptions {
  /** Labels of a wire name, from the dictionary. */
  readonly label?: (wireName: string) => Label | undefined;
}

/** Compiles the map of one operation; done once, at start or first use. */
export function compileNationalMap(derived: DerivedMap, options: NationalMapOptions = {}): CompiledMap {
  return {
    operation: derived.operation,
    request: compileDirection(derived.request, '/input', options),
    response: compileDirection(derived.response, '/output', options),
  };
}

function compileDirection(
  nodes: readonly NodeMap[],
  root: string,
  options: NationalMapOptions,
): DirectionMap {
  return createDirection({
    dialect: NATIONAL_DIALECT,
    plan: planOf(membersBelow(undefined, nodes)),
    root,
    style: 'pointer',
    exact: false,
    strict: false,
    keepsUnknown: true,
    silent: new Set(),
    single: [],
    label: options.label ?? (() => undefined),
  });
}

function planOf(members: readonly Member[]): Plan {
  return {
    members,
    reader: compileMemberReader(members),
    writer: compileMemberWriter(members),
    modelRoom: createRoom(members.map(modelName)),
    wireRoom: createRoom(members.map(({ wire }) => wire)),
    fills: [],
    used: new Set(),
    elsewhere: new Set(),
    required: [],
    same: [],
  };
}

function modelName(member: Member): string {
  return member.kind === 'leaf' ? member.place.name : member.wire;
}

/** Members of the node named `parent`, or of the body itself. */
function membersBelow(parent: string | undefined, nodes: readonly NodeMap[]): Member[] {
  const members: Member[] = [];
  for (const node of nodes) {
    if (node.parent !== parent) continue;
    // A body that is a list itself stands under an empty name, as wire hands it over.
    if (node.node === '' && !node.repeated) members.push(...node.fields.map(leafOf));
    else members.push(branchOf(node, nodes));
  }
  return members;
}

function branchOf(node: NodeMap, nodes: readonly NodeMap[]): BranchMember {
  assert(node.to !== '' || !node.repeated, `the repeated node ${node.node} needs a canonical name`);
  return {
    kind: 'branch',
    wire: node.node,
    repeated: node.repeated,
    loose: node.repeatedInferred === true,
    place: node.to === '' ? undefined : compilePath(node.to, { create: true }),
    plan: planOf([...node.fields.map(leafOf), ...membersBelow(node.node, nodes)]),
  };
}

function leafOf(field: FieldMap): LeafMember {
  const codec = findCodec(field.as, { bare: field.bare && field.as !== 'text' });
  assert(codec !== undefined, `unknown leaf form ${field.as}`);
  return {
    kind: 'leaf',
    wire: field.from,
    place: compilePath(field.to, { create: true }),
    codec,
    limit: undefined,
  };
}
