/** 3501-3507 at the care place: the movements of an institution's goods, checked and stored. */
import { dateTime, shortDate } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { movementFaults } from './inventory-checks.ts';

/** 进销存数据类型 `inv_data_type` of 3507: 1 盘存, 2 库存变更, 3 采购, 4 销售. Inferred: no list is public. */
export type MovementKind = '1' | '2' | '3' | '4';

/** What is stored of a movement. */
export interface Movement {
  readonly kind: MovementKind;
  /** 3504 and 3506: goods that went back. */
  readonly returned: boolean;
  /** 流水号, given here. */
  readonly number: string;
  readonly institution: string;
  /** Member of the node with the quantity. */
  readonly quantity: string;
  /** The node as sent. */
  readonly data: JsonObject;
  /** When it was stored, `yyyy-MM-dd HH:mm:ss`. */
  readonly stored: string;
  /** When it happened, as the node says. */
  readonly happened: string;
}

/** The movements on record. */
export interface Inventory {
  add(movement: Omit<Movement, 'number'>, now: number): void;
  /** Those of an institution with this 批次流水号, of all batches when it is empty. */
  find(kind: MovementKind, institution: string, batch: string): readonly Movement[];
  /** Deletes; tells how many there were. */
  remove(kind: MovementKind, institution: string, batch: string): number;
}

/** Makes an empty inventory. */
export function createInventory(): Inventory {
  const byOwner = new Map<string, Map<string, Movement[]>>();
  let serial = 0;
  const batches = (kind: MovementKind, institution: string): Map<string, Movement[]> => {
    const key = `${kind} ${institution}`;
    const own = byOwner.get(key) ?? new Map<string, Movement[]>();
    byOwner.set(key, own);
    return own;
  };
  return {
    add(movement, now) {
      serial += 1;
      const stored = { ...movement, number: `${shortDate(now)}${String(serial).padStart(10, '0')}` };
      const own = batches(movement.kind, movement.institution);
      const batch = leaf(movement.data, 'fixmedins_bchno');
      const same = own.get(batch);
      if (same === undefined) own.set(batch, [stored]);
      else same.push(stored);
    },
    find(kind, institution, batch) {
      const own = batches(kind, institution);
      return batch === '' ? [...own.values()].flat() : (own.get(batch) ?? []);
    },
    remove(kind, institution, batch) {
      const own = batches(kind, institution);
      const count = own.get(batch)?.length ?? 0;
      own.delete(batch);
      return count;
    },
  };
}

/** What a transaction tells of a movement, and where. */
export interface Form {
  readonly node: string;
  readonly kind: MovementKind;
  readonly returned?: true;
  readonly quantity: string;
  /** Member with the day or time it happened. */
  readonly time: string;
}

const FORMS: Readonly<Record<string, Form>> = {
  3501: { node: 'invinfo', kind: '1', quantity: 'inv_cnt', time: 'invdate' },
  3502: { node: 'invinfo', kind: '2', quantity: 'cnt', time: 'inv_chg_time' },
  3503: { node: 'purcinfo', kind: '3', quantity: 'purc_retn_cnt', time: 'purc_retn_stoin_time' },
  3504: {
    node: 'purcinfo',
    kind: '3',
    returned: true,
    quantity: 'purc_retn_cnt',
    time: 'purc_retn_stoin_time',
  },
  3505: { node: 'selinfo', kind: '4', quantity: 'sel_retn_cnt', time: 'sel_retn_time' },
  3506: { node: 'selinfo', kind: '4', returned: true, quantity: 'sel_retn_cnt', time: 'sel_retn_time' },
};

const NEEDED = [
  'med_list_codg',
  'fixmedins_hilist_id',
  'fixmedins_hilist_name',
  'fixmedins_bchno',
  'rx_flag',
];

/** Movements and their deletion. */
export function inventoryHandlers(inventory: Inventory): Readonly<Record<string, TransactionHandler>> {
  const stores = Object.entries(FORMS).map(([infno, form]): [string, TransactionHandler] => [
    infno,
    (request) => store(inventory, { form, request }),
  ]);
  return { ...Object.fromEntries(stores), 3507: (request) => remove(inventory, request) };
}

function store(
  inventory: Inventory,
  { form, request }: { readonly form: Form; readonly request: CoreRequest },
): CoreAnswer {
  const { input, envelope, now } = request;
  const { node, kind, quantity, time, returned = false } = form;
  const sent = children(input, node);
  if (sent.length > 1) return { refusal: `${node} 只能上送一条，上送 ${sent.length} 条` };
  const data = child(input, node);
  const missing = missingMembers(data, [...NEEDED, quantity, time]);
  if (missing !== undefined) return missing;
  const institution = leaf(envelope, 'fixmedins_code');
  const happened = leaf(data, time);
  const faults = movementFaults(inventory, { form, institution, data, now });
  if (faults.length > 0) return { refusal: faults.join('；') };
  inventory.add({ kind, returned, institution, quantity, data, stored: dateTime(now), happened }, now);
  return { output: null };
}

function remove(inventory: Inventory, { input, envelope }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const kind = kindOf(leaf(data, 'inv_data_type'));
  if (kind === undefined) return { refusal: '进销存数据类型须为1盘存、2库存变更、3采购或4销售' };
  const batch = leaf(data, 'fixmedins_bchno');
  const count = inventory.remove(kind, leaf(envelope, 'fixmedins_code'), batch);
  return count > 0 ? { output: null } : { refusal: `未查询到批次流水号：${batch}` };
}

function kindOf(text: string): MovementKind | undefined {
  return (['1', '2', '3', '4'] as const).find((kind) => kind === text);
}
