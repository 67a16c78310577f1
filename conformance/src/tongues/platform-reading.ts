/** What the tongues of platforms share: filling messages, and holding two readings against each other. */
import { ExactNumber, isWireObject } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { Bilingual, Kit, SendStep, Template } from '../kits/types.ts';
import { fill, withMember } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';
import { leavesOf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';

/** The business object of a step. @throws Error when the kit has no such message or a value is unknown */
export function bodyOf(
  step: Pick<SendStep, 'send' | 'set' | 'remove'>,
  { kit, lookup }: { readonly kit: Kit; readonly lookup: Lookup },
): Template {
  const template = kit.messages[step.send];
  if (template === undefined) throw new Error(`the kit has no message for ${step.send}`);
  let input = template.input as { readonly [name: string]: Template };
  for (const [path, value] of Object.entries(step.set ?? {}))
    input = withMember(input, path.split('.'), value);
  for (const path of step.remove ?? []) input = withMember(input, path.split('.'), undefined);
  return encoded(fill(input, lookup));
}

/** `{ "$base64": { … } }` becomes the base64 of that object in JSON, names ascending, members without content left out. */
function encoded(value: Template): Template {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Template[]).map((item) => encoded(item));
  const members = value as Readonly<Record<string, Template>>;
  const inside = members['$base64'];
  if (inside === undefined || inside === null)
    return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, encoded(member)]));
  const kept = Object.entries(inside).filter(([, member]) => member !== '');
  const sorted = kept.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(JSON.stringify(Object.fromEntries(sorted))).toString('base64');
}

/** A message in the clear, for reports and places `sent:`. */
export function clearOf(infno: string, body: string): Buffer {
  return Buffer.from(`{"infno":${JSON.stringify(infno)},"input":${body}}`);
}

/** A place that the two codecs read differently. */
export function findDifference(own: OwnObject, product: WireObject): Bilingual | undefined {
  const ours = new Map(leavesOf(own));
  for (const [place, text] of wireLeaves(product)) {
    if (ours.get(place) !== text) return differs(place);
    ours.delete(place);
  }
  const [missed] = ours.keys();
  return missed === undefined ? undefined : differs(missed);
}

function differs(place: string): Bilingual {
  return { zh: `两套编解码对 ${place} 的读法不一致`, en: `the two codecs read ${place} differently` };
}

function wireLeaves(value: WireValue, at = ''): readonly (readonly [string, string])[] {
  if (Array.isArray(value))
    return (value as readonly WireValue[]).flatMap((item, index) => wireLeaves(item, `${at}/${index}`));
  if (isWireObject(value))
    return Object.entries(value).flatMap(([name, member]) => wireLeaves(member, `${at}/${name}`));
  return [
    [at, value instanceof ExactNumber ? value.text : value === null ? '' : String(value as string | boolean)],
  ];
}
