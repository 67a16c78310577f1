/** Which keys have a table: a fixed number of slots, given again to others when long unused. */
export interface KeySlots {
  /**
   * Counts a use of this key and gives the slot of its table, which is built at the fourth use; `undefined` as long as
   * it has none.
   */
  use(key: SlotKey): number | undefined;
}

/** A key on its way to a slot, kept by whoever uses it. */
export interface SlotKey {
  /** Tells keys apart. */
  readonly id: string;
  /** Uses without a table. */
  uses: number;
  /** Where its table stood when last seen. */
  slot: number | undefined;
}

/** Slots that `build` fills. A slot changes hands only after it went unused for 16 uses of keys per slot. */
export function createKeySlots(count: number, build: (slot: number, id: string) => void): KeySlots {
  const owners: { id: string; lastUse: number }[] = [];
  const patience = 16 * count;
  let now = 0;

  const findFree = (): number | undefined => {
    if (owners.length < count) return owners.length;
    const oldest = Math.min(...owners.map(({ lastUse }) => lastUse));
    // Were it sooner, more busy keys than slots would build their tables in turn, which costs more than it saves.
    return now - oldest > patience ? owners.findIndex(({ lastUse }) => lastUse === oldest) : undefined;
  };

  const admit = (key: SlotKey): number | undefined => {
    key.uses = 0;
    const known = owners.findIndex(({ id }) => id === key.id);
    if (known >= 0) return known;
    const slot = findFree();
    if (slot === undefined) return undefined;
    build(slot, key.id);
    owners[slot] = { id: key.id, lastUse: now };
    return slot;
  };

  return {
    use(key) {
      now += 1;
      const owner = key.slot === undefined ? undefined : owners[key.slot];
      if (owner?.id === key.id) {
        owner.lastUse = now;
        return key.slot;
      }
      key.uses += 1;
      key.slot = key.uses < USES_BEFORE_TABLE ? undefined : admit(key);
      return key.slot;
    },
  };
}

/** A table costs about as much as four verifications by node:crypto. */
const USES_BEFORE_TABLE = 4;
