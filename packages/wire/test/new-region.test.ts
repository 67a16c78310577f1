import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';
import { createWireCodec } from '@yiqiao/wire';
import type { WireCodec } from '@yiqiao/wire';
import { caught, text, utf8 } from './caught.ts';

const title = { zh: '新省', en: 'New province' };
const origin = { version: '1', title, source: 'test', confidence: 'project design' };
const envelope = {
  charset: 'UTF-8',
  open: '<<',
  close: '>>',
  fieldSeparator: '|',
  itemSeparator: ';',
  requestPrefix: ['操作员'],
  responsePrefix: ['状态', '说明'],
  answer: { code: '状态', text: '说明', success: { equals: 'OK' } },
};
const field = (name: string, type = 'string'): object => ({
  name,
  label: { zh: name },
  type,
  required: false,
});

/** All that a province consists of: a profile, its envelope, its transactions. */
const FILES = {
  'national/pooling-areas.json': { areas: [] },
  'national/routing.json': { ranges: [], reads: [] },
  'provincial/new-province/profile.json': {
    id: 'new-province',
    ...origin,
    codec: 'delimited-text',
    dialect: 'new-province',
    textOnly: true,
    envelope,
  },
  'provincial/new-province/envelope.json': {
    request: [field('操作员')],
    response: [field('状态'), field('说明')],
  },
  'provincial/new-province/transactions/K01.json': {
    number: 'K01',
    name: { zh: '门诊结算', en: 'Outpatient settlement' },
    request: [
      { node: '', repeated: false, fields: [field('病人'), field('明细', 'array')] },
      { node: '明细', repeated: true, fields: [field('项目'), field('金额')] },
    ],
    response: [{ node: '', repeated: false, fields: [field('结算号')] }],
  },
  'provincial/broken/profile.json': { id: 'broken', ...origin, extends: 'new-province', codec: 'delimited' },
};

describe('a province added as files only', () => {
  let folder: string;
  let registry: Registry;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-region-'));
    for (const [path, content] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), JSON.stringify(content));
    }
    registry = createRegistry({ schemas: pathToFileURL(`${folder}/`) });
  });
  after(() => rmSync(folder, { recursive: true }));

  const codecOf = (region: string): WireCodec =>
    createWireCodec(registry.profile(region), {
      layout: (transaction, direction) => registry.definition(region, transaction)?.[direction],
    });

  it('has its requests read and its answers written', () => {
    const codec = codecOf('new-province');
    const request = codec.readRequest(utf8('<<001|测试甲|A;1.00;B;2.00>>'), { transaction: 'K01' });
    assert.deepEqual(request.body, {
      病人: '测试甲',
      明细: [
        { 项目: 'A', 金额: '1.00' },
        { 项目: 'B', 金额: '2.00' },
      ],
    });
    const answer = {
      transaction: 'K01',
      success: true,
      code: 'OK',
      text: '',
      envelope: {},
      body: { 结算号: 'S1' },
    };
    assert.equal(text(codec.writeResponse(answer)), '<<OK||S1>>');
  });

  it('stops nobody when it names a codec that does not exist, but is never used', () => {
    const error = caught(() => codecOf('broken'));
    assert.deepEqual(
      [error.code, error.details.faults?.[0]?.at],
      ['PROFILE_BROKEN', 'schemas/provincial/broken/profile.json#/codec'],
    );
    assert.notEqual(codecOf('new-province'), undefined);
  });
});
