/** The page of the reference that says what each source id stands for, and where it is named. */
import type { Registry } from '../../packages/registry/src/index.ts';
import { plain } from './names.ts';

/** Places that are named of one source; a document that tells of everything is in all of them. */
const MOST_NAMED = 12;

/** The text of the page. */
export function sourcesPage(registry: Registry): string {
  const named = namedIn(registry);
  const rows = [...registry.sources()].map(([id, text]) => {
    const places = named.get(id) ?? [];
    const first = places.slice(0, MOST_NAMED).map(plain).join(', ');
    const all = places.length > MOST_NAMED ? `, … ${places.length} in all` : '';
    const told = places.length === 0 ? '' : ` (${first}${all})`;
    return `- <a id="${id}"></a>\`${id}\` ${plain(text)}${told}`;
  });
  return `# 来源 · Sources

What the ids beside a transaction or a code list stand for: public documents and public programs that show how an
interface is called. In brackets the national transactions, the code lists and the regions that name a source.

交易与值域旁的编号所指的公开来源：公布的文件，以及能看出接口如何调用的公开程序；括号内是引用它的交易、值域与地区。

${rows.join('\n')}
`;
}

/** The ids, each leading to its line. */
export function sourceLinks(ids: readonly string[]): string {
  return ids.map((id) => `[${id}](sources.md#${id})`).join(', ') || '—';
}

function namedIn(registry: Registry): ReadonlyMap<string, readonly string[]> {
  const numbers = registry.transactions();
  const sets = valueSetsUsed(registry);
  const pairs = [
    ...numbers.flatMap((number) =>
      (registry.definition('national', number)?.sources ?? []).map((id) => [id, number] as const),
    ),
    ...sets.flatMap((name) => (registry.valueSet(name)?.sources ?? []).map((id) => [id, name] as const)),
    ...regionsNaming(registry),
  ];
  const groups = Map.groupBy(pairs, ([id]) => id);
  return new Map([...groups].map(([id, found]) => [id, [...new Set(found.map(([, place]) => place))]]));
}

/** Sources that the definitions of a region's own name, with the region. */
function regionsNaming(registry: Registry): readonly (readonly [source: string, region: string])[] {
  return registry
    .profiles()
    .filter((id) => id !== 'national')
    .flatMap((id) =>
      registry
        .profileTransactions(id)
        .map((number) => registry.definition(id, number))
        .filter((definition) => definition?.scope === 'profile')
        .flatMap((definition) => (definition?.sources ?? []).map((source) => [source, id] as const)),
    );
}

/** Names of the code lists that national fields have, sorted. */
export function valueSetsUsed(registry: Registry): readonly string[] {
  const names = registry.transactions().flatMap((number) => {
    const { request = [], response = [] } = registry.definition('national', number) ?? {};
    return [...request, ...response].flatMap(({ fields }) =>
      fields.flatMap(({ valueSet }) => valueSet ?? []),
    );
  });
  return [...new Set(names)].toSorted();
}
