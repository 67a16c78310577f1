/** A day's purchases of people from elsewhere: what this pharmacy settled against what the clearing platform owes it. */
import { formatFen, sumFen } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import { DAYS, PURCHASES, SETTLEMENTS } from './purchase/record.ts';
import type { PurchaseRecord, Settlement } from './purchase/record.ts';
import type { Label } from './purchase/read-form.ts';
import type { RunParts } from './purchase/steps.ts';

/** A difference. Amounts in 元 as text, empty where one side has none. */
export interface AccountDifference {
  readonly kind: 'missing-there' | 'unknown-here' | 'amount';
  /** 就诊登记号 of the order. */
  readonly order: string;
  readonly here: string;
  readonly there: string;
  readonly explanation: Label;
}

/** A day at the clearing platform. */
export interface OffSiteDay {
  readonly day: string;
  /** Orders that the platform lists, and what it owes for them. */
  readonly orders: number;
  readonly owed: string;
  readonly differences: readonly AccountDifference[];
}

type Row = OperationBodies['findPharmacyAccountDetails']['response']['accounts'][number];

const PAGE = 100;
/** More pages than a pharmacy fills in a day. */
const MOST_PAGES = 100;

/** Compares a day `yyyy-MM-dd` (2175). @throws GatewayError as the query fails. */
export async function compareOffSiteDay(parts: RunParts, day: string): Promise<OffSiteDay> {
  const rows = await rowsOf(parts, day);
  const oursOf = (order: string): Settlement | undefined =>
    standingOrder(parts, parts.store.get<string>(SETTLEMENTS, order));
  const listed = new Set(rows.map(({ visitRegistrationNumber }) => visitRegistrationNumber));
  const missing = settledOn(parts, day).filter(({ settlementId }) => !listed.has(settlementId));
  return {
    day,
    orders: rows.length,
    owed: formatFen(sumFen(rows.map(({ payableToInstitution }) => payableToInstitution))),
    differences: [
      ...rows.flatMap((row) => differenceOf(row, oursOf(row.visitRegistrationNumber))),
      ...missing.map((settlement) => told('missing-there', settlement.settlementId, { here: settlement })),
    ],
  };
}

async function rowsOf(
  { insurance, institution, careRegion }: RunParts,
  day: string,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let pageNumber = 1; pageNumber <= MOST_PAGES; pageNumber += 1) {
    const query = { institutionCode: institution.code, queryDate: day, pageNumber, pageSize: PAGE };
    const { body } = await insurance.call('findPharmacyAccountDetails', query, { insuredRegion: careRegion });
    const { accounts = [] } = body as Partial<OperationBodies['findPharmacyAccountDetails']['response']>;
    rows.push(...accounts);
    if (accounts.length < PAGE) break;
  }
  return rows;
}

/** Our orders that were settled on a day and still are. */
function settledOn(parts: RunParts, day: string): readonly Settlement[] {
  const found: Settlement[] = [];
  let after: string | undefined;
  for (;;) {
    const page = parts.store.list<string>(DAYS, {
      prefix: `${day} `,
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    found.push(...page.flatMap(({ body }) => standingOrder(parts, body) ?? []));
    after = page.at(-1)?.key;
    if (page.length < PAGE) return found;
  }
}

/** The settlement of a purchase by its number, when it was an order at the platform and stands. */
function standingOrder({ store, policy }: RunParts, number: string | undefined): Settlement | undefined {
  const record = number === undefined ? undefined : store.get<PurchaseRecord>(PURCHASES, number);
  if (record === undefined || record.state !== 'settled') return undefined;
  return policy.course(record.course).form === 'order' ? record.settlement : undefined;
}

function differenceOf(row: Row, ours: Settlement | undefined): readonly AccountDifference[] {
  const order = row.visitRegistrationNumber;
  if (ours === undefined) return [told('unknown-here', order, { there: row })];
  const isSame = ours.total === row.total && ours.accountPaid === row.payableToInstitution;
  return isSame ? [] : [told('amount', order, { here: ours, there: row })];
}

function told(
  kind: AccountDifference['kind'],
  order: string,
  { here, there }: { readonly here?: Settlement; readonly there?: Row },
): AccountDifference {
  return {
    kind,
    order,
    here: here === undefined ? '' : `${formatFen(here.total)} / ${formatFen(here.accountPaid)}`,
    there: there === undefined ? '' : `${formatFen(there.total)} / ${formatFen(there.payableToInstitution)}`,
    explanation: EXPLAINED[kind],
  };
}

const EXPLAINED: Readonly<Record<AccountDifference['kind'], Label>> = {
  'missing-there': {
    zh: '本店当日已结算而平台未列：平台可能记在支付日，请查前后一日；仍无则联系清算平台。',
    en: 'Settled here on this day and not listed: it may stand under the day of payment; look a day before and after, then ask the platform.',
  },
  'unknown-here': {
    zh: '平台列有本店没有的订单：可能由其他收银系统下单，或本店已退费而平台未冲销。',
    en: 'Listed and not ours: another till ordered it, or it was refunded here and not there.',
  },
  amount: {
    zh: '金额不一致（总额 / 个人账户）：请凭订单号与清算平台核对。',
    en: 'The amounts (total / account) differ: check with the platform by the order.',
  },
};
