/** `yiqiao reconcile` and `reconcile-queue`. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJournalOffline } from '@yiqiao/gateway';
import { createSqliteJournal } from '@yiqiao/journal';
import type { Journal } from '@yiqiao/journal';
import { formatFen, formatTime, systemClock } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import {
  CLASS_TEXTS,
  createPlatform,
  openCsvSheet,
  readJournalDay,
  reconcileDay,
} from '@yiqiao/reconciliation';
import type {
  DayResult,
  DifferenceClass,
  KnownExchange,
  ReconcileOptions,
  SheetItem,
  SideSource,
} from '@yiqiao/reconciliation';
import { createClient, openStore } from '@yiqiao/sdk';
import type { AdapterStore, Client } from '@yiqiao/sdk';
import { bookOf, platformOf, readReconcileSettings } from './reconcile-settings.ts';
import type { ReconcileSettings } from './reconcile-settings.ts';
import type { Report } from './report.ts';

/** Differences shown and put into the JSON sheet; the CSV sheet has all. */
const MOST_SHOWN = 1_000;

/** Reconciles a day; 1 when something differs that was not resolved. */
export async function reconcile(
  report: Report,
  day: string,
  options: { readonly settings: string; readonly resolve?: true },
): Promise<number> {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(`${day}: 应为 yyyy-MM-dd / must be yyyy-MM-dd`);
  const settings = readReconcileSettings(options.settings, day);
  const out = settings.path(settings.out);
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const store = openStore(join(out, 'reconciliation.sqlite'), { clock: systemClock });
  // A run that fails leaves the sheet of the one before.
  const unfinished = join(out, `${day}.csv.part`);
  const sheet = openCsvSheet(unfinished);
  const shown: SheetItem[] = [];
  const parts: { client?: Client } = {};
  try {
    const result = await reconcileDay({
      ...sourcesOf(settings, day, parts),
      ...(options.resolve === true && { resolve: resolutionsIn(store) }),
      onItem(item) {
        sheet.add(item);
        queue(store, day, item);
        if (shown.length < MOST_SHOWN) shown.push(item);
      },
    });
    const figures = plain({ ...result, differences: shown });
    const json = JSON.stringify(figures, null, 1);
    writeFileSync(join(out, `${day}.json`), `${json}\n`, { mode: 0o600 });
    renameSync(unfinished, join(out, `${day}.csv`));
    tell(report, { result, shown, out, isDry: options.resolve !== true });
    return report.finish(result.differing === result.resolved, { ...figures, out });
  } finally {
    sheet.close();
    rmSync(unfinished, { force: true });
    store.close();
    await parts.client?.close();
  }
}

/** Lists what waits for a person, or takes one off; 1 when something waits. */
export function showQueue(
  report: Report,
  options: { readonly settings: string; readonly done?: string; readonly reason?: string },
): number {
  const settings = readReconcileSettings(options.settings, '');
  const store = openStore(join(settings.path(settings.out), 'reconciliation.sqlite'), { clock: systemClock });
  try {
    if (options.done !== undefined)
      return takeOff(report, store, { key: options.done, reason: options.reason });
    const waiting = store.list<Queued>('queue', { limit: MOST_SHOWN });
    for (const { key, body } of waiting) {
      report.line(`${key}  ${CLASS_TEXTS[body.class].zh} ${CLASS_TEXTS[body.class].en}`);
      report.line(`  ${body.zh}`);
      report.line(`  ${body.en}`);
    }
    report.line(`${waiting.length} 笔待处理 waiting`);
    return report.finish(waiting.length === 0, {
      waiting: waiting.map(({ key, body }) => ({ key, ...body })),
    });
  } finally {
    store.close();
  }
}

