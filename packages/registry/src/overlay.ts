/** Applies a profile's differences to a transaction definition. */
import { fileFault } from './data-files.ts';
import type { Fault } from '@yiqiao/model';
import type { DirectionOverlay, NodeOverlay, Overlay, TransactionOverlay } from './profile-types.ts';
import type { FieldDefinition, NodeDefinition, TransactionDefinition } from './types.ts';

/** Where an overlay stands, for its faults and for the mark on changed fields. */
export interface OverlaySource {
  readonly profileId: string;
  readonly path: string;
  /** Pointer of the overlay inside the file. */
  readonly pointer: string;
}

/** A definition with the overlay applied, and what is wrong with the overlay. */
export interface Overlaid {
  readonly definition: TransactionDefinition;
  readonly faults: readonly Fault[];
}

/** Adds, relaxes, renames and re-measures; a new node takes the added fields alone. */
export function applyOverlay(
  base: TransactionDefinition,
  overlay: TransactionOverlay,
  source: OverlaySource,
): Overlaid {
  const request = overlayNodes(base.request, overlay.request ?? {}, below(source, 'request'));
  const response = overlayNodes(base.response, overlay.response ?? {}, below(source, 'response'));
  return {
    definition: { ...base, request: request.nodes, response: response.nodes },
    faults: [...request.faults, ...response.faults],
  };
}

/** Applies differences to the fields of one node or of the envelope. */
export function overlayFields(
  fields: readonly FieldDefinition[],
  overlay: NodeOverlay,
  source: OverlaySource,
): { fields: readonly FieldDefinition[]; faults: readonly Fault[] } {
  const changed = fields.map((field) => overlayField(field, overlay, source.profileId));
  const added = (overlay.add ?? []).map((field) => ({ ...field, overlay: source.profileId }));
  return {
    fields: [...changed.filter((field) => !added.some((one) => one.name === field.name)), ...added],
    faults: [...unknownNames(fields, overlay, source), ...addedTwice(fields, overlay, source)],
  };
}

/** The fields, those of a value set to which the region adds codes with these. */
export function withOwnCodes(
  fields: readonly FieldDefinition[],
  sets: NonNullable<Overlay['valueSets']> = {},
): readonly FieldDefinition[] {
  return fields.map((field) => {
    const own = field.valueSet === undefined ? undefined : sets[field.valueSet];
    return own === undefined ? field : { ...field, ownCodes: { ...field.ownCodes, ...own } };
  });
}

function overlayField(field: FieldDefinition, overlay: NodeOverlay, profileId: string): FieldDefinition {
  const length = overlay.measure?.[field.name];
  const name = overlay.rename?.[field.name];
  const relaxed = overlay.relax?.includes(field.name) ?? false;
  if (length === undefined && name === undefined && !relaxed) return field;
  const { condition, ...rest } = field;
  return {
    ...rest,
    ...(condition === undefined || relaxed ? {} : { condition }),
    ...(length === undefined ? {} : { length }),
    ...(name === undefined ? {} : { name, nationalName: field.nationalName ?? field.name }),
    ...(relaxed ? { required: false } : {}),
    overlay: profileId,
  };
}

function overlayNodes(
  nodes: readonly NodeDefinition[],
  overlay: DirectionOverlay,
  source: OverlaySource,
): { nodes: readonly NodeDefinition[]; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const changed = nodes.map((node) => {
    const difference = overlay[node.node];
    if (difference === undefined) return node;
    const result = overlayFields(node.fields, difference, below(source, node.node));
    faults.push(...result.faults);
    return { ...node, fields: result.fields };
  });
  const known = new Set(nodes.map((node) => node.node));
  const added = Object.entries(overlay)
    .filter(([name]) => !known.has(name))
    .map(([name, difference]) => {
      const result = overlayFields([], difference, below(source, name));
      faults.push(...result.faults);
      return { node: name, repeated: difference.repeated ?? false, fields: result.fields };
    });
  return { nodes: [...changed, ...added], faults };
}

/** Names that the baseline does not have: a slip in the profile, which would change nothing unnoticed. */
function unknownNames(
  fields: readonly FieldDefinition[],
  overlay: NodeOverlay,
  source: OverlaySource,
): readonly Fault[] {
  const known = new Set(fields.map((field) => field.name));
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['relax', overlay.relax ?? []],
    ['rename', Object.keys(overlay.rename ?? {})],
    ['measure', Object.keys(overlay.measure ?? {})],
  ];
  return named.flatMap(([kind, names]) =>
    names
      .filter((name) => !known.has(name))
      .map((name) =>
        fileFault({
          path: source.path,
          pointer: `${source.pointer}/${kind}/${name}`,
          message: {
            zh: `基线中此节点没有字段 ${name}，请核对字段名或改用 add。`,
            en: `The baseline has no field ${name} here; check the name, or use add.`,
          },
        }),
      ),
  );
}

/** Fields that are added and there already: what of the two counts would be a guess. */
function addedTwice(
  fields: readonly FieldDefinition[],
  overlay: NodeOverlay,
  source: OverlaySource,
): readonly Fault[] {
  const known = new Set(fields.map((field) => field.name));
  return (overlay.add ?? []).flatMap(({ name }, index) => {
    if (!known.has(name)) return [];
    const message = {
      zh: `基线中此节点已有字段 ${name}；差异请用 relax、measure 或 rename 写明，或改正名称。`,
      en: `The baseline has a field ${name} here already; say what differs with relax, measure or rename, or correct the name.`,
    };
    return [fileFault({ path: source.path, pointer: `${source.pointer}/add/${index}`, message })];
  });
}

function below(source: OverlaySource, step: string): OverlaySource {
  return { ...source, pointer: `${source.pointer}/${step}` };
}
