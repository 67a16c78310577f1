/**
 * A conversation with an object: `[["init_mg",…],["new_mg_item"],["set_mg_item_dec","dj","12.50"],…,["settle_mg","A"]]`.
 * Its last call is the transaction; each call is a node of the body, items are a list.
 */
import { isWireObject, leafText } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { formLimit } from './body-form.ts';
import type { BodyForm, BodyPlace } from './body-form.ts';
import { fault } from './faults.ts';
import type { FindLayout, LayoutNode } from './layout.ts';
import { formatArguments, readArguments } from './positions.ts';
import type { Settings } from './settings.ts';
import { unknownTransaction } from './unsigned.ts';

/** The calls that make one item of a list. */
interface ItemCalls {
  /** Node that holds the items. */
  readonly node: string;
  readonly open: string;
  readonly close: string;
  /** Type of a field → call that sets it; `string` for every other type. */
  readonly setters: ReadonlyMap<string, string>;
}

type Call = readonly WireValue[];

const TYPES = ['string', 'number', 'datetime'] as const;

/** Reads `items`: `node`, `open`, `close`, `setters` (`string`, `number`, `datetime`). */
export function itemCalls(settings: readonly Settings[]): readonly ItemCalls[] {
  return settings.map((item) => {
    const setters = item.section('setters');
    return {
      node: item.text('node'),
      open: item.text('open'),
      close: item.text('close'),
      setters: new Map(
        TYPES.filter((type) => type === 'string' || setters.has(type)).map((type) => [
          type,
          setters.text(type),
        ]),
      ),
    };
  });
}

function nameOf(call: WireValue | undefined): string {
  const [name] = Array.isArray(call) ? (call as Call) : [];
  return typeof name === 'string' ? name : '';
}

function misplaced(at: string, found: string): Fault {
  return fault({
    rule: 'call',
    at,
    found,
    zh: '此调用不属于该交易，或次序、次数不对；请按接口规定的调用与次序发送。',
    en: 'This call does not belong to the transaction, or stands or recurs where it must not; send the calls that the interface has, in its order.',
  });
}

/** More say nothing new, and cost. */
const MAX_FAULTS = 1_000;

/** Reads one conversation. */
class ConversationReader {
  readonly #nodes: ReadonlyMap<string, LayoutNode>;
  readonly #items: readonly ItemCalls[];
  readonly #faults: Fault[];
  readonly #body: Record<string, WireValue> = {};
  /** The lists in the body that are being filled. */
  readonly #rows = new Map<string, WireObject[]>();
  #item: { readonly calls: ItemCalls; readonly members: Record<string, WireValue> } | undefined;

  constructor(nodes: readonly LayoutNode[], items: readonly ItemCalls[], faults: Fault[]) {
    this.#nodes = new Map(nodes.map((node) => [node.node, node]));
    this.#items = items;
    this.#faults = faults;
  }

  read(calls: readonly WireValue[], at: string): WireObject {
    for (const [index, call] of calls.entries()) {
      if (this.#faults.length > MAX_FAULTS) break;
      this.#take(call as Call, `${at}/${index}`);
    }
    if (this.#item !== undefined)
      this.#faults.push(misplaced(`${at}/${calls.length}`, this.#item.calls.close));
    return this.#body;
  }

  #take(call: Call, at: string): void {
    const name = nameOf(call);
    const node = this.#nodes.get(name);
    if (this.#item !== undefined) this.#takeInside(name, call, at);
    else if (node !== undefined && !Object.hasOwn(this.#body, name)) {
      const names = node.fields.map((field) => field.name);
      this.#body[name] = readArguments(call.slice(1), names, {
        at: `${at}/${name}`,
        faults: this.#faults,
      });
    } else this.#open(name, at);
  }

  #open(name: string, at: string): void {
    const calls = this.#items.find((item) => item.open === name && this.#nodes.has(item.node));
    if (calls === undefined) this.#faults.push(misplaced(at, name));
    else this.#item = { calls, members: {} };
  }

