/** Whether care away from home was filed. */
import { leaf, parseMessage } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Person } from './persons.ts';

/**
 * Filed on that day (`yyyy-MM-dd`), or an emergency: key `OTP_ER_REFL_FLAG` 1 or 3 in `exp_content` (also
 * spelt `expContent`, also an object). Source: cross-province.json, expContentKeys.
 */
export function isFiled(
  { filing }: Person,
  { day, extension }: { readonly day: string; readonly extension: JsonObject },
): boolean {
  const flag = leaf(extensionOf(extension), 'OTP_ER_REFL_FLAG');
  if (flag === '1' || flag === '3') return true;
  return filing !== undefined && filing.from <= day && day <= filing.to;
}

function extensionOf(data: JsonObject): JsonObject {
  const value = data['exp_content'] ?? data['expContent'];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  try {
    return typeof value === 'string' && value !== '' ? parseMessage(value) : {};
  } catch {
    return {};
  }
}
