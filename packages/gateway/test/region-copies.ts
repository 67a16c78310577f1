/**
 * A province that completes a region's files: its own folder extends the region's, with the pairs of names that no public
 * source tells. Nothing of these pairs is real.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Declared {
  readonly model?: readonly string[];
  readonly wire?: readonly string[];
}

interface Step {
  readonly operation: string;
  readonly request: {
    readonly rules: readonly Rule[];
    readonly unattested?: readonly Declared[];
    readonly noEqual?: readonly Declared[];
  };
  readonly response: object;
}

interface Rule {
  readonly list?: string;
  readonly rules?: readonly (Rule | Pair)[];
}

/** A map file, as far as it is completed. */
export interface MapFile {
  readonly transaction: string;
  readonly steps: readonly Step[];
}

/** A rule for a field of the model, but for the field. */
export type Pair = Readonly<Record<string, unknown>>;

const SCHEMAS = join(import.meta.dirname, '../../../schemas/provincial');

/** The map of a region as it stands. */
export function regionMap(region: string, name: string): MapFile {
  return JSON.parse(readFileSync(join(SCHEMAS, region, 'maps', `${name}.json`), 'utf8')) as MapFile;
}

/** A sample of a region, in GBK. */
export function regionSample(region: string, name: string): string {
  return new TextDecoder('gbk').decode(readFileSync(join(SCHEMAS, region, 'samples', name)));
}

/** The profile of a region with further rules for the header. */
export function withHeader(region: string, rules: readonly Pair[]): { readonly maps: object } {
  const { maps } = JSON.parse(readFileSync(join(SCHEMAS, region, 'profile.json'), 'utf8')) as {
    maps: { header: readonly object[] };
  };
  return { maps: { ...maps, header: [...maps.header, ...rules] } };
}

/** Who is settled for, where no source says which element of a region tells it. */
export const PERSON_PAIRS: Readonly<Record<string, Pair>> = {
  careType: { constant: '11' },
  settlementMethod: { constant: '01' },
  accountUsed: { constant: '0' },
  insuranceType: { constant: '310' },
  credentialType: { constant: '02' },
  certificateType: { constant: '01' },
  certificateNumber: { constant: '000000199001010018' },
  personNumber: { constant: '00000000000000000000000001' },
};

/** Yunnan's settlement, its amounts in elements that it has for something else. */
export function yunnanSettlement(pairs: Readonly<Record<string, Pair>>): MapFile {
  const amount = { from: 'wire:病种编码', as: 'fen' };
  const none = { from: 'wire:科室名称', as: 'fen' };
  return completed(regionMap('yunnan', 'int_feebalance'), {
    ...pairs,
    chargeBatch: { from: 'wire:顺序号' },
    total: amount,
    inScope: amount,
    selfFunded: none,
    overLimitSelfPaid: none,
    firstSelfPaid: none,
  });
}

/** The same map, with a pair for each field that the national form requires and no source names. */
export function completed(map: MapFile, pairs: Readonly<Record<string, Pair>>): MapFile {
  return { ...map, steps: map.steps.map((step) => completeStep(step, pairs)) };
}

function completeStep(step: Step, pairs: Readonly<Record<string, Pair>>): Step {
  const { rules, unattested = [], noEqual = [] } = step.request;
  const open = unattested.flatMap(({ model = [] }) => model).filter((path) => pairs[path] !== undefined);
  const used = Object.values(pairs).flatMap(({ from }) => (typeof from === 'string' ? elementOf(from) : []));
  const without = (declared: readonly Declared[]): readonly Declared[] =>
    declared.flatMap(({ model = [], wire = [], ...rest }) => {
      const left = {
        model: model.filter((path) => !open.includes(path)),
        wire: wire.filter((element) => !used.includes(element)),
      };
      return left.model.length + left.wire.length === 0 ? [] : [{ ...rest, ...left }];
    });
  const pairOf = (path: string): Rule => ({ fill: path.split('.').at(-1), ...pairs[path] }) as Rule;
  const lines = open.filter((path) => path.includes('.')).map(pairOf);
  const own = open.filter((path) => !path.includes('.')).map(pairOf);
  const inLists = rules.map((rule) =>
    rule.list === undefined ? rule : { ...rule, rules: [...(rule.rules ?? []), ...lines] },
  );
  return {
    ...step,
    request: {
      ...step.request,
      rules: [...inLists, ...own],
      unattested: without(unattested),
      noEqual: without(noEqual),
    },
  };
}

/** The element that a source names, as declarations name it. */
function elementOf(from: string): string {
  return from.slice(from.indexOf(':') + 1).replace('.0.', '.');
}

/** Writes the folder of a province that extends a region. */
export function writeCopy(
  folder: string,
  copy: {
    readonly id: string;
    readonly of: string;
    readonly profile?: Readonly<Record<string, unknown>>;
    readonly maps: readonly MapFile[];
    /** Further files, by their path below the province's folder. */
    readonly files?: Readonly<Record<string, object>>;
  },
): void {
  const profile = {
    id: copy.id,
    extends: copy.of,
    version: '1',
    title: { zh: '示例', en: 'Example' },
    ...copy.profile,
    source: 'made up for a test',
    confidence: 'project design',
  };
  const maps = copy.maps.map((map): [string, object] => [`maps/${map.transaction}.json`, map]);
  for (const [path, content] of [
    ['profile.json', profile] as const,
    ...maps,
    ...Object.entries(copy.files ?? {}),
  ]) {
    const file = join(folder, copy.id, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }
}
