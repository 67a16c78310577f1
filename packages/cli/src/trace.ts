/** `yiqiao trace`: one chain through the stores of several adapters. */
import { resolve } from 'node:path';
import { formatTime, maskIdentifiers } from '@yiqiao/model';
import { findTrace, openStore } from '@yiqiao/sdk';
import type { AdapterStore, StoreEncryption, TraceEvent } from '@yiqiao/sdk';
import { readAdapterFile } from './adapter-file.ts';
import type { Report } from './report.ts';

/** How refs are called on paper. */
const REFS: Readonly<Record<string, string>> = {
  visit: '就诊 visit',
  prescription: '处方 prescription',
  settlement: '结算 settlement',
  invoice: '票据 invoice',
  dispensing: '配药 dispensing',
  order: '订单 order',
  fee: '费用 fee',
  message: '报文 message',
  voucher: '凭证 voucher',
};

/** Which stores, and which gateway has the messages. */
export interface TraceOptions {
  readonly store?: readonly string[];
  /** YAML files of adapters, whose stores are sealed. */
  readonly config?: readonly string[];
  /** Address of the admin API of a gateway; absent: nobody is asked. */
  readonly admin?: string;
  readonly tokenFile?: string;
}

/** What a gateway has on record of a message. */
interface Exchange {
  readonly id: number;
  readonly messageId: string;
  readonly transaction: string;
  readonly state: string;
  readonly acceptedAt: string;
}

/** Prints the chain; exit code 1 when nothing is known of the number. */
export async function showTrace(report: Report, number: string, options: TraceOptions): Promise<number> {
  const { events, closed } = findEvents(number, await placesOf(options));
  const exchanges = await findExchanges(events, options);
  for (const event of events) {
    report.line(lineOf(event));
    for (const { id, messageId, transaction, state, acceptedAt } of exchanges) {
      if (messageId !== event.refs.message) continue;
      report.line(`${' '.repeat(21)}网关 gateway  ${transaction}  ${state}  ${acceptedAt}  exchange ${id}`);
    }
  }
  if (events.length === 0) report.line('没有与此编号有关的记录 nothing is on record of this number');
  for (const file of closed)
    report.line(
      `${file}: 内容已加密、未显示要点，用 --config 给出适配器配置 / facts are sealed and not shown, name the file of its adapter by --config`,
    );
  const asked = options.admin === undefined ? {} : { exchanges };
  return report.finish(events.length > 0, { events: events.map(masked), ...asked });
}

interface Place {
  readonly file: string;
  readonly encryption?: StoreEncryption;
}

async function placesOf({ store = [], config = [] }: TraceOptions): Promise<readonly Place[]> {
  const places: Place[] = store.map((file) => ({ file }));
  for (const one of config) {
    const { folder, settings, encryption } = await readAdapterFile(one);
    const { store: file } = settings;
    if (typeof file !== 'string') throw new Error(`${one}: 没有 store / it has no \`store\``);
    places.push({ file: resolve(folder, file), ...(encryption && { encryption }) });
  }
  if (places.length === 0)
    throw new Error('请用 --store 或 --config 给出存储文件 / name stores by --store or --config');
  return places;
}

function findEvents(
  number: string,
  places: readonly Place[],
): { readonly events: readonly TraceEvent[]; readonly closed: readonly string[] } {
  const stores: AdapterStore[] = [];
  try {
    for (const { file, encryption } of places) stores.push(openStore(file, { readOnly: true, encryption }));
    const closed = places.filter((_, at) => stores[at]?.sealing === 'closed').map(({ file }) => file);
    return { events: findTrace(stores, number), closed };
  } finally {
    for (const store of stores) store.close();
  }
}

/** What the gateway says of the messages of a chain: state and time, no contents. */
async function findExchanges(
  events: readonly TraceEvent[],
  { admin, tokenFile }: TraceOptions,
): Promise<readonly Exchange[]> {
  if (admin === undefined) return [];
  const { askAdmin } = await import('./admin-client.ts');
  const options = {
    url: admin,
    gateway: 'national',
    data: '.yiqiao/sandbox',
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
  const found: Exchange[] = [];
  const numbers = new Set(events.flatMap(({ refs }) => refs.message ?? []));
  for (const messageId of numbers) {
    const answer = await askAdmin(options, {
      role: 'viewer',
      path: '/admin/exchanges',
      query: { messageId },
    });
    if (answer.ok) found.push(...(answer.body as { exchanges: readonly Exchange[] }).exchanges);
  }
  return found;
}

function lineOf({ at, step, refs, facts = {} }: TraceEvent): string {
  const named = Object.entries(refs)
    .filter(([name]) => name !== 'person')
    .map(([name, value]) => `${REFS[name] ?? name} ${value}`);
  const told = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
  return maskIdentifiers(`${formatTime(at)}  ${step.padEnd(28)}  ${[...named, ...told].join('  ')}`);
}

function masked(event: TraceEvent): unknown {
  return JSON.parse(maskIdentifiers(JSON.stringify({ ...event, time: formatTime(event.at) })));
}
