/** Members of a vendor's message that its map does not know: nothing is dropped silently. */
import { isWireObject } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import type { CompiledAction } from './compiled-map.ts';

const UNKNOWN = {
  zh: '映射文件没有此成员；若有意不用，请在映射中以 to 为空登记。',
  en: 'The map does not know this member; if it is left out on purpose, give it a rule whose "to" is empty.',
};

/** Each of them once, with its place. */
export function unknownMembers(compiled: CompiledAction, message: WireObject): readonly Fault[] {
  const faults: Fault[] = [];
  visit(message, { path: '', pointer: '' });
  return faults;

  function visit(value: WireValue, { path, pointer }: { path: string; pointer: string }): void {
    if (isIgnored(compiled, path)) return;
    if (Array.isArray(value)) {
      (value as readonly WireValue[]).forEach((one, at) => {
        if (isWireObject(one)) visit(one, { path: `${path}[]`, pointer: `${pointer}/${at}` });
      });
      return;
    }
    if (isWireObject(value)) {
      for (const [name, below] of Object.entries(value)) {
        visit(below, { path: path === '' ? name : `${path}.${name}`, pointer: `${pointer}/${name}` });
      }
      return;
    }
    if (isKnown(compiled, path)) return;
    const label = { zh: path, en: path };
    faults.push({ rule: 'unknown', at: pointer, field: path, label, message: UNKNOWN });
  }
}

function isIgnored({ ignored }: CompiledAction, path: string): boolean {
  return ignored.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[]`));
}

/** A list of one item may stand without being a list; an empty list or object holds nothing that could be lost. */
function isKnown({ known }: CompiledAction, path: string): boolean {
  if (known.has(path) || known.has(`${path}[]`)) return true;
  for (const one of known) {
    const plain = one.replaceAll('[]', '');
    if (plain === path.replaceAll('[]', '') || plain.startsWith(`${path.replaceAll('[]', '')}.`)) return true;
  }
  return false;
}
