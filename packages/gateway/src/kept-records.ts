/** What earlier exchanges left on record, as the maps want it. */
import type { Awaitable, Journal } from '@yiqiao/journal';
import type { KeptRecord, RecordKind } from '@yiqiao/registry';
import { decodeRecord } from '@yiqiao/router';

/** Looks up the newest record of a kind at an institution. */
export function findKeptRecord(
  journal: Journal,
  wanted: { institution: string; kind: RecordKind; key: string },
): Awaitable<KeptRecord | undefined> {
  const { institution, kind, key } = wanted;
  const decode = (text: string | undefined): KeptRecord | undefined =>
    text === undefined ? undefined : { kind, key, ...decodeRecord(text) };
  const text = journal.findRecord(institution, kind, key);
  return text instanceof Promise ? text.then(decode) : decode(text);
}
