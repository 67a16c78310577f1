/** What stands where in forms that tell members by position: the order of a transaction's definition. */

/** One node of a definition, as the registry has it. */
export interface LayoutNode {
  /** Name; empty when the members stand at the top. */
  readonly node: string;
  readonly repeated: boolean;
  readonly fields: readonly { readonly name: string; readonly type?: string }[];
}

/** The nodes of a transaction, `undefined` when the profile has none of that number. */
export type FindLayout = (
  transaction: string,
  direction: 'request' | 'response',
) => readonly LayoutNode[] | undefined;

/** The members of an envelope beside the body. */
export type FindEnvelope = (direction: 'request' | 'response') => readonly { readonly name: string }[];

/** Whether a body is a list as a whole; `undefined` when the profile has no such transaction. */
export function isWholeList(nodes: readonly LayoutNode[] | undefined): boolean | undefined {
  return nodes?.some((node) => node.node === '' && node.repeated);
}

/** One position. */
export interface Slot {
  readonly name: string;
  /** Names of the items of a record or list that stands here; absent for a plain value. */
  readonly items?: readonly string[];
  readonly repeated: boolean;
}

/** The positions of a definition, in order; a field that a node bears the name of is a record or a list. */
function slotsOf(nodes: readonly LayoutNode[]): readonly Slot[] {
  const root = nodes.find((node) => node.node === '');
  return (root?.fields ?? []).map(({ name }) => {
    const node = nodes.find((one) => one.node === name);
    if (node === undefined) return { name, repeated: false };
    return { name, repeated: node.repeated, items: node.fields.map((field) => field.name) };
  });
}

/** Finds positions; each transaction is looked at once. */
export type FindSlots = (
  transaction: string,
  direction: 'request' | 'response',
) => readonly Slot[] | undefined;

/** Keeps the positions of known transactions; unknown numbers come without end and are not kept. */
export function createSlots(find: FindLayout): FindSlots {
  const known = new Map<string, readonly Slot[]>();
  return (transaction, direction) => {
    const key = `${direction} ${transaction}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const nodes = find(transaction, direction);
    if (nodes === undefined) return undefined;
    const slots = slotsOf(nodes);
    known.set(key, slots);
    return slots;
  };
}
