import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';
import { startWaitingGateway } from './waiting-gateway.ts';
import type { WaitingGateway } from './waiting-gateway.ts';

describe('yiqiao exchanges', () => {
  let waiting: WaitingGateway;
  beforeEach(async () => {
    waiting = await startWaitingGateway(makeFolder());
  });
  afterEach(() => waiting.close());
  after(endAll);

  const finding = ['--reason', '电话核实，未结算', '--as', 'rejected'];
  const resolving = (...more: string[]): string[] => ['exchanges', 'resolve', '1', ...finding, ...more];

  it('lists what waits for a person in the running sandbox', async () => {
    const { code, out } = await speak('exchanges', 'list', '--data', waiting.folder);
    assert.equal(code, 0);
    assert.match(out, /^#1 .* 2207 .*H53010000002202601010000000001 .*handed-to-person/);
    const figures = figuresOf(await speak('exchanges', 'list', '--data', waiting.folder, '--json'));
    assert.deepEqual(
      (figures['exchanges'] as { id: number; state: string }[]).map(({ id, state }) => [id, state]),
      [[1, 'handed-to-person']],
    );
  });

  it('asks any gateway, given its address and a token', async () => {
    const target = ['--url', waiting.admin, '--token-file', waiting.tokenFiles.viewer, '--data', '/nowhere'];
    const all = figuresOf(
      await speak('exchanges', 'list', '--state', 'all', '--limit', '1', ...target, '--json'),
    );
    assert.deepEqual([all['ok'], all['next']], [true, 1]);
    const open = figuresOf(await speak('exchanges', 'list', '--state', 'open', ...target, '--json'));
    assert.deepEqual(open, { ok: true, exchanges: [] });
  });

  it('shows an exchange with the messages sent for it', async () => {
    const { code, out } = await speak('exchanges', 'show', '1', '--data', waiting.folder);
    assert.equal(code, 0);
    assert.match(out, /1\. .* forward 2207 → core .* unknown/);
    assert.match(out, /2\. .* reverse 2601 → core .* rejected/);
    const spoken = await speak('exchanges', 'show', '1', '--data', waiting.folder, '--json');
    assert.equal((figuresOf(spoken)['exchange'] as { id: number }).id, 1);
  });

  it('tells where a person sees what became of it, and how the result is written down', async () => {
    const shown = await speak('exchanges', 'show', '1', '--data', waiting.folder);
    assert.match(shown.out, /2207 是否办成 \/ whether it was done: 3202，.*msgid.*needs: .*file_qury_no/);
    assert.match(shown.out, /2207 是否办成 \/ whether it was done: 5206，/);
    assert.doesNotMatch(shown.out, /2601 是否办成/);
    assert.match(shown.out, /yiqiao exchanges resolve 1 --as/);
    const { whereToLook } = figuresOf(
      await speak('exchanges', 'show', '1', '--data', waiting.folder, '--json'),
    ) as { whereToLook: { transaction: string; shownBy: { query: string }[] }[] };
    assert.deepEqual(
      whereToLook.map(({ transaction, shownBy }) => [transaction, shownBy.map(({ query }) => query)]),
      [['2207', ['3202', '5206']]],
    );
    await speak(...resolving('--data', waiting.folder));
    assert.doesNotMatch((await speak('exchanges', 'show', '1', '--data', waiting.folder)).out, /是否办成/);
  });

  it('resolves an exchange, so that the cashier who sends it again is told', async () => {
    const { code, out } = await speak(...resolving('--data', waiting.folder));
    assert.equal(code, 0, out);
    assert.match(out, /rejected, 沙箱 operator, .*电话核实，未结算/);
    const { status, text } = await waiting.resend();
    assert.equal(status, 200);
    assert.match(text, /"infcode": ?"?-1"?/);
    const again = await speak(...resolving('--data', waiting.folder, '--json'));
    const { ok, status: refused, code: why } = figuresOf(again);
    assert.deepEqual([again.code, ok, refused, why], [1, false, 409, 'NOT_WITH_PERSON']);
  });

  it('shows the messages themselves to those who may see them, for a reason', async () => {
    const show = ['exchanges', 'show', '1', '--reveal', '--data', waiting.folder];
    const { code, out } = await speak(...show, '--reason', '核对金额');
    assert.equal(code, 0, out);
    assert.match(out, /收到 received .*\n.*测试经办/);
    const without = await speak(...show, '--json');
    const { faults } = figuresOf(without) as { faults: { at: string }[] };
    assert.deepEqual([without.code, faults.map(({ at }) => at)], [1, ['/body/reason']]);
    const viewer = await speak(...show, '--reason', '看看', '--token-file', waiting.tokenFiles.viewer);
    assert.equal(viewer.code, 2);
    assert.match(viewer.err, /FORBIDDEN/);
  });

  it('finds exchanges by transaction, peer and day', async () => {
    const list = async (...args: string[]): Promise<number> =>
      (
        figuresOf(await speak('exchanges', 'list', ...args, '--data', waiting.folder, '--json'))[
          'exchanges'
        ] as []
      ).length;
    assert.equal(await list('--transaction', '2207', '--peer', 'his'), 1);
    assert.equal(await list('--day', '2020-01-01'), 0);
  });

  it('lists odd answers in a section of their own, with region, what is odd and since when', async () => {
    await waiting.settleOddly();
    const { code, out } = await speak('exchanges', 'list', '--data', waiting.folder);
    assert.equal(code, 0);
    assert.match(out, /^#1 .*handed-to-person.*\n应答存疑 odd answers\n#2 /);
    const place = 'identity /output/setlinfo/medfee_sumamt';
    assert.match(out, new RegExp(`\n#2  530100  2207  \\S+2  answered  自 since \\S+Z  ${place}\n$`));
    const figures = figuresOf(await speak('exchanges', 'list', '--data', waiting.folder, '--json'));
    const idsOf = (name: string): number[] => (figures[name] as { id: number }[]).map(({ id }) => id);
    assert.deepEqual([idsOf('exchanges'), idsOf('odd')], [[1], [2]]);
    const shown = await speak('exchanges', 'show', '2', '--data', waiting.folder);
    assert.match(
      shown.out,
      /nobody has looked since .*\n  1\. ← core  identity \/output\/setlinfo\/medfee_sumamt/,
    );
    assert.match(shown.out, /medfee_sumamt 12\.50 ≠ .*psn_part_amt 7\.50.*差额 5\.00 元。公式：/);
    assert.match(shown.out, /difference 5\.00 CNY\. Formula: /);
  });

  it('closes odd answers with a note, several at a time, and says who looked', async () => {
    await waiting.settleOddly();
    const note = ['--reason', '已与参保地核对，属实', '--data', waiting.folder];
    const looked = (...ids: string[]): string[] => ['exchanges', 'looked', ...ids, ...note];
    const { code, out } = await speak(...looked('2'));
    assert.equal(code, 0, out);
    assert.match(out, /已查看 looked at by 沙箱 operator, .*: 已与参保地核对，属实/);
    const list = async (odd: string): Promise<string> =>
      (await speak('exchanges', 'list', '--odd', odd, '--data', waiting.folder)).out;
    assert.equal(await list('waiting'), '没有 none\n');
    assert.match(await list('looked'), /\n#2 .*answered  已查看 looked at/);
    const again = await speak(...looked('2', '1'), '--json');
    assert.deepEqual([again.code, figuresOf(again)['code']], [1, 'NOTHING_TO_LOOK_AT']);
  });

  const refusals = [
    { title: 'an exchange that does not exist', args: ['show', '99'], why: 'NOT_FOUND' },
    { title: 'a number that leads elsewhere', args: ['show', '1/../../x'], why: 'NOT_FOUND' },
    { title: 'a state that does not exist', args: ['list', '--state', 'lost'], why: 'QUERY_INVALID' },
  ];
  for (const { title, args, why } of refusals) {
    it(`ends with 1 for ${title}`, async () => {
      const spoken = await speak('exchanges', ...args, '--data', waiting.folder, '--json');
      assert.deepEqual([spoken.code, figuresOf(spoken)['code']], [1, why]);
    });
  }

  it('ends with 2 and says why when the gateway cannot be asked', async () => {
    const wrong = join(waiting.folder, 'wrong.token');
    writeFileSync(wrong, 'wrong');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--data', makeFolder()], /no sandbox found/],
      [['--data', waiting.folder, '--gateway', 'nobody'], /national, predecessor, hub, insuredPlace/],
      [['--data', waiting.folder, '--token-file', wrong], /TOKEN_INVALID/],
      [['--data', waiting.folder, '--token-file', '/nowhere'], /token file cannot be read/],
      [['--data', waiting.folder, '--url', 'http://127.0.0.1:9'], /does not answer/],
      [['--data', waiting.folder, '--url', 'nonsense'], /no http\(s\) address/],
    ];
    for (const [args, why] of cases) {
      const { code, err } = await speak('exchanges', 'list', ...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, why);
    }
  });
});

describe('yiqiao peers', () => {
  let waiting: WaitingGateway;
  beforeEach(async () => {
    waiting = await startWaitingGateway(makeFolder());
  });
  afterEach(() => waiting.close());
  after(endAll);

  it('lists each far side of a gateway in one line', async () => {
    const { code, out } = await speak('peers', 'list', '--data', waiting.folder);
    const lines = out.trim().split('\n');
    assert.equal(code, 0);
    assert(lines.length > 0);
    for (const line of lines) assert.match(line, /^\S+  正常 ok  .*waiting 0 .*unknown 0/);
    const figures = figuresOf(await speak('peers', 'list', '--data', waiting.folder, '--json'));
    assert.deepEqual([figures['ok'], (figures['peers'] as unknown[]).length], [true, lines.length]);
  });
});
