import assert from 'node:assert/strict';
import { describeError, GatewayError } from '@yiqiao/sdk';
import { SETTLEMENT } from './bodies.ts';
import { rejectionOf } from './errors.ts';
import { clientOf, endAll, startPlatform } from './platform.ts';
import type { Told } from './platform.ts';

const told = (code: string, more: object = {}): Told => ({
  refusal: `[${code}] …`,
  yiqiao: { code, outcome: 'not-done', ...more },
});

describe('An error, described', () => {
  afterEach(endAll);

  const cases: readonly (readonly [what: string, told: Told, expected: readonly string[]])[] = [
    ['a refusal of the platform', { refusal: '收费批次已结算' }, ['UPSTREAM_REJECTED', 'far-side', 'no']],
    ['a refusal of the gateway', told('ROUTE_MISSING'), ['ROUTE_MISSING', 'gateway', 'no']],
    [
      'a refusal of the platform behind the gateway',
      told('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '不予支付' } }),
      ['UPSTREAM_REJECTED', 'far-side', 'no'],
    ],
    [
      'a refusal of a gateway behind the gateway',
      told('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '[REVERSED] 应答丢失，已自动冲正' } }),
      ['REVERSED', 'gateway', 'no'],
    ],
    [
      'a settlement that stands from an earlier message',
      told('ALREADY_DONE', { facts: { originalMessageId: 'H53010000001202601010800000001' } }),
      ['ALREADY_DONE', 'gateway', 'yes'],
    ],
    [
      'a code in the text only',
      { refusal: '[REGION_UNKNOWN] 参保地区划不存在' },
      ['REGION_UNKNOWN', 'gateway', 'no'],
    ],
    ['a code that nobody knows', told('BRAND_NEW'), ['UPSTREAM_REJECTED', 'far-side', 'no']],
    [
      'a text of somebody on the way that claims a refusal',
      { status: 504, text: '[MESSAGE_INVALID] nothing was done' },
      ['UPSTREAM_TIMEOUT', 'nobody', 'unknown'],
    ],
    [
      'an outcome that is not known further on',
      { status: 504, text: '[READ_UNANSWERED] …\n' },
      ['READ_UNANSWERED', 'gateway', 'unknown'],
    ],
  ];
  for (const [what, answer, expected] of cases) {
    it(`says who spoke and what may have happened: ${what}`, async () => {
      const platform = await startPlatform(() => answer);
      const error = await rejectionOf(clientOf(platform.url).outpatient.settle(SETTLEMENT));
      const { code, whoSpoke, mayHaveActed, cashier, whatToDo } = describeError(error);
      assert.deepEqual([code, whoSpoke, mayHaveActed], expected);
      for (const text of [cashier.zh, cashier.en, whatToDo.zh, whatToDo.en]) assert.notEqual(text, '');
    });
  }

  it('says that nothing left when nobody was there', async () => {
    const platform = await startPlatform(() => 'lost');
    await platform.close();
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(SETTLEMENT));
    const { code, whoSpoke, mayHaveActed } = describeError(error);
    assert.deepEqual([code, whoSpoke, mayHaveActed], ['UPSTREAM_UNREACHABLE', 'nobody', 'no']);
  });

  it('bears the faults, the far side’s words and the message to ask about', async () => {
    const fault = {
      rule: 'required',
      at: '/input/data/mdtrt_id',
      field: 'mdtrt_id',
      label: { zh: '就诊ID', en: 'visit' },
      message: { zh: '必填', en: 'required' },
    };
    const platform = await startPlatform(() => told('MESSAGE_INVALID', { faults: [fault] }));
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(SETTLEMENT));
    const { faults, messageId } = describeError(error);
    assert.deepEqual(faults, [{ ...fault, at: '/visitId' }]);
    assert.equal(messageId, platform.came[0]?.msgid);
  });

  it('counts what is no error of ours as unknown', () => {
    assert.deepEqual(
      [new Error('x'), new GatewayError('CONFIG_INVALID'), new GatewayError('MESSAGE_INVALID')].map(
        (error) => {
          const { code, whoSpoke, mayHaveActed } = describeError(error);
          return [code, whoSpoke, mayHaveActed];
        },
      ),
      [
        ['INTERNAL', 'nobody', 'unknown'],
        ['CONFIG_INVALID', 'settings', 'no'],
        ['MESSAGE_INVALID', 'you', 'no'],
      ],
    );
  });
});
