/** What is left of a file when the members that its form refuses are taken out. */
import type { FormError } from './form-check.ts';

/** A copy without them; of a list that holds one the whole list goes, so that no place in it changes. */
export function withoutWrong(data: unknown, errors: readonly FormError[]): unknown {
  const copy: unknown = structuredClone(data);
  for (const error of errors) takeOut(copy, stepsOf(error));
  return copy;
}

function stepsOf({ pointer, keyword, name }: FormError): readonly string[] {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keyword === 'additionalProperties' && name !== undefined ? [...steps, name] : steps;
}

function takeOut(holder: unknown, [step, ...rest]: readonly string[]): void {
  if (step === undefined || typeof holder !== 'object' || holder === null) return;
  const members = holder as Record<string, unknown>;
  const inner = Object.hasOwn(members, step) ? members[step] : undefined;
  if (rest.length > 0 && !Array.isArray(inner)) takeOut(inner, rest);
  else Reflect.deleteProperty(members, step);
}
