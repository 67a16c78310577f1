/** The texts over which a gm-envelope may have been signed, other than the one agreed. */
import type { WireObject } from '@yiqiao/model';
import { signText } from '../canonical-text.ts';
import type { CanonicalForm } from '../canonical-text.ts';
import { writeJson } from '../json-text.ts';
import type { DifferenceCode } from './difference-texts.ts';
import { distinct } from './reading.ts';
import type { Reading } from './reading.ts';

/** `message`: members in the clear, `data` among them as it was decrypted. */
export function readSignedEnvelope(
  message: WireObject,
  agreed: { readonly secret: string; readonly form: CanonicalForm },
): readonly Reading<Uint8Array>[] {
  const found: Reading<Uint8Array>[] = [];
  for (const scalars of ['quoted', 'bare'] as const) {
    for (const emptyObjects of ['keep', 'drop'] as const) {
      for (const emptyMembers of ['drop', 'keep'] as const) {
        const form = { scalars, emptyObjects, emptyMembers };
        const text = signText(message, { secret: agreed.secret, form });
        const differences = differencesOf(form, agreed.form);
        found.push(
          ...endings(text, agreed.secret).map((one) => ({
            ...one,
            differences: [...differences, ...one.differences],
          })),
        );
      }
    }
  }
  // A text in the place of data is taken as it is.
  const asSent = { ...message, data: writeJson(message['data'] ?? {}) };
  const text = signText(asSent, agreed);
  found.push(
    ...endings(text, agreed.secret).map((one) => ({
      ...one,
      differences: ['data-as-sent' as const, ...one.differences],
    })),
  );
  return distinct(found);
}

function differencesOf(form: CanonicalForm, agreed: CanonicalForm): DifferenceCode[] {
  const scalars = form.scalars === 'quoted' ? 'scalars-quoted' : 'scalars-bare';
  const objects = form.emptyObjects === 'keep' ? 'empty-objects-kept' : 'empty-objects-dropped';
  return [
    ...(form.scalars === agreed.scalars ? [] : ([scalars] as const)),
    ...(form.emptyObjects === agreed.emptyObjects ? [] : ([objects] as const)),
    ...(form.emptyMembers === 'keep' ? (['nulls-kept'] as const) : []),
  ];
}

function endings(text: string, secret: string): Reading<Uint8Array>[] {
  const bare = text.slice(0, -`&key=${secret}`.length);
  const byCase = `${bare.split('&').toSorted().join('&')}&key=${secret}`;
  return [
    { value: Buffer.from(text), differences: [] },
    { value: Buffer.from(bare), differences: ['secret-left-out'] },
    { value: Buffer.from(byCase), differences: ['pairs-sorted-by-case'] },
  ];
}
