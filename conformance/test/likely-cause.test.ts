import assert from 'node:assert/strict';
import { findLikelyCause } from '#internal/run/likely-cause.ts';
import type { Exchange } from '#internal/run/exchanges.ts';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();
const HOUR_MS = 3_600_000;

/** A refused message from a target whose machine is off by so much. */
function refusedBy(offMs: number, text = '未查询到参保人员信息'): Exchange {
  const answer = { success: false, code: '-1', text, envelope: {}, output: {}, body: null };
  return {
    name: 'asked',
    infno: '1101',
    msgid: '',
    at: '2020-01-01 00:00:00',
    sent: Buffer.alloc(0),
    reply: {
      came: true,
      status: 200,
      bytes: Buffer.alloc(0),
      ms: 1,
      headers: { date: new Date(Date.now() + offMs).toUTCString() },
    },
    read: { state: 'read', answer },
  };
}

function causeOf(exchange: Exchange, timely: boolean): string {
  return (
    findLikelyCause(exchange, { registry, profile: 'national', signing: undefined, timely, json: true })
      ?.en ?? ''
  );
}

describe('The likely cause of what was not met', () => {
  it('is never the clock of a target whose machine has the right time, whatever time the run has', () => {
    for (const timely of [true, false]) assert.equal(causeOf(refusedBy(0), timely), '');
  });

  it('is the clock where times matter', () => {
    assert.match(causeOf(refusedBy(HOUR_MS), true), /clock is 3[56]\d\d s away/);
  });

  it('is the clock where nothing else explains a refusal', () => {
    assert.match(causeOf(refusedBy(-HOUR_MS), false), /clock/);
    assert.match(causeOf(refusedBy(-HOUR_MS, '验签失败'), false), /no signing/);
  });

  it('is not the clock where the answer came and something else in it is wrong', () => {
    const exchange = refusedBy(HOUR_MS);
    const { read } = exchange;
    assert.ok(read?.state === 'read');
    const accepted: Exchange = {
      ...exchange,
      read: { state: 'read', answer: { ...read.answer, success: true } },
    };
    assert.equal(causeOf(accepted, false), '');
  });

  it('is the byte order mark where a reader stumbles over it', () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{}')]);
    const why = { zh: '', en: '' };
    const exchange = refusedBy(0);
    assert.ok(exchange.reply.came);
    const marked: Exchange = {
      ...exchange,
      reply: { ...exchange.reply, bytes },
      read: { state: 'unreadable', why },
    };
    assert.match(causeOf(marked, false), /byte order mark/);
  });
});
