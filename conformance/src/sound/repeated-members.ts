/** A message with a member twice says two things: whoever reads it first decides which. A sound system takes neither. */

/** The bytes as they came, or what is no message when an object in them has a member twice. */
export function withoutRepetition(bytes: Buffer): Buffer {
  return hasRepetition(bytes.toString('utf8')) ? Buffer.from('同一成员出现两次') : bytes;
}

function hasRepetition(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let previous = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const names = open.at(-1);
      const name = nameOf(previous);
      if (names?.has(name) === true) return true;
      names?.add(name);
    }
    previous = token;
  }
  return false;
}

/** Escapes are another spelling of the same name. */
function nameOf(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token;
  }
}
