/** What this pharmacy has uploaded of a batch against what the platform keeps, each difference explained. */
import { parseDecimal } from '@yiqiao/model';
import type { Decimal, OperationBodies } from '@yiqiao/model';
import type { InsurancePort } from '../ports.ts';
import type { Label } from '../purchase/read-form.ts';
import type { RunParts } from '../purchase/steps.ts';
import { recordsOf } from './goods-book.ts';
import type { GoodsKindName, GoodsRecord } from './goods-book.ts';

/** What is compared: one item of one batch, in a period (days `yyyy-MM-dd`, both included). */
export interface StockQuestion {
  readonly institutionItemCode: string;
  readonly institutionBatchNumber: string;
  readonly beginDate: string;
  readonly endDate: string;
}

/** A difference. */
export interface StockDifference {
  readonly group: string;
  /**
   * `not-yet-sent`: ours waits in the outbox; `refused`: the platform refused ours; `missing-there`: ours was uploaded and is
   * not there; `unknown-here`: theirs is not ours; `quantity`: the sums differ though the numbers of records are equal;
   * `trace-code-missing-there`, `trace-code-unknown-here`.
   */
  readonly kind:
    | 'not-yet-sent'
    | 'refused'
    | 'missing-there'
    | 'unknown-here'
    | 'quantity'
    | 'trace-code-missing-there'
    | 'trace-code-unknown-here';
  readonly here: string;
  readonly there: string;
  /** Numbers of our records that it is about. */
  readonly records: readonly string[];
  readonly explanation: Label;
}

/** One side's records of a group. */
interface Side {
  readonly count: number;
  readonly sum: Decimal;
}

/** The differences; none: both sides agree. @throws GatewayError as the queries fail. */
export async function compareStock(
  { store, insurance, institution, careRegion, policy }: RunParts,
  question: StockQuestion,
): Promise<readonly StockDifference[]> {
  const ours = recordsOf(store, question.institutionBatchNumber).filter((record) =>
    isAbout(record, question),
  );
  const kinds = Object.entries(policy.goods.kinds);
  const groups = [...new Set(kinds.map(([, { group }]) => group))];
  const differences: StockDifference[] = [];
  for (const group of groups) {
    const names = kinds.filter(([, kind]) => kind.group === group);
    const [, first] = names[0] ?? [];
    if (first === undefined) continue;
    const query = {
      institutionCode: institution.code,
      institutionCatalogueCode: question.institutionItemCode,
      institutionBatchNumber: question.institutionBatchNumber,
      beginDate: question.beginDate,
      endDate: question.endDate,
    };
    const { body } = await insurance.call(first.findBy, query as never, { insuredRegion: careRegion });
    const rows =
      (body as { readonly records?: readonly Readonly<Record<string, unknown>>[] } | null)?.records ?? [];
    const mine = ours.filter(({ kind }) => names.some(([name]) => name === kind));
    differences.push(...groupDifferences(group, { mine, rows, quantity: first.quantity }));
  }
  const there = await saleTraces(insurance, { question, institutionCode: institution.code, careRegion });
  return [...differences, ...traceDifferences(ours, there)];
}

function isAbout({ body, kind }: GoodsRecord, question: StockQuestion): boolean {
  const told = body as { readonly institutionItemCode?: string };
  return kind !== 'deletion' && told.institutionItemCode === question.institutionItemCode;
}

function groupDifferences(
  group: string,
  {
    mine,
    rows,
    quantity,
  }: {
    readonly mine: readonly GoodsRecord[];
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly quantity: string;
  },
): readonly StockDifference[] {
  const found: StockDifference[] = [];
  const ids = (records: readonly GoodsRecord[]): readonly string[] => records.map(({ id }) => id);
  const inState = (state: GoodsRecord['state']): readonly GoodsRecord[] =>
    mine.filter((one) => one.state === state);
  const here = sideOf(
    inState('uploaded').map(({ body }) => body as unknown as Readonly<Record<string, unknown>>),
    quantity,
  );
  const there = sideOf(rows, quantity);
  const told = { group, here: sideText(here), there: sideText(there) };
  const [queued, refused] = [inState('queued'), inState('refused')];
  if (queued.length > 0)
    found.push({
      ...told,
      kind: 'not-yet-sent',
      records: ids(queued),
      explanation: EXPLAINED['not-yet-sent'],
    });
  if (refused.length > 0)
    found.push({ ...told, kind: 'refused', records: ids(refused), explanation: EXPLAINED.refused });
  const kind =
    here.count > there.count
      ? 'missing-there'
      : here.count < there.count
        ? 'unknown-here'
        : here.sum === there.sum
          ? undefined
          : 'quantity';
  if (kind !== undefined)
    found.push({ ...told, kind, records: ids(inState('uploaded')), explanation: EXPLAINED[kind] });
  return found;
}

