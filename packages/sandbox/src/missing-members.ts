/** Members a transaction cannot do without. */
import { leaf } from './national-message.ts';
import type { JsonObject } from './national-message.ts';

/** A refusal that names every member that is absent or empty; `undefined` when all are there. */
export function missingMembers(
  node: JsonObject,
  names: readonly string[],
): { readonly refusal: string } | undefined {
  const missing = names.filter((name) => leaf(node, name) === '');
  return missing.length === 0 ? undefined : { refusal: `缺少必填项：${missing.join('、')}` };
}
