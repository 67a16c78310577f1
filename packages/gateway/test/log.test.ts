import assert from 'node:assert/strict';
import { citizenCheckCharacter, createIdentifierSearch, GatewayError, maskIdentifiers } from '@yiqiao/model';
import { createLogger } from '#internal/log.ts';

/** An identity number of nobody: region 000000. */
const NUMBER = `00000019900101001${citizenCheckCharacter('00000019900101001')}`;
const PHONE = '13900000000';

/** The lines that a logger writes. */
function linesOf(write: (logger: ReturnType<typeof createLogger>) => void): readonly string[] {
  const lines: string[] = [];
  write(
    createLogger({ logLevel: 'info', name: 'g', role: 'hub' }, { write: (line) => void lines.push(line) }),
  );
  return lines;
}

describe('what leaves the gateway beside messages', () => {
  const kept = ['H00000000001202611210902000001', '2207', '1795222923000', '330100', 'A0000002601010000001'];
  for (const text of kept) {
    it(`keeps ${text}, which names nobody`, () =>
      assert.equal(maskIdentifiers(`"id":"${text}"`), `"id":"${text}"`));
  }

  const masked: readonly (readonly [string, string])[] = [
    [NUMBER, `0${'*'.repeat(16)}${NUMBER.slice(-1)}`],
    [PHONE, `1${'*'.repeat(9)}0`],
    [`姓名：测试甲 ${NUMBER}`, `姓名：测*甲 0${'*'.repeat(16)}${NUMBER.slice(-1)}`],
  ];
  for (const [text, wanted] of masked) {
    it(`masks ${wanted}`, () => assert.equal(maskIdentifiers(text), wanted));
  }

  it('has no identity number in a log line, wherever a caller put it', () => {
    const [line = ''] = linesOf((logger) => {
      logger.info({ messageId: NUMBER, institution: PHONE, deviations: [`unknown-member /input/${NUMBER}`] });
    });
    assert.deepEqual(createIdentifierSearch()(line), []);
    assert.equal((JSON.parse(line) as { messageId: string }).messageId, maskIdentifiers(NUMBER));
  });

  it('tells of an error its code, facts, rules and places, and nothing that it quotes', () => {
    const cause = new SyntaxError('Unexpected token in {"psn_name":"测试甲"}', {
      cause: new TypeError('x is not a function'),
    });
    const error = new GatewayError(
      'UPSTREAM_REJECTED',
      {
        upstream: { code: '-1', text: '参保人测试甲未参保' },
        facts: { transaction: '2207' },
        faults: [
          {
            rule: 'length',
            at: '/input/data/psn_name',
            field: 'psn_name',
            label: { zh: '姓名', en: 'name' },
            found: '测试甲',
            message: { zh: '测试甲过长', en: 'too long' },
          },
        ],
      },
      { cause },
    );
    const [line = ''] = linesOf((logger) => logger.error({ err: error }, 'trouble'));
    assert(!line.includes('测试甲'), line);
    const { err } = JSON.parse(line) as { err: Record<string, unknown> };
    assert.deepEqual(
      [err['code'], err['transaction'], err['faults']],
      ['UPSTREAM_REJECTED', '2207', ['length /input/data/psn_name']],
    );
    assert.match(line, /SyntaxError/);
    assert.match(line, /x is not a function/);
    assert.match(line, /log\.test\.ts/);
  });
});
