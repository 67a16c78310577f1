import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { AnsweringSide, PoolingArea } from '@yiqiao/registry';
import { createRouteTable } from '@yiqiao/router';
import type { Route, RouteQuery, RouteTableOptions } from '@yiqiao/router';

const SIDES: Readonly<Record<string, AnsweringSide>> = {
  '1101': 'insured-place',
  '2204': 'care-place',
  '2207': 'both',
};

/** Region → pool. 500155 is a county of 重庆, whose digits look like those of another city; 430299 is 省本级. */
const POOLS: Readonly<Record<string, string>> = {
  '330000': '330000',
  '330106': '330100',
  '330299': '330000',
  '500000': '500000',
  '500155': '500000',
  '530000': '530000',
  '530102': '530100',
};

const registry = {
  answeringSide: (transaction: string) => SIDES[transaction],
  poolingArea(region: string): PoolingArea | undefined {
    const pool = POOLS[region];
    return pool === undefined
      ? undefined
      : { region, pool, province: `${pool.slice(0, 2)}0000`, name: `区划${region}` };
  },
};

const CARE: RouteTableOptions = {
  role: 'care-place',
  region: '530000',
  routes: [{ insured: '*', peer: 'hub' }],
  carePlaceCore: 'core',
  registry,
};

const HUB: RouteTableOptions = { role: 'hub', region: '530000', routes: [], registry };

function query(transaction: string, insuredRegion?: string, version?: string): RouteQuery {
  return {
    transaction,
    careRegion: '530102',
    ...(insuredRegion !== undefined && { insuredRegion }),
    ...(version !== undefined && { version }),
  };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
  return 'no error';
}

describe('the route table of a care place', () => {
  const table = createRouteTable(CARE);
  const both = { main: 'hub', checkFirst: 'core', recordAfter: 'core' };
  const cases: readonly [string, RouteQuery, object][] = [
    ['keeps what the care place answers', query('2204', '330106'), { main: 'core' }],
    ['sends what the insured place answers to the hub', query('1101', '330106'), { main: 'hub' }],
    ['keeps it when the insured place is the own province', query('1101', '530102'), { main: 'core' }],
    ['keeps it when no insured place is named', query('2207'), { main: 'core' }],
    ['has the core check and record what both answer', query('2207', '330106'), both],
    ['leaves what both answer to the core when it is local', query('2207', '530000'), { main: 'core' }],
  ];
  for (const [title, asked, plan] of cases) it(title, () => assert.deepEqual(table.plan(asked), plan));

  const faults: readonly [string, RouteQuery, string][] = [
    ['an insured place in no pooling area', query('1101', '999999'), 'REGION_UNKNOWN'],
    ['a transaction that nobody answers', query('9999', '330106'), 'ROUTE_MISSING'],
  ];
  for (const [title, asked, code] of faults) {
    it(`refuses ${title} with ${code}`, () =>
      assert.equal(
        codeOf(() => table.plan(asked)),
        code,
      ));
  }

  it('refuses local messages when it has no core, and cross-province ones without a route', () => {
    const { carePlaceCore: _, ...withoutCore } = CARE;
    assert.equal(
      codeOf(() => createRouteTable(withoutCore).plan(query('2204'))),
      'ROUTE_MISSING',
    );
    const withoutRoutes = createRouteTable({ ...CARE, routes: [] });
    assert.equal(
      codeOf(() => withoutRoutes.plan(query('1101', '330106'))),
      'ROUTE_MISSING',
    );
    assert.deepEqual(createRouteTable({ ...withoutCore }).plan(query('2207', '330106')), { main: 'hub' });
  });

  it('has a core that is the route as well decide alone: it neither checks nor records itself', () => {
    const own = createRouteTable({ ...CARE, routes: [{ insured: '*', peer: 'core' }] });
    assert.deepEqual(own.plan(query('2207', '330106')), { main: 'core' });
  });

  describe('whose core cannot be told what another place decided', () => {
    const deaf = createRouteTable({ ...CARE, coreTakesDecisions: false });

    it('refuses what both answer, with the way out', () => {
      assert.throws(
        () => deaf.plan(query('2207', '330106')),
        (error) => {
          assert(error instanceof GatewayError);
          assert.equal(error.code, 'FORMAT_LIMIT');
          assert.deepEqual(error.details.facts?.['peer'], 'core');
          const [fault] = error.details.faults ?? [];
          assert.equal(fault?.rule, 'no-decision');
          assert.match(fault.message.zh, /routes/);
          assert.match(fault.message.en, /routes/);
          return true;
        },
      );
    });

    it('leaves all else as it is', () => {
      assert.deepEqual(deaf.plan(query('1101', '330106')), { main: 'hub' });
      assert.deepEqual(deaf.plan(query('2204', '330106')), { main: 'core' });
      assert.deepEqual(deaf.plan(query('2207', '530000')), { main: 'core' });
      const own = createRouteTable({
        ...CARE,
        coreTakesDecisions: false,
        routes: [{ insured: '*', peer: 'core' }],
      });
      assert.deepEqual(own.plan(query('2207', '330106')), { main: 'core' });
    });
  });

  it('refuses to be made for a region in no pooling area', () => {
    assert.equal(
      codeOf(() => createRouteTable({ ...CARE, region: '000000' })),
      'REGION_UNKNOWN',
    );
  });
});

describe('the route table of a hub', () => {
  const plan = (routes: readonly Route[], asked: RouteQuery): string =>
    createRouteTable({ ...HUB, routes }).plan(asked).main;

  it('prefers the pool to the province and the province to *', () => {
    const routes = [
      { insured: '*', peer: 'rest' },
      { insured: '330000', peer: 'province' },
      { insured: '330100', peer: 'city' },
    ];
    assert.equal(plan(routes, query('2207', '330106')), 'city');
    assert.equal(plan(routes, query('2207', '330299')), 'province');
    assert.equal(plan(routes, query('2207', '530102')), 'rest');
  });

  it('finds a county of a municipality by its pooling area, not by its digits', () => {
    const routes = [
      { insured: '500000', peer: 'chongqing' },
      { insured: '*', peer: 'rest' },
    ];
    assert.equal(plan(routes, query('2207', '500155')), 'chongqing');
  });

  it('prefers a route that names the transaction, then the version', () => {
    const routes = [
      { insured: '330000', peer: 'all' },
      { insured: '330000', peer: 'new', version: 'V2.0' },
      { insured: '330000', peer: 'settling', transactions: ['2207'] },
    ];
    assert.equal(plan(routes, query('1101', '330106')), 'all');
    assert.equal(plan(routes, query('1101', '330106', 'V2.0')), 'new');
    assert.equal(plan(routes, query('2207', '330106', 'V2.0')), 'settling');
  });

  it('cannot send a message that names no insured place', () => {
    assert.equal(
      codeOf(() => plan([{ insured: '*', peer: 'rest' }], query('2207'))),
      'REGION_UNKNOWN',
    );
  });
});

describe('the route table of an insured place', () => {
  const table = createRouteTable({
    role: 'insured-place',
    region: '330000',
    routes: [],
    insuredPlaceCore: 'core',
    registry,
  });

  it('hands everything of its province to its core', () => {
    assert.deepEqual(table.plan(query('2207', '330106')), { main: 'core' });
    assert.deepEqual(table.plan(query('2207')), { main: 'core' });
  });

  it('refuses a message for another province', () => {
    assert.equal(
      codeOf(() => table.plan(query('2207', '530102'))),
      'ROUTE_MISSING',
    );
  });
});
