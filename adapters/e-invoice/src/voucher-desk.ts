/**
 * Settlement vouchers (电子结算凭证): an object of the insurance side beside the bill, told by 4901, renewed by 4905,
 * asked about by 4902 and 5501. A bill need not have one, and a voucher changes nothing of its bill.
 */
import { randomInt } from 'node:crypto';
import { compactTime, GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, OperationBodies } from '@yiqiao/model';
import type {
  AdapterStore,
  Client,
  JobHandler,
  JobResult,
  OutboxJob,
  StoreReader,
  TraceEvent,
  StoreTransaction,
} from '@yiqiao/sdk';
import { later } from './attempt.ts';
import { findRecord, KINDS } from './bill-record.ts';
import type { BillRecord } from './bill-record.ts';
import { toVoucherMessage } from './voucher-body.ts';
import type { Renewal, VoucherCodes, VoucherMessage } from './voucher-body.ts';

type VoucherOperation = 'uploadVouchers' | 'renewVouchers' | 'findVoucherUpload' | 'findVoucherStatus';
type Uploaded = NonNullable<OperationBodies['findVoucherUpload']['response']['vouchers']>[number];

/** The insurance side, as the client of the SDK has it. */
export interface VoucherPort {
  call<O extends VoucherOperation>(
    operation: O,
    body: OperationBodies[O]['request'],
    options?: { readonly messageId?: string },
  ): Promise<{ readonly body: unknown }>;
  newMessageId(): string;
  resolve(messageId: string): Promise<{ readonly state: 'answered' | 'not-done' | 'unknown' }>;
}

/** The client of the SDK as the port of a desk. */
export function throughClient(client: Pick<Client, 'call' | 'newMessageId' | 'resolve'>): VoucherPort {
  return {
    call: (operation, body, options) => client.call<VoucherOperation>(operation, body, options),
    newMessageId: () => client.newMessageId(),
    resolve: (messageId) => client.resolve(messageId),
  };
}

/** What a voucher desk is made with. */
export interface VoucherDeskOptions {
  readonly store: AdapterStore;
  readonly client: VoucherPort;
  readonly institution: { readonly code: string; readonly name: string; readonly region: string };
  /** Codes whose lists are not public. */
  readonly codes: VoucherCodes;
  readonly clock?: Clock;
}

/** A voucher to be uploaded; the file is the bill in its official layout, which the bill's platform gives. */
export interface VoucherRequest {
  readonly settlementId: string;
  /** 业务区间 `bizStsb`. */
  readonly businessPeriod: string;
  readonly fileName: string;
  /** Archive of layout files, as bytes. */
  readonly layoutFile: Uint8Array;
  /** It takes the place of one that was uploaded (4905). */
  readonly renews?: Renewal;
}

/** What is remembered of a voucher. */
export interface VoucherRecord extends Omit<VoucherRequest, 'layoutFile'> {
  /** `upldBchno`: 20 characters, since 4902 takes no more. */
  readonly batch: string;
  readonly state: 'owed' | 'uploaded' | 'refused';
  /** Durable before anything leaves. */
  readonly messageId: string;
  readonly layoutFile?: string;
  /** It left, or may have: what became of it is asked before anything is sent again. */
  readonly isSent?: true;
  /** What 4902 told of it, verbatim; the codes of its results are not public. */
  readonly told?: Uploaded;
}

/** The desk. */
export interface VoucherDesk {
  /**
   * Owes a voucher to the insurance side; it leaves by the outbox.
   * @returns the number of its batch; @throws GatewayError `VOUCHER_WITHOUT_BILL`, `MESSAGE_INVALID`.
   */
  upload(request: VoucherRequest): string;
  find(batch: string): VoucherRecord | undefined;
  /** State of a voucher (5501), as the insurance side tells it: 冲红标志, 报销标志. */
  status(settlementId: string): Promise<OperationBodies['findVoucherStatus']['response']>;
  readonly handlers: Readonly<Record<string, JobHandler>>;
}

/** Kind of the jobs that upload. */
export const VOUCHER_JOB = 'e-invoice.voucher';

/** The record of a batch. */
export function findVoucher(store: StoreReader, batch: string): VoucherRecord | undefined {
  return store.get<VoucherRecord>(KINDS.voucher, batch);
}

/** Creates a desk over the store of the bills. */
export function createVoucherDesk(options: VoucherDeskOptions): VoucherDesk {
  const { store, client, institution, codes } = options;
  const clock = options.clock ?? systemClock;
  return {
    upload: (request) =>
      store.transact((tx) => {
        const bill = requireBill(tx, request.settlementId);
        const batch = `${compactTime(clock.now())}${String(randomInt(1_000)).padStart(3, '0')}`;
        const layoutFile = Buffer.from(request.layoutFile).toString('base64');
        const messageId = client.newMessageId();
        const record: VoucherRecord = { ...request, batch, layoutFile, state: 'owed', messageId };
        messageOf(options, tx, record);
        tx.put(KINDS.voucher, batch, record);
        tx.enqueue({
          id: `${VOUCHER_JOB} ${batch}`,
          kind: VOUCHER_JOB,
          body: batch,
          lane: `voucher ${bill.settlementId}`,
        });
        return batch;
      }),
    find: (batch) => findVoucher(store, batch),
    async status(settlementId) {
      const { bill } = requireBill(store, settlementId);
      const { body } = await client.call('findVoucherStatus', {
        institutionCode: institution.code,
        institutionName: institution.name,
        voucherNumber: bill.number,
        voucherCode: bill.code,
        ...(bill.checkCode === undefined ? {} : { voucherCheckCode: bill.checkCode }),
        voucherType: codes.type,
      });
      return body as OperationBodies['findVoucherStatus']['response'];
    },
    handlers: { [VOUCHER_JOB]: (job) => uploadVoucher({ ...options, clock }, job, job.body as string) },
  };
}

