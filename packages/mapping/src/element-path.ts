/** Paths into a wire body, as map files write them: `akc190`, `init_zy.病历号`, `MZ_FYMXB.0.CFBH`. */
import { isWireObject, type WireObject, type WireValue } from '@yiqiao/model';

/** The value at a path; a number counts rows from 0. */
export function elementAt(body: WireObject | undefined, path: string): WireValue | undefined {
  let value: WireValue | undefined = body;
  for (const segment of path.split('.')) {
    if (Array.isArray(value)) value = (value as readonly WireValue[])[Number(segment)];
    else value = isWireObject(value) ? value[segment] : undefined;
  }
  return value;
}
