/** Goods records as they are kept: by batch, and found by their own number. */
import type { Operation } from '@yiqiao/model';
import type { AdapterStore, StoreReader, StoreTransaction } from '@yiqiao/sdk';

const RECORDS = 'goods';
const NUMBERS = 'goods-number';
const PAGE = 500;

/** A kind of goods.json, or the deletion of a batch. */
export type GoodsKindName =
  'stocktaking' | 'change' | 'purchase' | 'purchase-return' | 'sale' | 'sale-return' | 'deletion';

/** A record to be uploaded; its body is that of the operation. */
export interface GoodsEntry {
  /** The pharmacy's own number for it. */
  readonly id: string;
  readonly kind: GoodsKindName;
  readonly body: GoodsBody;
  /** What its uploads must keep the order of, within the batch; the batch alone when absent. */
  readonly orderedBy?: string;
}

/** The body of an operation, of which only the batch matters here. */
interface GoodsBody {
  readonly institutionBatchNumber: string;
  readonly stockDataType?: string;
}

/** A record as it is kept. */
export interface GoodsRecord extends GoodsEntry {
  readonly digest: string;
  readonly operation: Operation;
  /** The message it leaves in, every time. */
  readonly messageId: string;
  readonly state: 'queued' | 'uploaded' | 'refused' | 'deleted';
  /** Epoch milliseconds. */
  readonly queuedAt: number;
  readonly refusal?: { readonly code: string; readonly text: string };
}

/** The record of a number. */
export function findGoods(reader: StoreReader, id: string): GoodsRecord | undefined {
  const batch = reader.get<string>(NUMBERS, id);
  return batch === undefined ? undefined : reader.get<GoodsRecord>(RECORDS, keyOf(batch, id));
}

/** Keeps a record, or what has become of it. */
export function putGoods(tx: StoreTransaction, record: GoodsRecord): void {
  const batch = record.body.institutionBatchNumber;
  tx.put(NUMBERS, record.id, batch);
  tx.put(RECORDS, keyOf(batch, record.id), record);
}

/** The records of a batch. */
export function recordsOf(reader: Pick<AdapterStore, 'list'>, batch: string): readonly GoodsRecord[] {
  const found: GoodsRecord[] = [];
  let after: string | undefined;
  for (;;) {
    const page = reader.list<GoodsRecord>(RECORDS, {
      prefix: keyOf(batch, ''),
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    found.push(...page.map(({ body }) => body));
    after = page.at(-1)?.key;
    if (page.length < PAGE) return found;
  }
}

function keyOf(batch: string, id: string): string {
  return `${batch}\n${id}`;
}
