/** The page of the reference that tells of each region: how it speaks, what it changes, and what nobody attests. */
import { findRegionalUses } from '../../adapters/insurance-platform/src/index.ts';
import type { PartState, Profile, Registry, TransactionOverlay } from '../../packages/registry/src/index.ts';
import { plain } from './names.ts';

/** The text of the page. */
export function profilePage(registry: Registry): string {
  const stands = nationalNumbers(registry);
  const sections = registry.profiles().map((id) => section(registry, registry.profile(id), stands));
  return `# 地区与平台 · Regions and platforms

One section for each profile in \`schemas/provincial\`. *unattested* lists what no public source tells; what is
concluded and not seen is *inferred*. An arrow leads to the national transaction that a map, or a variant, stands for. A
transaction without one is read, validated and passed on in its own form only.

每个方案一节：传输、报文形态、交易（箭头后为所对应的国家交易）、与基线的差异、来源与可信度，以及无来源可证之处。

${partsTable(registry)}
${sections.join('\n')}`;
}

/** `PROFILE NUMBER` → the national numbers that it stands for. */
type Standing = ReadonlyMap<string, readonly string[]>;

function nationalNumbers(registry: Registry): Standing {
  const all = [...findRegionalUses(registry)].flatMap(([national, uses]) =>
    uses.map(({ profile, transaction }) => [`${profile} ${transaction}`, national] as const),
  );
  const groups = Map.groupBy(all, ([key]) => key);
  return new Map([...groups].map(([key, found]) => [key, [...new Set(found.map(([, one]) => one))]]));
}

const MARKS: Readonly<Record<PartState['state'], string>> = {
  own: '●',
  inherited: '○',
  unknown: '?',
  missing: '',
};

/** One row for each region: what its own files tell, what it inherits, what no source tells. */
function partsTable(registry: Registry): string {
  const rows = registry
    .profiles()
    .filter((id) => id !== 'national')
    .map((id) => ({ id, parts: registry.profileParts(id) }));
  const names = rows[0]?.parts.map(({ part }) => part) ?? [];
  return [
    '## 各部分 · Parts',
    '',
    '● 自有 own; ○ 沿用 inherited; ? 无来源 no source tells (why: in the section of the region).',
    '',
    `| 方案 profile | ${names.join(' | ')} |`,
    `| --- | ${names.map(() => '---').join(' | ')} |`,
    ...rows.map(({ id, parts }) => `| \`${id}\` | ${parts.map(({ state }) => MARKS[state]).join(' | ')} |`),
    '',
  ].join('\n');
}

function section(registry: Registry, profile: Profile, stands: Standing): string {
  const { id, title, lineage, codec, dialect, source, confidence, data } = profile;
  const before = lineage.at(-2);
  const facts = [
    ...(before === undefined ? [] : [`基线 extends: \`${before}\``]),
    `报文 shape: \`${codec}\`, 名称 names: \`${dialect}\`${charsetOf(profile)}`,
    ...parts(registry, profile),
    `可信度 confidence: ${confidence}; 来源 source: ${plain(source)}`,
    ...identities(profile),
    ...transactions(registry, profile, stands),
    ...overlay(profile),
    ...unattested(data['unknown']),
  ];
  return `## \`${id}\` ${plain(title.zh)} · ${plain(title.en)}\n\n${facts.map((fact) => `- ${fact}`).join('\n')}\n`;
}

function charsetOf({ envelope, data }: Profile): string {
  const told = envelope['charset'] ?? (data['transport'] as { charset?: unknown } | undefined)?.charset;
  return typeof told === 'string' ? `, 字符集 charset: ${plain(told)}` : '';
}

/** Transport and errors, own or inherited, and why a part is unknown. */
function parts(registry: Registry, profile: Profile): readonly string[] {
  const told = { transport: '传输 transport', errors: '错误 errors' };
  return registry.profileParts(profile.id).flatMap(({ part, state, from, because }) => {
    if (state === 'unknown') return [`无来源 unknown: ${part}, ${plain(because ?? '')}`];
    if ((part !== 'transport' && part !== 'errors') || state === 'missing') return [];
    const words = state === 'inherited' ? `同 as \`${from ?? ''}\`` : wordsOf(profile.data[part]);
    return [`${told[part]}: ${words}`];
  });
}

/** Facts that are for people, in one line; a list of codes is told by its length. */
function wordsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return plain(String(value));
  if (Array.isArray(value))
    return value.some((one) => typeof one === 'object')
      ? `${value.length} codes`
      : value.map(wordsOf).join(', ');
  const members = Object.entries(value).map(([name, one]) =>
    name === 'kind' || name === 'rule' ? wordsOf(one) : `${plain(name)}: ${wordsOf(one)}`,
  );
  return members.join('; ');
}

function identities({ identities: policies }: Profile): readonly string[] {
  const told = Object.entries(policies).map(([id, policy]) => `${id} ${policy}`);
  return told.length === 0 ? [] : [`恒等式 identities: ${told.join(', ')}`];
}

/** Of the national form, those it has beyond the baseline; else all. */
function transactions(registry: Registry, profile: Profile, stands: Standing): readonly string[] {
  const national = new Set(profile.dialect === 'national' ? registry.transactions() : []);
  const numbers = registry.profileTransactions(profile.id).filter((number) => {
    const own = registry.nationalNumber(profile.id, number) !== number;
    return own || !national.has(number);
  });
  if (numbers.length === 0) return [];
  const told = numbers.map((number) => {
    const name = registry.definition(profile.id, number)?.name.zh ?? '';
    const national = stands.get(`${profile.id} ${number}`) ?? [];
    return `${number} ${plain(name)}${national.length === 0 ? '' : ` (→ ${national.join(', ')})`}`;
  });
  return [`交易 transactions: ${told.join('; ')}`];
}

function overlay({
  overlay: { transactions: changed = {}, envelope, valueSets = {} },
}: Profile): readonly string[] {
  const told = Object.entries(changed).map(([number, one]) => `${number} ${differences(one)}`);
  return [
    ...(told.length === 0 ? [] : [`差异 overlay: ${told.join('; ')}`]),
    ...(envelope === undefined ? [] : [`信封 envelope: ${Object.keys(envelope).join(', ')}`]),
    ...Object.entries(valueSets).map(
      ([name, codes]) => `代码 codes of \`${name}\`: ${Object.keys(codes).join(', ')}`,
    ),
  ];
}

function differences({ like, request = {}, response = {} }: TransactionOverlay): string {
  const words = [...Object.values(request), ...Object.values(response)].flatMap(
    ({ add = [], relax = [], rename = {}, measure = {} }) => [
      ...add.map(({ name }) => `+${name}`),
      ...relax.map((name) => `${name}?`),
      ...Object.entries(rename).map(([from, to]) => `${from}→${to}`),
      ...Object.keys(measure).map((name) => `${name}#`),
    ],
  );
  return [...(like === undefined ? [] : [`= ${like}`]), ...words.map((word) => `\`${word}\``)].join(' ');
}

function unattested(told: unknown): readonly string[] {
  const lines = Array.isArray(told) ? told.filter((one): one is string => typeof one === 'string') : [];
  return lines.length === 0 ? [] : [`无来源 unattested: ${lines.map(plain).join('; ')}`];
}
