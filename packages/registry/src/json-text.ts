/** What a JSON text shows that JSON.parse does not tell: where it breaks off, and members that stand twice. */

/** A place in a text, both counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A member that an object has twice: only the last would count, unnoticed. */
export interface RepeatedMember extends TextPlace {
  /** JSON pointer of the member. */
  readonly pointer: string;
}

/** What a look at the text found. */
export interface JsonText {
  /** The first sign that JSON has no place for, and what stands there: `''` at the end of the text. */
  readonly broken?: TextPlace & { readonly found: string };
  readonly repeated: readonly RepeatedMember[];
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\]:,])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;

type Awaited = 'value' | 'first' | 'name' | 'colon' | 'next' | 'nothing';

interface Open {
  readonly close: '}' | ']';
  readonly names: Set<string>;
  /** Name of the member, or index of the item, at hand. */
  at: string | number;
}

/** Reads a text token by token. */
export function readJsonText(text: string): JsonText {
  const opened: Open[] = [];
  const repeated: RepeatedMember[] = [];
  let awaited: Awaited = 'value';
  let from = 0;
  for (;;) {
    TOKEN.lastIndex = from;
    const token = TOKEN.exec(text);
    if (token === null) break;
    const [whole, sign, name] = token;
    const start = from + whole.length - whole.trimStart().length;
    const inner = opened.at(-1);
    if (name !== undefined && isName(awaited, inner)) {
      const member = JSON.parse(name) as string;
      inner.at = member;
      if (inner.names.has(member)) repeated.push({ pointer: pointerOf(opened), ...placeAt(text, start) });
      inner.names.add(member);
      awaited = 'colon';
    } else {
      const following = follow(sign, awaited, opened);
      if (following === undefined) break;
      awaited = following;
    }
    from += whole.length;
  }
  const rest = text.slice(from);
  if (awaited === 'nothing' && rest.trim() === '') return { repeated };
  const at = from + rest.length - rest.trimStart().length;
  return { broken: { ...placeAt(text, at), found: rest.trimStart().slice(0, 12) }, repeated };
}

/** Whether a text at this place is the name of a member. */
function isName(awaited: Awaited, inner: Open | undefined): inner is Open {
  return awaited === 'name' || (awaited === 'first' && inner?.close === '}');
}

/** What may come after a sign, or after a value where there is none; `undefined` when it may not stand here. */
function follow(sign: string | undefined, awaited: Awaited, opened: Open[]): Awaited | undefined {
  const inner = opened.at(-1);
  const isValueDue = awaited === 'value' || (awaited === 'first' && inner?.close === ']');
  if (sign === undefined) return isValueDue ? afterValue(opened) : undefined;
  if (sign === '{' || sign === '[') {
    if (!isValueDue) return undefined;
    opened.push({ close: sign === '{' ? '}' : ']', names: new Set(), at: 0 });
    return 'first';
  }
  if (sign === ':') return awaited === 'colon' ? 'value' : undefined;
  if (sign === inner?.close && (awaited === 'first' || awaited === 'next')) {
    opened.pop();
    return afterValue(opened);
  }
  if (sign !== ',' || awaited !== 'next' || inner === undefined) return undefined;
  if (typeof inner.at === 'number') inner.at += 1;
  return inner.close === '}' ? 'name' : 'value';
}

function afterValue(opened: readonly Open[]): Awaited {
  return opened.length === 0 ? 'nothing' : 'next';
}

function pointerOf(opened: readonly Open[]): string {
  return opened.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
