/** Objects that are about to get many members. */

/** Makes empty objects; each is as plain as `{}`. */
export type Room = () => Record<string, never>;

/**
 * Makes objects with room for these members. An object literal has room for four and moves what it holds into a larger
 * place ten times until it has 34: twice the time of a fee line, and most of what it leaves to be collected. The engine
 * makes as much room in the objects of a constructor as its body assigns members, whether or not it comes to that.
 */
export function createRoom(names: readonly string[]): Room {
  const members = names.map((name) => `this[${JSON.stringify(name)}] = undefined;`);
  const code = `function Room(filled) { if (filled) { ${members.join(' ')} } }
Room.prototype = Object.prototype;
return () => new Room(false);`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the code holds nothing but names from the data files, as JSON text
  return (new Function(code) as () => Room)();
}
