/** Fills of a profile, held against the operations that they read from and write to. */
import type { Fault, Operation } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import type { Profiles } from './profiles.ts';
import type { Profile } from './profile-types.ts';
import type { DerivedMap, Direction, OperationEntry, RecordKind } from './types.ts';

/** One rule, as the form of a profile has it. */
interface FillRule {
  readonly to: string;
  readonly record: RecordKind;
  readonly key: string;
  readonly from: string;
}

/** What fills are held against. */
export interface FillSources {
  readonly profiles: Pick<Profiles, 'resolve'>;
  operations(): readonly Operation[];
  entry(operation: Operation): OperationEntry;
  findByTransaction(transaction: string): OperationEntry | undefined;
  nationalMap(operation: Operation): DerivedMap;
}

/** Fills that could never fill anything: another transaction, another member, another path. `path` is the file's. */
export function fillFaults({ data, lineage }: Profile, path: string, sources: FillSources): readonly Fault[] {
  const fills = data['fills'] as Readonly<Record<string, readonly FillRule[]>> | undefined;
  const parent = lineage.at(-2);
  // What is inherited is told of the profile that it stands in.
  if (
    fills === undefined ||
    (parent !== undefined && fills === sources.profiles.resolve(parent).data['fills'])
  )
    return [];
  return Object.entries(fills).flatMap(([transaction, rules]) => {
    const pointer = `/fills/${transaction}`;
    const entry = sources.findByTransaction(transaction);
    if (entry === undefined) return [unknownTransaction(path, pointer, transaction)];
    const members = membersOf(sources.nationalMap(entry.operation), 'request');
    return rules.flatMap((rule, index) =>
      ruleFaults(rule, members, sources).map(({ member, message }) =>
        fileFault({ path, pointer: `${pointer}/${index}/${member}`, message }),
      ),
    );
  });
}

interface Wrong {
  readonly member: 'to' | 'key' | 'from';
  readonly message: Fault['message'];
}

function ruleFaults(rule: FillRule, members: ReadonlySet<string>, sources: FillSources): readonly Wrong[] {
  const unknown = (['to', 'key'] as const)
    .filter((member) => !members.has(rule[member]))
    .map((member): Wrong => ({ member, message: noMember(rule[member]) }));
  return isKept(rule, sources) ? unknown : [...unknown, { member: 'from', message: noPath(rule) }];
}

/** Canonical paths of one direction; list positions do not count. */
function membersOf(map: DerivedMap, direction: Direction): ReadonlySet<string> {
  return new Set(
    map[direction].flatMap(({ to, fields }) =>
      fields.map((field) => (to === '' ? field.to : `${to}.${field.to}`)),
    ),
  );
}

/** Whether some operation leaves such a record with such a path. */
function isKept({ record, from }: FillRule, sources: FillSources): boolean {
  const [half = '', ...steps] = from.split('.');
  if (half !== 'request' && half !== 'response') return false;
  const path = steps.filter((step) => step !== 'current' && !/^\d+$/.test(step)).join('.');
  return sources
    .operations()
    .filter((operation) => sources.entry(operation).records.some(({ kind }) => kind === record))
    .some((operation) => membersOf(sources.nationalMap(operation), half).has(path));
}

function unknownTransaction(path: string, pointer: string, transaction: string): Fault {
  const message = {
    zh: `国家接口没有规范操作的交易 ${transaction}，此处的规则不会起作用；请改正交易号。`,
    en: `No canonical operation has the national number ${transaction}, so these rules would do nothing; correct the number.`,
  };
  return fileFault({ path, pointer, message });
}

function noMember(name: string): Fault['message'] {
  return {
    zh: `该交易的请求在规范模型中没有 ${name}；请改正名称。`,
    en: `The request of this transaction has no ${name} in the model; correct the name.`,
  };
}

function noPath({ record, from }: FillRule): Fault['message'] {
  return {
    zh: `留存的 ${record} 记录没有 ${from}；写作 request.名称 或 response.名称，请改正。`,
    en: `No record of a ${record} has ${from}; it is request.NAME or response.NAME; correct it.`,
  };
}