async function saleTraces(
  insurance: InsurancePort,
  asked: { readonly question: StockQuestion; readonly institutionCode: string; readonly careRegion: string },
): Promise<readonly string[]> {
  const { question, institutionCode, careRegion } = asked;
  const query: OperationBodies['findSaleTraceCodes']['request'] = {
    institutionCode,
    institutionCatalogueCode: question.institutionItemCode,
    institutionBatchNumber: question.institutionBatchNumber,
    beginDate: question.beginDate,
    endDate: question.endDate,
  };
  const { body } = await insurance.call('findSaleTraceCodes', query, { insuredRegion: careRegion });
  const rows = (body as OperationBodies['findSaleTraceCodes']['response'] | null)?.records ?? [];
  return rows.flatMap(({ drugTraceCode }) => (drugTraceCode === undefined ? [] : [drugTraceCode]));
}

function traceDifferences(
  ours: readonly GoodsRecord[],
  there: readonly string[],
): readonly StockDifference[] {
  const sold = ours.filter(({ kind, state }) => isSale(kind) && state === 'uploaded');
  const byCode = new Map<string, readonly string[]>();
  for (const { id, body } of sold) {
    const { drugTraceCodes = [] } = body as unknown as OperationBodies['uploadSaleReturn']['request'];
    for (const { drugTraceCode = '' } of drugTraceCodes)
      byCode.set(drugTraceCode, [...(byCode.get(drugTraceCode) ?? []), id]);
  }
  const known = new Set(there);
  const group = '4';
  const missing = [...byCode].filter(([code]) => !known.has(code));
  const unknown = [...known].filter((code) => !byCode.has(code));
  return [
    ...missing.map(([code, records]): StockDifference => {
      const kind = 'trace-code-missing-there';
      return { group, kind, here: code, there: '', records, explanation: EXPLAINED[kind] };
    }),
    ...unknown.map((code): StockDifference => {
      const kind = 'trace-code-unknown-here';
      return { group, kind, here: '', there: code, records: [], explanation: EXPLAINED[kind] };
    }),
  ];
}

function isSale(kind: GoodsKindName): boolean {
  return kind === 'sale' || kind === 'sale-return';
}

function sideOf(rows: readonly Readonly<Record<string, unknown>>[], quantity: string): Side {
  const total = rows.reduce((sum, row) => sum + scaled(row[quantity]), 0n);
  const digits = total.toString().padStart(SCALE + 1, '0');
  return { count: rows.length, sum: parseDecimal(`${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`) };
}

/** Quantities have four decimals. */
const SCALE = 4;

function scaled(value: unknown): bigint {
  const [whole = '0', fraction = ''] = (typeof value === 'string' ? value : '0').split('.');
  return BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
}

function sideText({ count, sum }: Side): string {
  return `${count} × Σ ${sum}`;
}

const EXPLAINED: Readonly<Record<StockDifference['kind'], Label>> = {
  'not-yet-sent': {
    zh: '本店记录尚在待传队列，平台恢复后自动补传，无须处理。',
    en: 'Ours wait in the outbox and leave by themselves; nothing is to be done.',
  },
  refused: {
    zh: '平台拒收，原因见该记录；更正基础资料后重试该任务。',
    en: 'The platform refused them, the records say why; put the master data right and have the jobs tried again.',
  },
  'missing-there': {
    zh: '本店已上传而平台没有：可能被删除（3507）或不在查询时段；请用新记录号补传。',
    en: 'Uploaded and not there: deleted (3507) or outside the period; upload them again under new numbers.',
  },
  'unknown-here': {
    zh: '平台多出记录：可能由其他系统上传或重复上传；按批次删除（3507）后重传。',
    en: 'The platform has more: another system uploaded, or something twice; delete the batch (3507) and upload again.',
  },
  quantity: {
    zh: '条数相同而数量不同：请逐条核对数量。',
    en: 'As many records, other quantities: check them one by one.',
  },
  'trace-code-missing-there': {
    zh: '本店已售的追溯码平台未登记：请核对该笔销售是否被删除。',
    en: 'A code sold here is not registered there: see whether its sale was deleted.',
  },
  'trace-code-unknown-here': {
    zh: '平台登记了本店未售出的追溯码：请核查该药品来源和其他收银系统。',
    en: 'A code is registered that was not sold here: check where the box came from and what other tills upload.',
  },
};