  /** A node may come as a call of its own, or as items; not as both. */
  #addRow(node: string, members: WireObject, at: string): void {
    const rows = this.#rows.get(node);
    if (rows !== undefined) rows.push(members);
    else if (Object.hasOwn(this.#body, node)) this.#faults.push(misplaced(at, node));
    else {
      const first = [members];
      this.#rows.set(node, first);
      this.#body[node] = first;
    }
  }

  #takeInside(name: string, call: Call, at: string): void {
    const item = this.#item;
    if (item === undefined) return;
    const { calls, members } = item;
    if (name === calls.close) {
      this.#item = undefined;
      this.#addRow(calls.node, members, at);
      return;
    }
    const member = leafText(call[1]);
    const isSetter = [...calls.setters.values()].includes(name);
    if (!isSetter || member === undefined || member in members) this.#faults.push(misplaced(at, name));
    else members[member] = call[2] ?? '';
  }
}

/** Where items are written. */
interface ItemPlace {
  readonly node: LayoutNode;
  readonly at: string;
  readonly faults: Fault[];
}

function writeItems(rows: WireValue, calls: ItemCalls, { node, at: base, faults }: ItemPlace): Call[] {
  const types = new Map(node.fields.map((field) => [field.name, field.type ?? 'string']));
  const list = Array.isArray(rows) ? (rows as readonly WireValue[]) : [rows];
  return list.flatMap((row, index) => {
    const at = `${base}/${node.node}/${index}`;
    if (!isWireObject(row)) {
      faults.push(formLimit(at, '明细应为对象。', 'An item must be an object.'));
      return [];
    }
    const sets = Object.entries(row).map(([name, value]) => {
      const setter = calls.setters.get(types.get(name) ?? 'string') ?? calls.setters.get('string') ?? '';
      const text = leafText(value);
      if (text === undefined)
        faults.push(formLimit(`${at}/${name}`, '只能是文字或数字。', 'Only text or a number.'));
      return [setter, name, text ?? ''];
    });
    return [[calls.open], ...sets, [calls.close]];
  });
}

/** Makes the form; calls are written in the order of the definition's nodes. */
export function createConversation(layout: FindLayout, items: readonly ItemCalls[]): BodyForm {
  const nodesOf = ({ transaction, direction }: BodyPlace): readonly LayoutNode[] => {
    const nodes = layout(transaction, direction);
    if (nodes === undefined) throw unknownTransaction(transaction);
    return nodes;
  };
  return {
    transactionOf: (value) => (Array.isArray(value) ? nameOf((value as readonly WireValue[]).at(-1)) : ''),
    read(value, place, faults) {
      if (!Array.isArray(value)) return undefined;
      return new ConversationReader(nodesOf(place), items, faults).read(
        value as readonly WireValue[],
        place.at,
      );
    },
    write(body, place, faults) {
      const nodes = nodesOf(place);
      for (const name of Object.keys(body)) {
        if (!nodes.some(({ node }) => node === name))
          faults.push(
            formLimit(`${place.at}/${name}`, '该交易没有此调用。', 'The transaction has no such call.'),
          );
      }
      return nodes.flatMap((node): Call[] => {
        const value = Object.hasOwn(body, node.node) ? body[node.node] : undefined;
        if (value === undefined) return [];
        const calls = items.find((item) => item.node === node.node);
        if (calls !== undefined) return writeItems(value, calls, { node, at: place.at, faults });
        const names = node.fields.map((field) => field.name);
        const members = isWireObject(value) ? value : {};
        if (!isWireObject(value))
          faults.push(
            formLimit(`${place.at}/${node.node}`, '调用的参数应为对象。', 'Arguments must be an object.'),
          );
        return [[node.node, ...formatArguments(members, names, { at: `${place.at}/${node.node}`, faults })]];
      });
    },
  };
}
