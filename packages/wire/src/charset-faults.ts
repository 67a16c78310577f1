/** Which values a charset cannot write. */
import { isWireObject, leafText } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { unwritable } from './charset.ts';
import type { Charset } from './charset.ts';
import { fault } from './faults.ts';

/** Each leaf below `at` with characters that the charset lacks. */
export function charsetFaults(members: WireObject, at: string, charset: Charset): Fault[] {
  const faults: Fault[] = [];
  visitLeaves(members, at, (text, place) => {
    for (const character of unwritable(text, charset)) {
      const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
      faults.push(
        fault({
          rule: 'charset',
          at: place,
          found: `${character} (${code})`,
          zh: `字符“${character}”(${code}) 不在 ${charset} 中，请改用 GB18030 连接或更正该字符。`,
          en: `Character "${character}" (${code}) is not in ${charset}; use a GB18030 connection or correct it.`,
        }),
      );
    }
  });
  return faults;
}

/** Calls `visit` with each text leaf and its place. */
function visitLeaves(value: WireValue, at: string, visit: (text: string, at: string) => void): void {
  const text = leafText(value);
  if (text !== undefined) visit(text, at);
  else if (Array.isArray(value)) {
    (value as readonly WireValue[]).forEach((item, index) => visitLeaves(item, `${at}[${index + 1}]`, visit));
  } else if (isWireObject(value)) {
    for (const name of Object.keys(value)) visitLeaves(value[name] as WireValue, `${at}/${name}`, visit);
  }
}
