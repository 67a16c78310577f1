/** A request held against what is known of the operation's fields: which are needed, and how long they may be. */
import { ExactNumber, isWireObject, leafText, maskIdentifier } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';

/** A field of an operation or a node, as `schemas/peripheral/e-invoice/operations.json` has it. */
export interface KnownField {
  readonly name: string;
  readonly label: { readonly zh: string };
  readonly type: string;
  readonly length?: string;
  readonly required: boolean | 'unknown';
  /** Node of the items of a list. */
  readonly items?: string;
}

const PERSONAL = new Set(['payer', 'idCardNo', 'tel', 'cardNo', 'medicalInsuranceID', 'patientId']);

/** Every field that is missing, too long or too large; `at` is a JSON pointer into the request. */
export function checkFields(
  request: WireObject,
  fields: readonly KnownField[],
  nodes: Readonly<Record<string, readonly KnownField[]>>,
  at = '',
): readonly Fault[] {
  return fields.flatMap((field) => {
    const value = request[field.name];
    const place = `${at}/${field.name}`;
    if (value === undefined)
      return field.required === true ? [faultOf(field, { at: place, rule: 'required' })] : [];
    const known = field.items === undefined ? undefined : nodes[field.items];
    if (Array.isArray(value) && known !== undefined) {
      const rows = value as readonly WireValue[];
      return rows.flatMap((row, index) =>
        isWireObject(row) ? checkFields(row, known, nodes, `${place}/${index}`) : [],
      );
    }
    return isTooLong(value, field.length) ? [faultOf(field, { at: place, rule: 'length', value })] : [];
  });
}

function isTooLong(value: WireValue, length: string | undefined): boolean {
  const text = leafText(value);
  if (length === undefined || text === undefined) return false;
  const [whole, scale] = length.split(',').map(Number);
  if (whole === undefined) return false;
  if (scale === undefined) return Array.from(text).length > whole;
  const [digits = ''] = text.replace('-', '').split('.');
  return digits.length > whole - scale;
}

function faultOf(
  field: KnownField,
  found: { readonly at: string; readonly rule: 'required' | 'length'; readonly value?: WireValue },
): Fault {
  const { zh } = field.label;
  const text = found.value instanceof ExactNumber ? found.value.text : leafText(found.value);
  const shown = text === undefined ? undefined : PERSONAL.has(field.name) ? maskIdentifier(text) : text;
  const message =
    found.rule === 'required'
      ? { zh: `${zh}不能为空，请补充后再开票`, en: 'is required by the platform; fill it in' }
      : { zh: `${zh}超过长度 ${field.length ?? ''}`, en: `is longer than ${field.length ?? ''}` };
  return {
    rule: found.rule,
    at: found.at,
    field: field.name,
    label: { zh, en: field.name },
    ...(shown === undefined ? {} : { found: shown }),
    message,
  };
}
