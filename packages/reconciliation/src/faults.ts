/** What is wrong with the inputs: all of it at once, with file and line. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';

/** Texts of a rule. */
const RULES = {
  unreadable: { zh: '文件无法读取，请核对路径与权限', en: 'the file cannot be read; check path and rights' },
  charset: {
    zh: '字符集与约定不符（found 为约定），请按约定导出或改配置',
    en: 'not in the agreed charset (found); export it so, or change the setting',
  },
  'missing-column': {
    zh: '缺少列（found 为列名），请核对表头或列对照',
    en: 'a column is missing (found is its name); check the header or the map of columns',
  },
  'cell-count': { zh: '列数与表头不符', en: 'not as many cells as the header has' },
  quote: { zh: '引号未成对', en: 'a quotation mark is not closed' },
  'empty-id': { zh: '结算ID为空', en: 'the settlement id is empty' },
  'bad-id': {
    zh: '结算ID含制表符或超过 60 字',
    en: 'the settlement id has a tab or more than 60 characters',
  },
  amount: { zh: '金额应为至多两位小数的数', en: 'an amount must be a number with two decimals at most' },
  'other-day': { zh: '结算时间不是对账日', en: 'settled on another day than the one reconciled' },
  duplicate: { zh: '同一结算出现两次', en: 'the same settlement occurs twice' },
  total: {
    zh: '合计与明细不符（found 为 文件合计/明细合计）',
    en: 'the total is not that of the rows (found: stated/summed)',
  },
  'trailer-missing': {
    zh: '缺少合计行，文件可能不完整',
    en: 'the line of totals is missing: the file may be cut off',
  },
  'after-trailer': { zh: '合计行之后还有内容', en: 'there is something after the line of totals' },
} as const satisfies Readonly<Record<string, { readonly zh: string; readonly en: string }>>;

/** What can be wrong. */
export type InputRule = keyof typeof RULES;

/** Faults as plain data. */
export interface ListedFaults {
  readonly faults: readonly Fault[];
  readonly count: number;
}

const MOST_LISTED = 200;

/** Collects faults. */
export class InputFaults {
  readonly #faults: Fault[] = [];
  #count = 0;

  /** Notes one; `line` from 1. */
  add(
    rule: InputRule,
    at: { readonly file: string; readonly line?: number | string; readonly found?: string },
  ): void {
    this.#count += 1;
    if (this.#faults.length >= MOST_LISTED) return;
    const { file, line, found } = at;
    this.#faults.push({
      rule,
      at: line === undefined ? file : `${file}:${line}`,
      field: rule,
      label: { zh: '对账文件', en: 'reconciliation input' },
      ...(found !== undefined && { found }),
      message: RULES[rule],
    });
  }

  /** Takes over what another collection has; its faults beyond the listed ones count too. */
  take({ faults, count }: ListedFaults): void {
    this.#faults.push(...faults.slice(0, Math.max(0, MOST_LISTED - this.#faults.length)));
    this.#count += count;
  }

  /** What was collected, as plain data. */
  listed(): ListedFaults {
    return { faults: this.#faults, count: this.#count };
  }

  get any(): boolean {
    return this.#count > 0;
  }

  /** @throws GatewayError `RECONCILIATION_INPUT_INVALID` when there are any. */
  throwIfAny(): void {
    if (!this.any) return;
    throw new GatewayError('RECONCILIATION_INPUT_INVALID', {
      faults: this.#faults,
      facts: { faults: this.#count },
    });
  }
}
