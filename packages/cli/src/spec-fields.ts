/** Fields of a transaction as `spec show` tells them: labels, codes, sources, and what a region's own ones become. */
import type { Mapped, RegionalMaps } from '@yiqiao/insurance-platform';
import { wantedForm } from '@yiqiao/registry';
import type { DerivedMap, Direction, FieldDefinition, NodeDefinition, Registry } from '@yiqiao/registry';

/** One field. */
export interface ShownField {
  readonly name: string;
  /** Name in the model. */
  readonly english?: string;
  /** `en` is absent where neither the region nor the national field that it becomes has one. */
  readonly label: { readonly zh: string; readonly en?: string };
  readonly type: FieldDefinition['type'];
  readonly length?: number | string;
  /** The type that values are held against, where that of the documents is a misprint. */
  readonly checkedAs?: FieldDefinition['type'];
  /** How a date or time is written; of a text, where the documents say so. */
  readonly format?: string;
  /** What is let pass with a remark beside it, since type and format of the documents contradict each other. */
  readonly alsoFormat?: string;
  readonly required: boolean;
  readonly unit?: string;
  readonly valueSet?: {
    readonly name: string;
    readonly open: boolean;
    readonly codes: Record<string, string>;
  };
  /** Independent public sources. */
  readonly sourceCount?: number;
  /** Profile that added or changed the field. */
  readonly changedBy?: string;
  /** National name of a field that an overlay renames. */
  readonly nationalName?: string;
  /** Path in the canonical body, as map files name it; of the national form. */
  readonly model?: string;
  /** What the maps of a region make of it. */
  readonly mapped?: readonly Mapped[];
  /** National fields that its label is read as, where no map names one. */
  readonly counterparts?: readonly string[];
}

/** One node. */
export interface ShownNode extends Pick<NodeDefinition, 'node' | 'repeated'> {
  readonly fields: readonly ShownField[];
}

/** What the fields are shown with. */
export interface FieldSources {
  readonly registry: Registry;
  readonly maps: RegionalMaps;
  /** The canonical form of the operation; absent for a form of its own, and where there is no operation. */
  readonly derived?: DerivedMap;
  /** Local name → national names. */
  readonly counterparts: ReadonlyMap<string, readonly string[]>;
}

/** The nodes of one half of a transaction. */
export function nodesOf(
  sources: FieldSources,
  direction: Direction,
  nodes: readonly NodeDefinition[],
): readonly ShownNode[] {
  return nodes.map((node) => ({
    node: node.node,
    repeated: node.repeated,
    fields: node.fields.map((field) => shown(sources, { direction, node, field })),
  }));
}

interface Place {
  readonly direction: Direction;
  readonly node: NodeDefinition;
  readonly field: FieldDefinition;
}

function shown(sources: FieldSources, { direction, node, field }: Place): ShownField {
  const { registry, maps } = sources;
  const {
    name,
    label,
    type,
    length,
    required,
    valueSet: setName,
    sourceCount,
    overlay,
    nationalName,
    ownCodes = {},
  } = field;
  const entry = registry.findName(nationalName ?? name);
  const model = modelPath(sources, { direction, node, field });
  const set = setName === undefined ? undefined : registry.valueSet(setName);
  const mapped = maps.of(direction, node, name);
  const placed = mapped.some(({ national }) => national !== undefined);
  const counterparts = placed ? [] : counterpartsOf(sources, node, name);
  const en =
    label.en ?? entry?.label.en ?? labelOfNational(registry, [...mapped.map(nationalField), ...counterparts]);
  return {
    name,
    ...(entry !== undefined && { english: entry.name }),
    label: { zh: label.zh, ...(en !== undefined && { en }) },
    type,
    ...(length !== undefined && { length }),
    ...formOf(field),
    required,
    ...(entry?.unit !== undefined && { unit: entry.unit }),
    ...(set !== undefined && {
      valueSet: {
        name: set.name,
        open: set.open,
        codes: { ...codesOf(set.codes), ...codesOf(new Map(Object.entries(ownCodes))) },
      },
    }),
    ...(sourceCount !== undefined && { sourceCount }),
    ...(overlay !== undefined && { changedBy: overlay }),
    ...(nationalName !== undefined && nationalName !== name && { nationalName }),
    ...(model !== undefined && { model }),
    ...(mapped.length > 0 && { mapped }),
    ...(counterparts.length > 0 && { counterparts }),
  };
}

function modelPath({ derived }: FieldSources, { direction, node, field }: Place): string | undefined {
  const place = derived?.[direction].find((one) => one.node === node.node);
  const to = place?.fields.find(({ from }) => from === field.name || from === field.nationalName)?.to;
  if (place === undefined || to === undefined) return undefined;
  return place.to === '' ? to : `${place.to}.${to}`;
}

function formOf(field: FieldDefinition): Pick<ShownField, 'checkedAs' | 'format' | 'alsoFormat'> {
  const { type, ...formats } = wantedForm(field);
  return { ...(type !== field.type && { checkedAs: type }), ...formats };
}

type Codes = ReadonlyMap<string, { readonly zh: string; readonly en?: string }>;

function codesOf(codes: Codes): Record<string, string> {
  return Object.fromEntries(
    [...codes].map(([code, { zh, en }]) => [code, en === undefined ? zh : `${zh} / ${en}`]),
  );
}

/** A row's element may be listed with its list or by itself. */
function counterpartsOf(
  { counterparts }: FieldSources,
  { node }: NodeDefinition,
  name: string,
): readonly string[] {
  const names = counterparts.get(`${node.replaceAll('/', '.')}.${name}`) ?? counterparts.get(name) ?? [];
  return [...new Set(names)];
}

/** `2206 data.medfee_sumamt` → `medfee_sumamt`. */
function nationalField({ national = '' }: Mapped): string {
  return national.slice(Math.max(national.lastIndexOf(' '), national.lastIndexOf('.')) + 1);
}

/** Of several, the first: a map names first what a field is, then what else is filled from it. */
function labelOfNational(registry: Registry, names: readonly string[]): string | undefined {
  return names.map((name) => registry.findName(name)?.label.en).find((label) => label !== undefined);
}
