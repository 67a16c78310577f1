/** The insurance side of the service: one client for each institution, in whose name 5203 and vouchers are sent. */
import { strict as assert } from 'node:assert';
import { GatewayError } from '@yiqiao/model';
import { createServiceClient } from '@yiqiao/sdk';
import type { AdapterStore, Client, JobHandler, ServiceParts } from '@yiqiao/sdk';
import { findRecord } from './bill-record.ts';
import type { BillingInstitution } from './bill-settings.ts';
import type { InsuranceSettings } from './insurance-settings.ts';
import { settlementProof } from './settlement-proof.ts';
import type { SettlementProof } from './settlement-proof.ts';
import { createVoucherDesk, findVoucher, throughClient, VOUCHER_JOB } from './voucher-desk.ts';
import type { VoucherDesk } from './voucher-desk.ts';

/** What the service has of it. */
export interface InsuranceSide {
  /** Absent when the configuration does not want it. */
  readonly proof?: SettlementProof;
  /** Absent when no codes of vouchers are configured. */
  readonly vouchers?: VoucherDesk;
  close(): Promise<void>;
}

interface SideOptions {
  readonly settings: InsuranceSettings;
  readonly institutions: readonly BillingInstitution[];
  readonly store: AdapterStore;
  readonly parts: Pick<ServiceParts, 'clock' | 'readFile'>;
}

/** Creates it; nothing is connected before the first message. */
export function createInsuranceSide(options: SideOptions): InsuranceSide {
  const { settings, institutions } = options;
  const clients = new Map(institutions.map((one) => [one.code, clientOf(options, one)]));
  const clientFor = (code: string | undefined): Client => pick(clients, code);
  return {
    ...(settings.proof && { proof: { find: (event) => proofBy(clientFor(event.institutionCode), event) } }),
    ...(settings.vouchers !== undefined && { vouchers: createDesks(options, clients, settings.vouchers) }),
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

function proofBy(
  client: Client,
  event: Parameters<SettlementProof['find']>[0],
): ReturnType<SettlementProof['find']> {
  return settlementProof(client).find(event);
}

/** One desk for each institution; which of them is asked, the settlement tells. */
function createDesks(
  { settings, institutions, store, parts }: SideOptions,
  clients: ReadonlyMap<string, Client>,
  codes: NonNullable<InsuranceSettings['vouchers']>,
): VoucherDesk {
  const desks = new Map(
    institutions.map(({ code, name }) => {
      const client = throughClient(pick(clients, code));
      const institution = { code, name, region: settings.careRegion };
      return [code, createVoucherDesk({ store, client, institution, codes, clock: parts.clock })];
    }),
  );
  const deskOf = (settlementId: string): VoucherDesk =>
    pick(desks, findRecord(store, settlementId)?.settled?.institutionCode);
  const upload: JobHandler = (job) => {
    const voucher = findVoucher(store, job.body as string);
    assert(voucher !== undefined, 'a job of a voucher that is not in the store');
    const handle = deskOf(voucher.settlementId).handlers[VOUCHER_JOB];
    assert(handle !== undefined);
    return handle(job);
  };
  return {
    upload: (request) => deskOf(request.settlementId).upload(request),
    find: (batch) => findVoucher(store, batch),
    status: (settlementId) => deskOf(settlementId).status(settlementId),
    handlers: { [VOUCHER_JOB]: upload },
  };
}

/** By code, or the only one. */
function pick<T>(all: ReadonlyMap<string, T>, code: string | undefined): T {
  const [only] = all.values();
  const found = code === undefined ? only : all.get(code);
  if (found === undefined)
    throw new GatewayError('EINVOICE_NOT_ENTITLED', { facts: { institution: code ?? '' } });
  return found;
}

function clientOf({ settings, store, parts }: SideOptions, { code, name }: BillingInstitution): Client {
  const { careRegion, operator, sequences } = settings;
  return createServiceClient({
    settings,
    as: { institution: { code, name }, careRegion, operator },
    sequences,
    parts,
    store,
    recordKind: 'e-invoice.client-request',
  });
}
