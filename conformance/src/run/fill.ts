/** Puts values in the places of a template. */
import type { MessageTemplate, SendStep, Template } from '../kits/types.ts';
import { textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';

/** Finds the value of a name, `person.psn_no`; throws when there is none. */
export type Lookup = (name: string) => Template;

/** A template with every `{{name}}` replaced; a text that is nothing else becomes the value as it is. */
export function fill(template: Template, lookup: Lookup): Template {
  if (typeof template === 'string') return fillText(template, lookup);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return (template as readonly Template[]).map((item) => fill(item, lookup));
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fill(value, lookup)]));
}

/** A template that must become a text. */
function fillText(template: string, lookup: Lookup): Template {
  const [, whole] = /^\{\{([^{}]+)\}\}$/.exec(template) ?? [];
  if (whole !== undefined) return lookup(whole.trim());
  return template.replaceAll(/\{\{([^{}]+)\}\}/g, (_all, name: string) =>
    textOf(lookup(name.trim()) as OwnValue),
  );
}

/** An object with a member set at a path, `data.psn_no`, or taken away when the value is `undefined`. */
export function withMember(
  object: { readonly [name: string]: Template },
  path: readonly string[],
  value: Template | undefined,
): { readonly [name: string]: Template } {
  const [name = '', ...rest] = path;
  if (rest.length > 0) {
    const inner = object[name];
    if (Array.isArray(inner)) {
      const [at = '0', ...deeper] = rest;
      const items = inner.map((item: Template, index) =>
        index === Number(at) ? withMember(item as { [name: string]: Template }, deeper, value) : item,
      );
      return { ...object, [name]: items };
    }
    const node = typeof inner === 'object' && inner !== null ? inner : {};
    return { ...object, [name]: withMember(node as { [name: string]: Template }, rest, value) };
  }
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _gone, ...others } = object;
  return others;
}

/**
 * The body of a step's message with its changes, its places not yet filled.
 * @throws Error when the kit has no such message
 */
export function templateOf(
  { send, set = {}, remove = [] }: Pick<SendStep, 'send' | 'set' | 'remove'>,
  messages: Readonly<Record<string, MessageTemplate>>,
): { readonly [name: string]: Template } {
  const template = messages[send];
  if (template === undefined) throw new Error(`the kit has no message for ${send}`);
  const changes = [...Object.entries(set), ...remove.map((path) => [path, undefined] as const)];
  return changes.reduce((input, [path, value]) => withMember(input, path.split('.'), value), template.input);
}
