/** Goods records 3501-3507 on their way to the platform: each on record, uploaded once, in the order of its batch. */
import { createHash } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import type { AdapterStore, JobHandler, StoreTransaction } from '@yiqiao/sdk';
import type { InsurancePort } from '../ports.ts';
import type { RunParts } from '../purchase/steps.ts';
import { findGoods, putGoods, recordsOf } from './goods-book.ts';
import type { GoodsEntry, GoodsRecord } from './goods-book.ts';

/** Kind of jobs. */
export const GOODS = 'goods';

/**
 * Owes a record to the platform; the same again changes nothing.
 * @throws GatewayError `GOODS_RECORD_REUSED` when the number has another content.
 */
export function enqueueGoods(
  tx: StoreTransaction,
  entry: GoodsEntry,
  { policy, insurance, clock }: Pick<RunParts, 'policy' | 'insurance' | 'clock'>,
): GoodsRecord {
  const digest = digestOf(entry);
  const before = findGoods(tx, entry.id);
  if (before !== undefined) {
    if (before.digest === digest) return before;
    throw new GatewayError('GOODS_RECORD_REUSED', { facts: { id: entry.id } });
  }
  const operation =
    entry.kind === 'deletion' ? 'deleteStockRecord' : policy.goods.kinds[entry.kind]?.operation;
  if (operation === undefined) throw new RangeError(`no such kind of goods record: ${entry.kind}`);
  const messageId = insurance.newMessageId();
  const record: GoodsRecord = {
    ...entry,
    digest,
    operation,
    messageId,
    state: 'queued',
    queuedAt: clock.now(),
  };
  putGoods(tx, record);
  const lane = `goods ${entry.body.institutionBatchNumber} ${entry.orderedBy ?? ''}`;
  tx.enqueue({ id: `${GOODS}:${entry.id}`, kind: GOODS, lane, body: { id: entry.id } });
  return record;
}

/** Uploads what is owed. */
export function goodsHandler({
  store,
  insurance,
  careRegion,
  policy,
}: Pick<RunParts, 'store' | 'insurance' | 'careRegion' | 'policy'>): JobHandler {
  return async (job) => {
    const { id } = job.body as { readonly id: string };
    const record = findGoods(store, id);
    if (record === undefined || record.state === 'uploaded' || record.state === 'deleted') return 'done';
    if (waitsForOthers(store, record, policy))
      return { retryAfterMs: WAIT_MS, reason: 'earlier records of the batch' };
    // What was refused is sent anew, in a message of its own; anything else in the message it may have left in.
    const isAnew = record.state === 'refused';
    const messageId = isAnew ? insurance.newMessageId() : record.messageId;
    if (isAnew) store.transact((tx) => putGoods(tx, { ...record, messageId, state: 'queued' }));
    try {
      const isDone = job.attempt > 1 && !isAnew && (await wasDone(insurance, messageId));
      if (!isDone) {
        await insurance.call(record.operation, record.body as never, {
          messageId,
          insuredRegion: careRegion,
        });
      }
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'UPSTREAM_REJECTED') throw error;
      const { upstream } = error.details;
      const refused: GoodsRecord = {
        ...record,
        messageId,
        state: 'refused',
        ...(upstream !== undefined && { refusal: upstream }),
      };
      store.transact((tx) => putGoods(tx, refused));
      return { person: 'UPSTREAM_REJECTED' };
    }
    return { done: (tx) => endUploaded(tx, { ...record, messageId }, policy) };
  };
}

/** A deletion takes what is uploaded: it waits for what was to be uploaded before it. */
function waitsForOthers(store: AdapterStore, record: GoodsRecord, policy: RunParts['policy']): boolean {
  if (record.kind !== 'deletion') return false;
  return recordsOf(store, record.body.institutionBatchNumber).some(
    (other) =>
      other.state === 'queued' && other.queuedAt <= record.queuedAt && isMeant(other, record, policy),
  );
}

async function wasDone(insurance: InsurancePort, messageId: string): Promise<boolean> {
  const found = await insurance.resolve(messageId);
  if (found.state === 'unknown') throw new GatewayError('PURCHASE_PENDING', { facts: { messageId } });
  return found.state === 'answered';
}

function endUploaded(tx: StoreTransaction, record: GoodsRecord, policy: RunParts['policy']): void {
  putGoods(tx, { ...record, state: 'uploaded' });
  if (record.kind !== 'deletion') return;
  for (const other of recordsOf(tx, record.body.institutionBatchNumber)) {
    if (other.state === 'uploaded' && isMeant(other, record, policy))
      putGoods(tx, { ...other, state: 'deleted' });
  }
}

/** Whether a deletion (3507) is about a record of its batch: the kind is all it names beside. */
function isMeant({ kind }: GoodsRecord, deletion: GoodsRecord, policy: RunParts['policy']): boolean {
  return policy.goods.kinds[kind]?.group === deletion.body.stockDataType;
}

/** How long a deletion waits before it looks again. */
const WAIT_MS = 5_000;
function digestOf({ kind, body }: GoodsEntry): string {
  const members: readonly (readonly [string, unknown])[] = Object.entries(body).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return createHash('sha256')
    .update(JSON.stringify([kind, members]))
    .digest('hex');
}
