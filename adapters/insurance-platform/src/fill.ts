/** What a region leaves out of a message and an earlier step of the same visit has told: filled from the record. */
import type { CanonicalObject, CanonicalValue, Deviation } from '@yiqiao/model';
import type { KeptRecord, Profile, RecordKind } from '@yiqiao/registry';
import type { FindRecord } from './dialect.ts';

/** One rule of a profile's `fills`: transaction → rules. */
interface FillRule {
  /** Canonical member at the top of the request's body. */
  readonly to: string;
  readonly record: RecordKind;
  /** Canonical member of the request that holds the record's key. */
  readonly key: string;
  /** Canonical path below the record, e.g. `response.person.certificateNumber`. */
  readonly from: string;
}

/** Fills what is absent; each filled member is reported. */
export function fillFromRecord(
  profile: Profile,
  request: { transaction: string; body: CanonicalObject; findRecord: FindRecord },
): { body: CanonicalObject; notes: readonly Deviation[] } {
  const fills = (profile.data['fills'] ?? {}) as Readonly<Record<string, readonly FillRule[]>>;
  const rules = (fills[request.transaction] ?? []).filter(({ to }) => request.body[to] === undefined);
  if (rules.length === 0) return { body: request.body, notes: [] };
  const body: Record<string, CanonicalValue | undefined> = { ...request.body };
  const notes: Deviation[] = [];
  for (const { to, record, key, from } of rules) {
    const number = request.body[key];
    const value = typeof number === 'string' ? valueAt(request.findRecord(record, number), from) : undefined;
    if (value === undefined) continue;
    body[to] = value;
    notes.push(filledNote(to, record));
  }
  return { body, notes };
}

function valueAt(record: KeptRecord | undefined, path: string): CanonicalValue | undefined {
  let value: unknown = record;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value === undefined || value === null ? undefined : (value as CanonicalValue);
}

function filledNote(to: string, record: RecordKind): Deviation {
  return {
    rule: 'filled-from-record',
    at: '/input',
    field: to,
    label: { zh: to, en: to },
    message: {
      zh: `报文未带 ${to}，已按先前的${record === 'person' ? '身份识别' : '登记或结算'}记录补上`,
      en: `${to} is not in the message; it was filled from the ${record} on record`,
    },
  };
}
