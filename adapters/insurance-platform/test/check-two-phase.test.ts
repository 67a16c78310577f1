import assert from 'node:assert/strict';
import { checkMaps } from '@yiqiao/insurance-platform';
import { createRegistry } from '@yiqiao/registry';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

describe('The two-phase calls of a profile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-two-phase-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Faults of a profile that extends 浙江 with this `twoPhase`: place and name. */
  function faults(twoPhase: object): readonly (string | undefined)[] {
    const profile = {
      id: 'place',
      extends: 'zhejiang',
      version: '1',
      title: { zh: '示例', en: 'Example' },
      twoPhase,
      source: 'made up for a test',
      confidence: 'project design',
    };
    mkdirSync(join(folder, 'place'));
    writeFileSync(join(folder, 'place', 'profile.json'), JSON.stringify(profile));
    const registry = createRegistry({ regions: pathToFileURL(`${folder}/`) });
    return checkMaps(registry, 'place', { seed: 1 })
      .faults.filter(({ rule }) => rule === 'two-phase')
      .map(({ at, found }) => `${at.slice(at.indexOf('#/twoPhase/') + 11)} ${found}`);
  }

  const confirm = { transaction: '49', does: 'confirm', original: '医保交易流水号' };

  for (const [title, twoPhase, found] of [
    ['are sound when every name is known', { operations: ['settleOutpatient'], calls: [confirm] }, []],
    [
      'name transactions of the profile',
      { calls: [{ ...confirm, transaction: '48' }] },
      ['calls/0/transaction 48'],
    ],
    [
      'name elements of the request',
      { calls: [{ ...confirm, original: '流水号' }] },
      ['calls/0/original 流水号'],
    ],
    [
      'name elements in conditions and in what is filled in',
      { calls: [{ ...confirm, when: { 结果: ['1'] }, fill: { 类型: 'transaction' } }] },
      ['calls/0/when 结果', 'calls/0/fill 类型'],
    ],
    [
      'name elements of the answer',
      { calls: [{ ...confirm, answer: { 号: 'original' }, results: { at: '词', done: ['1'] } }] },
      ['calls/0/answer 号', 'calls/0/at 词'],
    ],
    [
      'name operations of the model',
      { operations: ['settleEverything'], calls: [] },
      ['operations settleEverything'],
    ],
  ] as const) {
    it(title, () => {
      assert.deepEqual(faults(twoPhase), found);
    });
  }
});
