/**
 * A stay across the year's end. The interface has 中途结算 (`mid_setl_flag`) and benefits count by the year; that fees of
 * the old year are settled before those of the new one come is inferred, and a setting: regions differ.
 */
import { GatewayError } from '@yiqiao/model';
import type { ActionContext } from './desk-types.ts';
import type { OrderedLine } from './fee-lines.ts';
import { linesOf } from './visit-record.ts';
import type { LineRecord } from './visit-record.ts';

/** @throws GatewayError `YEAR_END_SETTLEMENT_DUE` when lines to come would stand beside open ones of another year. */
export function checkYear(context: ActionContext, coming: readonly OrderedLine[]): void {
  if (context.parts.settings.acrossYears === 'together' || coming.length === 0) return;
  const open = linesOf(context.parts.store, context.order.visit).filter(
    ({ settledBy }) => settledBy === undefined,
  );
  const years = new Set([...open, ...coming].map(yearOf));
  if (years.size < 2) return;
  const oldest = [...years].toSorted()[0] ?? '';
  throw new GatewayError('YEAR_END_SETTLEMENT_DUE', {
    facts: {
      visit: context.order.visit,
      year: oldest,
      openLines: open.filter((line) => yearOf(line) === oldest).length,
    },
  });
}

function yearOf({ line }: Pick<OrderedLine | LineRecord, 'line'>): string {
  return line.feeTime.slice(0, 4);
}
