/** The business objects of platforms' messages. */
import type { Kit, SendStep, Template } from '../kits/types.ts';
import { fill, templateOf } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';

/** The business object of a step. @throws Error when the kit has no such message or a value is unknown */
export function bodyOf(
  step: Pick<SendStep, 'send' | 'set' | 'remove'>,
  { kit, lookup }: { readonly kit: Kit; readonly lookup: Lookup },
): Template {
  return encoded(fill(templateOf(step, kit.messages), lookup));
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
