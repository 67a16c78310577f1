/** Whether care away from home was filed, and which chronic diseases are opened. */
import { leaf, parseMessage } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Declarations } from './declarations.ts';
import type { Balance } from './register.ts';

/** What decides whether care counts as filed. */
export interface CareAway {
  /** The day that counts, `yyyy-MM-dd`: of a stay the discharge, so that filing until then is accepted. */
  readonly day: string;
  /** The node with `exp_content`, also spelt `expContent`, also an object. */
  readonly extension: JsonObject;
  /** 定点医药机构 of the care. */
  readonly institution: string;
}

/**
 * Filed on that day, or referred there by 2501, or an emergency: key `OTP_ER_REFL_FLAG` 1 or 3, or `IPT_TYPE` 2,
 * in `exp_content`. Source: cross-province.json, expContentKeys.
 */
export function isFiled(
  { filing, person }: Balance,
  { day, extension, institution }: CareAway,
  declarations: Declarations,
): boolean {
  const keys = extensionOf(extension);
  const flag = leaf(keys, 'OTP_ER_REFL_FLAG');
  if (flag === '1' || flag === '3' || leaf(keys, 'IPT_TYPE') === '2') return true;
  if (filing !== undefined && filing.from <= day && day <= filing.to) return true;
  return declarations
    .standing(person.psnNo, 'referral', day)
    .some(({ data }) => leaf(data, 'reflin_medins_no') === institution);
}

/** Whether a 门诊慢特病 is opened for a person on a day, from the register or by 2503. */
export function isOpened(
  { person }: Balance,
  { disease, day }: { readonly disease: string; readonly day: string },
  declarations: Declarations,
): boolean {
  return (
    person.openedDiseases.includes(disease) ||
    declarations
      .standing(person.psnNo, 'chronic', day)
      .some(({ data }) => leaf(data, 'opsp_dise_code') === disease)
  );
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
