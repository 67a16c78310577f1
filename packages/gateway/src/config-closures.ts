/** The part of a configuration that says when far sides are closed. Times are China's. */
import { findTime } from '@yiqiao/model';
import type { Closure, ClosureWindow } from './closures.ts';
import type { ConfigNode } from './config-node.ts';
import { readRegion } from './config-region.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** A time as written; the member says how often it comes back. */
interface Moment {
  readonly repeats: ClosureWindow['repeats'];
  readonly at: number;
}

/** Reads one item of `closures`. */
export function readClosure(node: ConfigNode): Closure {
  const peer = node.member('peer');
  const region = node.member('region');
  const text = node.member('text');
  const transactions = node.member('transactions');
  const closure: Closure = {
    ...(peer.exists && { peer: peer.text() }),
    ...(region.exists && { region: readRegion(region) }),
    window: readWindow(node),
    reason: node.member('reason').choice(['maintenance', 'year-end', 'other']),
    ...(text.exists && { text: readText(text) }),
    ...(transactions.exists && { transactions: transactions.items().map((item) => item.text()) }),
  };
  node.finish();
  if (peer.exists === region.exists) {
    node.report('required', {
      zh: '须给出 peer（对端）或 region（参保地）之一，不能都给',
      en: 'needs exactly one of peer (a far side) and region (an insured place)',
    });
  }
  return closure;
}

function readText(node: ConfigNode): NonNullable<Closure['text']> {
  const text = { zh: node.member('zh').text(), en: node.member('en').text() };
  node.finish();
  return text;
}

function readWindow(node: ConfigNode): ClosureWindow {
  const last = node.member('to');
  const from = readMoment(node.member('from'));
  const to = readMoment(last);
  const nothing: ClosureWindow = { repeats: 'never', from: 0, to: 0 };
  if (from === undefined || to === undefined) return nothing;
  if (from.repeats !== to.repeats) {
    last.report('format', {
      zh: 'from 与 to 须用同一种写法',
      en: 'from and to must be written in the same way',
    });
    return nothing;
  }
  if (to.at === from.at || (to.repeats === 'never' && to.at < from.at)) {
    last.report('range', { zh: 'to 须晚于 from', en: 'to must be after from' });
  }
  return { repeats: from.repeats, from: from.at, to: to.at };
}

function readMoment(node: ConfigNode): Moment | undefined {
  const text = node.text();
  const moment = findMoment(text);
  if (moment === undefined && text !== '') {
    node.report('format', {
      zh: '应为北京时间 "2026-12-31 22:00"、每天 "23:30" 或每周 "sun 01:00"（mon 至 sun）',
      en: 'must be "2026-12-31 22:00" in China’s time, "23:30" for every day, or "sun 01:00" for every week (mon to sun)',
    });
  }
  return moment;
}

function findMoment(text: string): Moment | undefined {
  const once = findTime(`${text}:00`);
  if (once !== undefined) return { repeats: 'never', at: once };
  const [, day, hours, minutes] = /^(?:([a-z]{3}) )?([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const at = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  if (day === undefined) return { repeats: 'daily', at };
  const index = DAYS.indexOf(day);
  return index < 0 ? undefined : { repeats: 'weekly', at: index * DAY_MS + at };
}
