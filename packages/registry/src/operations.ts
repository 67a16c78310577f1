/** The canonical operations: what each is in the national interface. */
import type { Operation } from '@yiqiao/model';
import { brokenFile } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import type { Direction, OperationEntry } from './types.ts';

/** Where the nodes of one direction go, and the names of the entities. */
export interface OperationSide {
  /** Name of the body's entity; `null` when there is no body. */
  readonly entity: string | null;
  /** Wire node → canonical member of what holds it; empty: the node's members stand in the holder itself. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Canonical member → name of its entity. */
  readonly items?: Readonly<Record<string, string>>;
}

/** One operation as its file has it. */
interface OperationForm extends Omit<OperationEntry, 'operation'> {
  readonly request: OperationSide;
  readonly response: OperationSide;
}

/** The table of operations. */
export interface Operations {
  /** In the order of their transactions. */
  list(): readonly Operation[];
  /** @throws RangeError for a name that is no operation. */
  entry(operation: Operation): OperationEntry;
  side(operation: Operation, direction: Direction): OperationSide;
  findByTransaction(transaction: string): OperationEntry | undefined;
  /** Family of an operation: the name of the file it stands in. */
  family(operation: Operation): string;
}

const FOLDER = 'canonical/operations';

interface Found {
  readonly family: string;
  readonly entry: OperationEntry;
  readonly sides: Readonly<Record<Direction, OperationSide>>;
}

/** Reads the tables at once: every message needs them. Maps are derived when they are first needed. */
export function createOperations(files: DataFiles): Operations {
  const found = new Map(files.list(FOLDER).flatMap((family) => readFamily(files, family)));
  const byTransaction = new Map([...found.values()].map(({ entry }) => [entry.transaction, entry]));
  const names = [...found.keys()].toSorted((one, other) => compareTransactions(found, one, other));
  const resolve = (operation: Operation): Found => {
    const one = found.get(operation);
    if (one === undefined) throw new RangeError(`no such operation: ${operation}`);
    return one;
  };
  return {
    list: () => names,
    entry: (operation) => resolve(operation).entry,
    side: (operation, direction) => resolve(operation).sides[direction],
    findByTransaction: (transaction) => byTransaction.get(transaction),
    family: (operation) => resolve(operation).family,
  };
}

function readFamily(files: DataFiles, family: string): (readonly [Operation, Found])[] {
  const { operations } = files.read(`${FOLDER}/${family}.json`) as {
    operations: Readonly<Record<Operation, OperationForm>>;
  };
  return Object.entries(operations).map(([name, form]) => {
    const operation = name as Operation;
    const { request, response, ...facts } = form;
    return [
      operation,
      { family, entry: Object.freeze({ operation, ...facts }), sides: { request, response } },
    ];
  });
}

function compareTransactions(found: ReadonlyMap<Operation, Found>, one: Operation, other: Operation): number {
  const [left = '', right = ''] = [one, other].map((name) => found.get(name)?.entry.transaction);
  return left < right ? -1 : 1;
}

/** The fault of a node that an operation gives no place. */
export function unplacedNode(
  family: string,
  { operation, direction, node }: { operation: Operation; direction: Direction; node: string },
): Error {
  return brokenFile(`${FOLDER}/${family}.json`, `/operations/${operation}/${direction}/nodes/${node}`, {
    zh: '该节点未说明对应的规范成员，请在 nodes 中写明。',
    en: 'This node has no canonical place; name it under nodes.',
  });
}
