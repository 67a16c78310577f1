/** Objects that are about to get many members. */

/** As many members as an object literal holds at no cost; beyond, it moves what it has into a larger place again and again. */
const FREE = 4;
/** Rooms come in steps of so many members, up to the largest. */
const STEP = 8;
const LARGEST = 160;

type Room = () => Record<string, never>;

const rooms: (Room | undefined)[] = [];

/**
 * Makes an empty object, as plain as `{}`, with room for about so many members. The engine turns a `{}` that gets more
 * than some sixteen members by computed names into a hash table, which is slower to fill, to read and to collect; in an
 * object with room it finds them by their place.
 */
export function roomFor(members: number): Record<string, never> {
  if (members <= FREE || members > LARGEST) return {};
  const size = Math.ceil(members / STEP);
  return (rooms[size] ??= createRoom(size * STEP))();
}

/** Constructions after which the engine cuts the room of a constructor's objects down to what was filled. */
const TRIALS = 16;

function createRoom(size: number): Room {
  const members = Array.from({ length: size }, (_, index) => `this.m${index} = undefined;`);
  const code = `function Room(filled) { if (filled) { ${members.join(' ')} } }
Room.prototype = Object.prototype;
return Room;`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the code holds nothing but counted names
  const Room = (new Function(code) as () => new (filled: boolean) => Record<string, never>)();
  for (let trial = 0; trial < TRIALS; trial += 1) new Room(true);
  return () => new Room(false);
}
