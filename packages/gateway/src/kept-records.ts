/** What earlier exchanges left on record, as the maps want it. */
import type { Journal } from '@yiqiao/journal';
import type { KeptRecord, RecordKind } from '@yiqiao/registry';
import { decodeRecord } from '@yiqiao/router';

/** Looks up the newest record of a kind at an institution. */
export function findKeptRecord(
  journal: Journal,
  wanted: { institution: string; kind: RecordKind; key: string },
): KeptRecord | undefined {
  const text = journal.findRecord(wanted.institution, wanted.kind, wanted.key);
  return text === undefined ? undefined : { kind: wanted.kind, key: wanted.key, ...decodeRecord(text) };
}
