/** What a sealed text is bound to, so that it opens nowhere else. */

/** Of the body of a document. */
export function documentPlace(kind: string, key: string): string {
  return JSON.stringify(['document', kind, key]);
}

/** Of the body of a job. */
export function jobPlace(kind: string, id: string): string {
  return JSON.stringify(['job', kind, id]);
}

/** Of the facts of an event; `refs` as it lies in the file. */
export function tracePlace(event: {
  readonly seq: number;
  readonly at: number;
  readonly step: string;
  readonly refs: string;
}): string {
  return JSON.stringify(['trace', event.seq, event.at, event.step, event.refs]);
}

/** Of the key by which persons are digested. */
export const DIGEST_PLACE = JSON.stringify(['meta', 'digest-key']);