type BilledRecord = BillRecord & Required<Pick<BillRecord, 'bill' | 'settled'>>;

function requireBill(from: StoreReader, settlementId: string): BilledRecord {
  const record = findRecord(from, settlementId);
  if (record?.bill === undefined || record.settled === undefined)
    throw new GatewayError('VOUCHER_WITHOUT_BILL', { facts: { settlementId } });
  return record as BilledRecord;
}

type Parts = VoucherDeskOptions & { readonly clock: Clock };

async function uploadVoucher(parts: Parts, job: OutboxJob, batch: string): Promise<JobResult> {
  const { store, client } = parts;
  const record = findVoucher(store, batch);
  if (record === undefined || record.state !== 'owed') return 'done';
  if (record.isSent === true) {
    const { state } = await client.resolve(record.messageId);
    if (state === 'answered') return askResult(parts, job, record);
    if (state === 'unknown') return afterUnknown(parts, job, record);
  }
  store.transact((tx) => tx.put(KINDS.voucher, batch, { ...record, isSent: true }));
  try {
    await send(parts, record);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.kind.outcome === 'unknown') return later(job, error.code);
    if (error.code === 'UPSTREAM_REJECTED') return refuse(parts, { record, reason: error.code });
    store.transact((tx) => tx.put(KINDS.voucher, batch, record));
    throw error;
  }
  return askResult(parts, job, record);
}

async function send(parts: Parts, record: VoucherRecord): Promise<void> {
  const { operation, body } = messageOf(parts, parts.store, record);
  await parts.client.call(operation, body, { messageId: record.messageId });
}

/** @throws GatewayError `MESSAGE_INVALID` with everything that the interface requires and the bill does not tell. */
function messageOf(
  { institution, codes }: Pick<Parts, 'institution' | 'codes'>,
  store: StoreReader,
  record: VoucherRecord,
): VoucherMessage {
  const { renews, settlementId } = record;
  return toVoucherMessage({
    ...record,
    layoutFile: record.layoutFile ?? '',
    bill: requireBill(store, settlementId),
    institution,
    codes,
    ...(renews === undefined ? {} : { renews, original: requireBill(store, renews.settlementId).bill }),
  });
}

/** 4901 says nothing of what became of the vouchers: 4902 does. */
async function askResult(parts: Parts, job: OutboxJob, record: VoucherRecord): Promise<JobResult> {
  const told = await findUploaded(parts, record);
  if (told === undefined) return later(job, 'the result of the upload is not told yet');
  const failure = told.saveFailureReason ?? '';
  if (failure !== '') return refuse(parts, { record, told, reason: 'not saved' });
  return {
    done(tx) {
      write(tx, { ...record, state: 'uploaded', told });
      tx.trace(eventOf(record, parts.clock.now(), { step: 'e-invoice.voucher-uploaded' }));
    },
  };
}

/** The way out of a lost 4901 or 4905 is 4902; what is not there after all is for a person, never sent again blindly. */
async function afterUnknown(parts: Parts, job: OutboxJob, record: VoucherRecord): Promise<JobResult> {
  const told = await findUploaded(parts, record);
  if (told !== undefined) return askResult(parts, job, record);
  return job.attempt < ASKED_AT_MOST ? later(job, 'the answer is missing') : { person: 'UPSTREAM_TIMEOUT' };
}

const ASKED_AT_MOST = 8;

async function findUploaded(
  { client, institution, store }: Parts,
  { batch, businessPeriod, settlementId }: VoucherRecord,
): Promise<Uploaded | undefined> {
  const { bill } = requireBill(store, settlementId);
  const { body } = await client.call('findVoucherUpload', {
    institutionCode: institution.code,
    institutionName: institution.name,
    businessPeriod,
    uploadBatch: batch,
  });
  const { vouchers = [] } = body as OperationBodies['findVoucherUpload']['response'];
  return vouchers.find(({ voucherNumber }) => voucherNumber === bill.number);
}

function refuse(
  { clock }: Parts,
  {
    record,
    told,
    reason,
  }: { readonly record: VoucherRecord; readonly told?: Uploaded; readonly reason: string },
): JobResult {
  return {
    done(tx) {
      write(tx, { ...record, state: 'refused', ...(told === undefined ? {} : { told }) });
      tx.trace(eventOf(record, clock.now(), { step: 'e-invoice.voucher-refused', reason }));
    },
  };
}

function eventOf(
  { settlementId, batch }: VoucherRecord,
  at: number,
  { step, reason }: { readonly step: string; readonly reason?: string },
): TraceEvent {
  const refs = { settlement: settlementId, voucher: batch };
  return { at, step, refs, ...(reason === undefined ? {} : { facts: { reason } }) };
}

/** The file is kept no longer than it is needed. */
function write(tx: StoreTransaction, ended: VoucherRecord): void {
  const { layoutFile: _, isSent: __, ...record } = ended;
  tx.put(KINDS.voucher, record.batch, record);
}
