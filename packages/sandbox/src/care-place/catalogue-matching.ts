/** 3301 and 3302 at the care place: which item of the catalogue an institution's own item is. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';

const NEEDED = [
  'fixmedins_hilist_id',
  'fixmedins_hilist_name',
  'list_type',
  'med_list_codg',
  'begndate',
  'enddate',
];

/** Matching and its withdrawal; a matching that is sent again replaces the former. */
export function matchingHandlers(): Readonly<Record<string, TransactionHandler>> {
  const matched = new Map<string, JsonObject>();
  return {
    3301: (request) => match(matched, request),
    3302: ({ input }) => {
      const data = child(input, 'data');
      const key = keyOf(leaf(data, 'fixmedins_code'), data);
      return matched.delete(key)
        ? { output: null }
        : { refusal: `未查询到目录对照：${leaf(data, 'fixmedins_hilist_id')}` };
    },
  };
}

function match(matched: Map<string, JsonObject>, { input, envelope }: CoreRequest): CoreAnswer {
  const rows = children(input, 'data');
  if (rows.length === 0) return { refusal: '目录对照为空' };
  const faults = rows.flatMap((row, at) => {
    const missing = missingMembers(row, NEEDED)?.refusal;
    if (missing !== undefined) return [`第 ${at + 1} 条${missing}`];
    return leaf(row, 'enddate') < leaf(row, 'begndate') ? [`第 ${at + 1} 条结束日期早于开始日期`] : [];
  });
  if (faults.length > 0) return { refusal: faults.slice(0, 10).join('；') };
  const institution = leaf(envelope, 'fixmedins_code');
  for (const row of rows) matched.set(keyOf(institution, row), row);
  return { output: null };
}

function keyOf(institution: string, row: JsonObject): string {
  const parts = ['fixmedins_hilist_id', 'list_type', 'med_list_codg'].map((name) => leaf(row, name));
  return [institution, ...parts].join('\t');
}