interface Queued {
  readonly class: DifferenceClass;
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

function takeOff(
  report: Report,
  store: AdapterStore,
  { key, reason }: { readonly key: string; readonly reason: string | undefined },
): number {
  if (reason === undefined)
    throw new Error('--reason: 须说明查明与处理情况 / say what was found out and done');
  const isKnown = store.transact((tx) => {
    const found = tx.get<Queued>('queue', key);
    if (found === undefined) return false;
    tx.remove('queue', key);
    tx.put('queue-done', key, { ...found, reason, at: systemClock.now() });
    return true;
  });
  report.line(isKnown ? `${key}: 已销号 done` : `${key}: 队列中没有 not in the queue`);
  return report.finish(isKnown, { key });
}

/** Put there once, and not again after a person has dealt with it. */
function queue(store: AdapterStore, day: string, { difference, proposal, settlement }: SheetItem): void {
  const key = `${day} ${difference.settlementId} ${difference.refund}`;
  const { rule, zh, en } = proposal;
  store.transact((tx) => {
    if (settlement === 'resolved') tx.remove('queue', key);
    else if (tx.get('queue-done', key) === undefined)
      tx.put('queue', key, { class: difference.class, rule, zh, en });
  });
}

function resolutionsIn(store: AdapterStore): NonNullable<ReconcileOptions['resolve']> {
  return {
    begin: (key) => store.transact((tx) => tx.insert('resolution', key, { begunAt: systemClock.now() })),
    end: (key, result) => {
      store.transact((tx) => tx.put('resolution', key, { result, endedAt: systemClock.now() }));
    },
  };
}

function sourcesOf(
  settings: ReconcileSettings,
  day: string,
  parts: { client?: Client },
): Omit<ReconcileOptions, 'onItem' | 'resolve'> {
  const doubts = new Map<string, KnownExchange>();
  const asked = platformOf(settings);
  const { books } = settings.platform;
  const client = asked && (parts.client = createClient(asked.client));
  if (client === undefined && books === undefined)
    throw new Error('platform: 须给出 url 或 books / needs url or books');
  const { details, clearingTypes } = settings;
  return {
    day,
    gateway: gatewaySource(settings, day, doubts),
    ...(settings.his !== undefined && { his: bookOf(settings.his, settings) }),
    platform:
      client !== undefined && asked !== undefined
        ? (faults) => createPlatform({ ...asked, client, day, faults })
        : bookOf(books ?? EMPTY_BOOK, settings),
    details,
    clearingTypes,
    findExchange: (messageId) => doubts.get(messageId),
  };
}

const EMPTY_BOOK = { file: '', charset: 'utf-8', separator: ',', columns: {} } as const;

function gatewaySource(
  settings: ReconcileSettings,
  day: string,
  doubts: Map<string, KnownExchange>,
): SideSource {
  const { config, journal, books } = settings.gateway;
  if (books !== undefined) return bookOf(books, settings);
  return async (take) => {
    const opened = await openJournal(settings, { config, journal });
    try {
      const { code } = settings.platform.institution ?? {};
      await readJournalDay(opened, {
        day,
        // A gateway speaks for many institutions; each reconciles its own.
        take: (row) => {
          if (code === undefined || row.institution === code) take(row);
        },
        onDoubt: (messageId, exchange) => doubts.set(messageId, exchange),
      });
    } finally {
      await opened.close();
    }
  };
}

async function openJournal(
  { path }: ReconcileSettings,
  { config, journal }: { readonly config: string | undefined; readonly journal: string | undefined },
): Promise<Journal> {
  const file = journal === undefined ? undefined : path(journal);
  if (config !== undefined) return await openJournalOffline(path(config), file);
  if (file === undefined)
    throw new Error('gateway: 须给出 config、journal 或 books / needs config, journal or books');
  return createSqliteJournal({ file, clock: systemClock });
}

/** Amounts in 元 as text, since sums may be greater than a number can hold; of person numbers the last four digits. */
function plain(result: DayResult & { readonly differences: readonly SheetItem[] }): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(result, (name, value: unknown) => {
      if (typeof value === 'bigint') return formatFen(value as Fen);
      return name === 'personNumber' ? String(value).replaceAll(/.(?=.{4})/g, '*') : value;
    }),
  ) as Record<string, unknown>;
}

function tell(
  report: Report,
  of: { result: DayResult; shown: readonly SheetItem[]; out: string; isDry: boolean },
): void {
  const { result, shown, out, isDry } = of;
  const { day, agreed, differing, resolved, classes, verdicts } = result;
  for (const { institution, insuranceType, clearingType, count, total, fundPaid, agrees, text } of verdicts) {
    const sums = `${count} 笔，总额 ${formatFen(total as Fen)}，基金 ${formatFen(fundPaid as Fen)}`;
    report.line(
      `3201 ${institution} 险种 ${insuranceType} 清算类别 ${clearingType}: ${sums}  ${agrees ? '平 agrees' : `不平 differs: ${text}`}`,
    );
  }
  for (const { difference, proposal, settlement, code = '' } of shown) {
    const { zh, en } = CLASS_TEXTS[difference.class];
    report.line(
      `${difference.settlementId}${difference.refund === '1' ? ' 退 refund' : ''}  ${zh} ${en}  ${difference.fields.join(' ')}`,
    );
    report.line(`  ${proposal.zh}  [${settlement}${code && ` ${code}`}]`);
    report.line(`  ${proposal.en}`);
  }
  if (differing > shown.length) report.line(`… ${differing - shown.length} 笔见日对账单 more in the sheet`);
  for (const [name, count] of Object.entries(classes))
    report.line(
      `${CLASS_TEXTS[name as DifferenceClass].zh} ${CLASS_TEXTS[name as DifferenceClass].en}: ${count}`,
    );
  report.line(
    `${day}: ${agreed} 笔一致 agree，${differing} 笔不符 differ，${resolved} 笔已处理 resolved；${join(out, `${day}.csv`)}`,
  );
  if (isDry && shown.some(({ proposal }) => proposal.action !== 'person'))
    report.line(
      '试运行：未作任何处理；加 --resolve 执行 2601/2208 / dry run: nothing was done; --resolve does it',
    );
  report.line(`${formatTime(systemClock.now())}`);
}
