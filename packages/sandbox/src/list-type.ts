/** 目录类别 `list_type` of an item, by the shape of its code. Source: value-sets/list_type. */

/** 101 drugs (X or Z), 301 consumables (C), 201 services. */
export function listTypeOf(code: string): string {
  if (/^[XZ]/.test(code)) return '101';
  return code.startsWith('C') ? '301' : '201';
}
