/** Damage to a journal file, with its place and what to do about it. */
import type { Damage, ExchangeKey } from './types.ts';

/** Something in a journal file that is not as it was written. */
export interface FileDamage {
  /**
   * `page-damaged`: SQLite finds its own structures broken. `entry-stray`: it belongs to no exchange's chain.
   * `order-impossible`: the entries tell what cannot have happened. `reference-broken`: a table names what is not there.
   * `audit-damaged`: the audit log was changed or cut; `found` says how.
   */
  readonly kind:
    | Damage['kind']
    | 'page-damaged'
    | 'entry-stray'
    | 'order-impossible'
    | 'reference-broken'
    | 'audit-damaged';
  /** Number of the entry; absent when no single entry is wrong. */
  readonly entry?: number;
  /** The exchange, as far as it is known. */
  readonly exchange?: { readonly id: number; readonly key?: ExchangeKey; readonly transaction?: string };
  /** What the store itself says. */
  readonly found?: string;
  /** What it means and what to do. */
  readonly message: { readonly zh: string; readonly en: string };
}

/** What each kind means. Nothing is repaired: whoever repairs decides what was told, and that needs a person. */
const MESSAGES: Readonly<Record<FileDamage['kind'], FileDamage['message']>> = {
  'page-damaged': {
    zh: '文件结构已损坏。请停用网关，保留原文件（连同 -wal），从备份恢复；备份之后的交易逐笔向对方核实。',
    en: 'The structure of the file is damaged. Stop the gateway, keep the file (and its -wal), restore a backup, and ask the far side about each exchange since.',
  },
  'entry-changed': {
    zh: '该条目写入后被改动。网关不会据此答复；请与备份比对，并向对方核实该交易的结果。',
    en: 'This entry was changed after it was written. The gateway tells nothing of it; compare it with a backup and ask the far side for the outcome.',
  },
  'entry-missing': {
    zh: '该条目缺失。网关不会据此答复；请与备份比对，并向对方核实该交易的结果。',
    en: 'This entry is missing. The gateway tells nothing of this exchange; compare with a backup and ask the far side for the outcome.',
  },
  'state-differs': {
    zh: '索引表与条目不一致。条目是准的；请与备份比对，并向对方核实该交易的结果。',
    en: 'The tables disagree with the entries, which count. Compare with a backup and ask the far side for the outcome.',
  },
  'entry-stray': {
    zh: '该条目不在任何交易的链上：交易行被删除或改动。请与备份比对，并向对方核实该交易的结果。',
    en: 'This entry is in no exchange’s chain: the row of the exchange was deleted or changed. Compare with a backup and ask the far side for the outcome.',
  },
  'order-impossible': {
    zh: '条目的先后不可能发生，疑为程序缺陷。请保留文件并报告；向对方核实该交易的结果。',
    en: 'The entries tell what cannot have happened, which points to a fault of the program. Keep the file, report it, and ask the far side for the outcome.',
  },
  'reference-broken': {
    zh: '某表引用的记录不存在。请与备份比对；台账金额以条目为准。',
    en: 'A table refers to a record that is not there. Compare with a backup; for amounts the entries count.',
  },
  'audit-damaged': {
    zh: '审计日志被改动或截断。请保留文件，与备份及网关日志中的审计散列比对，并查明谁能写该文件。',
    en: 'The audit log was changed or cut. Keep the file, compare with a backup and with the hashes of audit entries in the gateway’s log, and find out who can write the file.',
  },
};

/** Damage with its message. */
export function damageOf(damage: Omit<FileDamage, 'message'>): FileDamage {
  return { ...damage, message: MESSAGES[damage.kind] };
}
