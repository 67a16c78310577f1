/** The contract of adapters, checked with exchanges as the far side's documents have them: put yours here. */
import { it } from 'node:test';
import { fen } from '@yiqiao/sdk';
import { contractChecks } from '@yiqiao/sdk/testing';
import { adapter } from '../src/adapter.ts';

const checks = contractChecks(adapter, {
  calls: {
    submit: {
      request: { number: 'C1', amount: fen(1250n), chargedAt: 1_767_225_600_000 },
      // Fill in: what the far side answers to it, in its own names.
      answer: { code: '0' },
      response: { receiptNumber: 'R1' },
      refused: { code: 'E1', message: '拒绝' },
      asked: { done: { code: '0' }, notDone: { code: '0' } },
    },
    find: {
      request: { number: 'C1' },
      answer: { code: '0' },
      response: { receiptNumber: 'R1' },
      refused: { code: 'E1', message: '拒绝' },
    },
  },
});
for (const { title, run } of checks) void it(title, run);
