/** Values for the places of templates: of the clock, of the inputs, new ones, and those of earlier exchanges. */
import { formatTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Template } from '../kits/types.ts';
import { breakCode } from './broken-codes.ts';
import { asTemplate } from './exchanges.ts';
import type { Exchanges } from './exchanges.ts';
import type { Lookup } from './fill.ts';
import type { Inputs } from './inputs.ts';
import { amountNumber, findFen, textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';
import type { OwnRecord } from './own-record.ts';

/** What values are taken from. */
export interface LookupSource {
  readonly clock: Clock;
  readonly inputs: Inputs;
  readonly exchanges: Exchanges;
  readonly record: OwnRecord;
  /** The next number of the run. */
  readonly next: () => number;
}

/** The lookup of one scenario: `fresh.NAME` stays the same within it. */
export function createLookup(source: LookupSource): Lookup {
  const { clock, inputs, exchanges, record } = source;
  const fresh = new Map<string, string>();
  return function find(name: string): Template {
    if (name.startsWith('fresh.')) {
      const known = fresh.get(name) ?? freshText(source);
      fresh.set(name, known);
      return known;
    }
    if (name.startsWith('sum:')) return addUp(name.slice('sum:'.length), find);
    if (name.startsWith('broken.')) {
      const [, way = '', ...path] = name.split('.');
      return breakCode(way, textOf(find(path.join('.')) as OwnValue));
    }
    const value =
      timeText(name, clock) ??
      record.value(name) ??
      inValues(inputs.values, name) ??
      asTemplate(exchanges.value(name));
    if (value === undefined) throw new Error(`there is no value {{${name}}}`);
    return value;
  };
}

/** `sum: PLACE + PLACE - 0.01`: amounts added up and taken off. @throws Error for what is no amount */
function addUp(expression: string, find: Lookup): Template {
  const terms = expression.trim().split(/ (?=[+-] )/);
  const sum = terms.reduce((total, term) => {
    const [, sign, name = ''] = /^(?:([+-]) )?(\S+)$/.exec(term.trim()) ?? [];
    const fen = findFen(name) ?? findFen(textOf(find(name) as OwnValue));
    if (fen === undefined) throw new Error(`${name} in {{sum: ${expression.trim()}}} is no amount`);
    return sign === '-' ? total - fen : total + fen;
  }, 0n);
  return amountNumber(sum) as Template;
}

/** `clock.now`, `clock.today`, `clock.yesterday`, `clock.tomorrow`, `clock.month`, and its parts, by the suite's clock. */
function timeText(name: string, clock: Clock): string | undefined {
  const now = formatTime(clock.now());
  if (name === 'clock.now') return now;
  if (name === 'clock.today') return now.slice(0, 10);
  if (name === 'clock.yesterday') return formatTime(clock.now() - 24 * 3600 * 1000).slice(0, 10);
  if (name === 'clock.tomorrow') return formatTime(clock.now() + 24 * 3600 * 1000).slice(0, 10);
  if (name === 'clock.digits8') return now.slice(0, 10).replaceAll('-', '');
  if (name === 'clock.digits14') return now.replaceAll(/\D/g, '');
  if (name === 'clock.year') return now.slice(0, 4);
  if (name === 'clock.month-number') return now.slice(5, 7);
  return name === 'clock.month' ? now.slice(0, 7).replace('-', '') : undefined;
}

/** A text that no other scenario has: time of the suite's clock and a number, 20 digits. */
function freshText({ clock, next }: LookupSource): string {
  return `${formatTime(clock.now()).replaceAll(/\D/g, '')}${String(next()).padStart(6, '0')}`;
}

function inValues(values: Inputs['values'], name: string): Template | undefined {
  let found: Template | undefined = values as Template;
  for (const step of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string, Template>>)[step];
  }
  return found;
}
