import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCsvSheet } from '@yiqiao/reconciliation';
import type { SideFile } from '@yiqiao/reconciliation';
import { GatewayError } from '@yiqiao/sdk';
import fc from 'fast-check';
import { COLUMNS, makeFolder, reconcile, writeBook } from './book-files.ts';
import type { Line } from './book-files.ts';

let place: ReturnType<typeof makeFolder>;
const upTo = (count: number): Line[] => Array.from({ length: count }, (_, index) => ({ n: index + 1 }));

describe('Books of a day in three files', () => {
  beforeEach(() => {
    place = makeFolder();
  });
  afterEach(() => place.remove());

  const book = (name: string, lines: readonly (Line | string)[]): SideFile =>
    writeBook(place.folder, name, lines);

  it('that are the same agree, in whatever order and writing of amounts', async () => {
    const gateway = book('gateway', upTo(50));
    const his = book('his', upTo(50).toReversed());
    const platform = book(
      'platform',
      upTo(50).map(({ n }) => ({ n, total: `+${n}.5`, fund: `0${n}` })),
    );
    const { agreed, differing, totals } = await reconcile({ gateway, his, platform });
    assert.deepEqual([agreed, differing], [50, 0]);
    assert.equal(totals.his?.[0]?.total, 130_000n);
  });

  it('with planted differences come to exactly these, each with its class and rule', async () => {
    const all = upTo(30);
    const without = (...gone: number[]): Line[] => all.filter(({ n }) => !gone.includes(n));
    const gateway = book('gateway', [...without(2, 5), { n: 40 }]);
    const his = book('his', [
      ...without(3, 7),
      { n: 41 },
      { n: 9, refund: '1' as const },
      { n: 42, refund: '1' as const },
    ]);
    const platform = book('platform', [
      ...without(4, 5, 10, 11),
      { n: 10, total: '10.51' },
      { n: 11, visit: 'V99' },
      { n: 43 },
      { n: 12, refund: '1' as const },
    ]);
    const { items, agreed, classes } = await reconcile({ gateway, his, platform });
    assert.deepEqual(
      items
        .map(({ difference: { settlementId, refund }, difference, proposal }) =>
          [settlementId, refund, difference.class, proposal.rule].join(' '),
        )
        .toSorted(),
      [
        'S10 0 amounts amounts-differ',
        'S11 0 identity identity-differs',
        'S12 1 state cancelled-elsewhere',
        'S2 0 missing-at-gateway past-gateway',
        'S3 0 missing-at-his not-in-his',
        'S4 0 missing-at-platform not-at-platform',
        'S40 0 only-gateway only-in-gateway',
        'S41 0 only-his only-in-his',
        'S42 1 state only-in-his',
        'S43 0 only-platform only-at-platform',
        'S5 0 only-his only-in-his',
        'S7 0 missing-at-his not-in-his',
        'S9 1 state cancelled-at-his',
      ],
    );
    assert.equal(agreed, 23);
    assert.deepEqual(classes['missing-at-his'], 2);
    const sheet = join(place.folder, 'sheet.csv');
    const csv = openCsvSheet(sheet);
    for (const item of items) csv.add(item);
    csv.close();
    const lines = readFileSync(sheet, 'utf8').split('\r\n');
    assert.equal(lines.length, items.length + 2);
    assert.match(
      lines.find((line) => line.includes(',S10,')) ?? '',
      /^金额不一致,S10,0,total,10\.50,10\.00,0\.00,/,
    );
  });

  it('are compared two ways where the HIS gives none', async () => {
    const gateway = book('gateway', upTo(5));
    const platform = book('platform', upTo(6).slice(1));
    const { items } = await reconcile({ gateway, platform });
    assert.deepEqual(
      items.map(({ difference }) => `${difference.settlementId} ${difference.class}`).toSorted(),
      ['S1 missing-at-platform', 'S6 only-platform'],
    );
  });

  it('in GBK, with quotation marks, tabs and a line of totals are read', async () => {
    const gateway = book('gateway', upTo(2));
    const file = join(place.folder, 'gbk.txt');
    // 结算ID 总额 基金 账户 in GBK.
    const header = Buffer.from('bde1cbe3494409d7dcb6ee09bbf9bdf009d5cbbba7', 'hex');
    const total = Buffer.from('bacfbcc6', 'hex');
    writeFileSync(
      file,
      Buffer.concat([
        header,
        Buffer.from('\r\nS1\t"1.50"\t1.00\t0\r\nS2\t2.50\t2.00\t0\r\n'),
        total,
        Buffer.from('\t4.00\t3.00\t0.00\r\n'),
      ]),
    );
    const { settlementId, total: sum, fundPaid, accountPaid } = COLUMNS;
    const his: SideFile = {
      file,
      charset: 'gb18030',
      separator: '\t',
      trailer: '合计',
      columns: { settlementId, total: sum, fundPaid, accountPaid },
    };
    const { differing } = await reconcile({ gateway, his, platform: gateway });
    assert.equal(differing, 0);
  });

  it('come to what a plain comparison in memory finds, whatever they hold', async () => {
    const amount = fc.integer({ min: 1, max: 3 });
    const rows = fc.uniqueArray(fc.record({ n: fc.nat(12), total: amount }), { selector: ({ n }) => n });
    await fc.assert(
      fc.asyncProperty(rows, rows, rows, async (a, b, c) => {
        const toLines = (all: typeof a): Line[] => all.map(({ n, total }) => ({ n, total: `${total}.00` }));
        const books = { gateway: a, his: b, platform: c };
        const { items } = await reconcile({
          gateway: book('gateway', toLines(a)),
          his: book('his', toLines(b)),
          platform: book('platform', toLines(c)),
        });
        const ids = [...new Set(Object.values(books).flatMap((all) => all.map(({ n }) => n)))];
        const expected = ids.filter((n) => {
          const said = Object.values(books).map((all) => all.find((one) => one.n === n)?.total);
          return new Set(said).size > 1;
        });
        assert.deepEqual(
          items.map(({ difference }) => difference.settlementId).toSorted(),
          expected.map((n) => `S${n}`).toSorted(),
        );
      }),
      { numRuns: 40 },
    );
  });

  type Faulty = readonly [title: string, write: (gateway: SideFile) => SideFile, found: readonly string[]];
  const faulty: readonly Faulty[] = [
    [
      'a column is missing',
      (gateway) => ({ ...gateway, columns: { ...COLUMNS, cashPaid: '现金', visitId: '病历号' } }),
      ['missing-column gateway.csv:1 病历号', 'missing-column gateway.csv:1 现金'],
    ],
    [
      'rows are wrong in several ways',
      () =>
        book('gateway', [
          { n: 1 },
          { n: 2, total: '1.005' },
          { n: 3, total: 'x' },
          { n: 4, time: '2026-11-20 23:59:59' },
          ',0,1.00,1.00,0.00,V,P,',
          'S6,0,1.00',
        ]),
      [
        'amount gateway.csv:3 total 1.005',
        'amount gateway.csv:4 total x',
        'other-day gateway.csv:5 2026-11-20 23:59:59',
        'empty-id gateway.csv:6 ',
        'cell-count gateway.csv:7 3/8',
      ],
    ],
    [
      'a settlement occurs twice',
      () => book('gateway', [{ n: 1 }, { n: 2 }, { n: 1 }]),
      ['duplicate gateway.csv:4 S1 = 2'],
    ],
    [
      'the total is wrong',
      () => ({ ...book('gateway', [{ n: 1 }, { n: 2 }, '合计,,5.00,3.00,0.00,,,']), trailer: '合计' }),
      ['total gateway.csv:4 total 5.00/4.00'],
    ],
    [
      'the line of totals is cut off',
      () => ({ ...book('gateway', [{ n: 1 }]), trailer: '合计' }),
      ['trailer-missing gateway.csv '],
    ],
    [
      'there is more after the totals',
      () => ({ ...book('gateway', ['合计,,0.00,0.00,0.00,,,', { n: 1 }]), trailer: '合计' }),
      ['after-trailer gateway.csv:3 '],
    ],
    [
      'there is no such file',
      (gateway) => ({ ...gateway, file: join(place.folder, 'none.csv') }),
      ['unreadable none.csv '],
    ],
    [
      'the file is empty',
      (gateway) => {
        writeFileSync(gateway.file, '');
        return { ...gateway, columns: { settlementId: 'a', total: 'b', fundPaid: 'c', accountPaid: 'd' } };
      },
      [
        'missing-column gateway.csv:1 a',
        'missing-column gateway.csv:1 b',
        'missing-column gateway.csv:1 c',
        'missing-column gateway.csv:1 d',
      ],
    ],
    [
      'it is in another charset',
      (gateway) => {
        appendFileSync(gateway.file, Buffer.from('bde1cbe30a', 'hex'));
        return gateway;
      },
      ['charset gateway.csv:4 utf-8'],
    ],
  ];
  for (const [title, write, found] of faulty) {
    it(`are refused with every fault in its line when ${title}`, async () => {
      const platform = book('platform', upTo(2));
      const gateway = write(book('gateway', upTo(2)));
      await assert.rejects(reconcile({ gateway, platform }), (error) => {
        assert.ok(error instanceof GatewayError);
        assert.equal(error.code, 'RECONCILIATION_INPUT_INVALID');
        const faults = error.details.faults ?? [];
        assert.deepEqual(
          faults.map(({ rule, at, found: seen = '' }) => `${rule} ${at} ${seen}`).toSorted(),
          found.toSorted(),
        );
        return true;
      });
    });
  }

  it('that are large are read on threads and come to the same: differences, sums, faults', async () => {
    const many = upTo(80_000);
    const gateway = book('gateway', many);
    const his = book('his', many.toReversed());
    const platform = book('platform', [...many.slice(0, -1), { n: 70_000, total: '1' }]);
    await assert.rejects(reconcile({ gateway, his, platform }), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.deepEqual(
        error.details.faults?.map(({ rule, at }) => `${rule} ${at}`),
        ['duplicate platform.csv:80001'],
      );
      return true;
    });
    book('platform', many.slice(0, -1));
    const { agreed, items, totals } = await reconcile({ gateway, his, platform });
    assert.deepEqual([agreed, items.map(({ difference }) => difference.settlementId)], [79_999, ['S80000']]);
    assert.deepEqual(totals.gateway, totals.his);
    assert.equal(totals.gateway?.[0]?.count, 80_000);
  }).timeout(20_000);

  it('are refused with the faults of all files at once', async () => {
    const gateway = book('gateway', [{ n: 1, total: 'x' }]);
    const his = book('his', [{ n: 1, time: '2026-11-22' }]);
    const platform = book('platform', ['S1']);
    await assert.rejects(reconcile({ gateway, his, platform }), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.deepEqual(
        error.details.faults?.map(({ at }) => at),
        ['gateway.csv:2', 'his.csv:2', 'platform.csv:2'],
      );
      return true;
    });
  });
});
