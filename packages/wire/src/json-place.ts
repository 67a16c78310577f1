/** Where in a JSON text an offset lies. Walks the text again, so it is only for reporting. */

/** One object or list that is open at the offset. */
interface Open {
  readonly list: boolean;
  index: number;
  name: string;
  expectName: boolean;
}

/** JSON pointer escape (RFC 6901). */
export function pointerStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** End of the string literal that begins at `start`, past its closing quote. */
function skipString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** The member name of a literal; the literal itself when it is broken. */
function nameOf(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal;
  }
}

function noteString(top: Open | undefined, literal: string): void {
  if (top === undefined || top.list || !top.expectName) return;
  top.name = nameOf(literal);
  top.expectName = false;
}

function noteMark(stack: Open[], mark: string): void {
  const top = stack.at(-1);
  if (mark === '{' || mark === '[') stack.push({ list: mark === '[', index: 0, name: '', expectName: true });
  else if (mark === '}' || mark === ']') stack.pop();
  else if (mark === ',' && top !== undefined) {
    top.index += 1;
    top.expectName = true;
    top.name = '';
  }
}

/**
 * JSON pointer of the value or member name that begins or stands open at `offset`.
 * `text` must be well-formed JSON up to there, but for control characters in its strings.
 */
export function pointerAt(text: string, offset: number): string {
  return pointersAt(text, [offset])[0] ?? '';
}

/** The pointers of several offsets, which ascend, in one walk; see `pointerAt`. */
export function pointersAt(text: string, offsets: readonly number[]): string[] {
  const stack: Open[] = [];
  let at = 0;
  return offsets.map((offset) => {
    while (at < offset) {
      const mark = text[at] ?? '';
      if (mark === '"') {
        const end = skipString(text, at);
        noteString(stack.at(-1), text.slice(at, end));
        at = end;
      } else {
        noteMark(stack, mark);
        at += 1;
      }
    }
    return stack
      .filter((open) => open.list || !open.expectName)
      .map((open) => `/${open.list ? open.index : pointerStep(open.name)}`)
      .join('');
  });
}
