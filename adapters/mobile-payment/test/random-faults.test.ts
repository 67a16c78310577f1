/** Whatever goes wrong on the way: the centre's books and ours agree in the end, and no money moves twice. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GatewayError } from '@yiqiao/model';
import { fees, partsOf, startPaymentWorld } from './payment-world.ts';
import type { PaymentWorld } from './payment-world.ts';

const FAULTS = [
  'lose-request',
  'lose-reply',
  'http-500-after-work',
  'corrupt-bytes',
  'wrong-signature',
  'refuse',
] as const;
const OPERATIONS = ['6201', '6202', '6203', '6204', '6301', '6401'] as const;
/** Refunds that leave a state of their own, one for an order, so that each can be found out. */
const REFUNDS = [
  partsOf(7_000n, 2_000n, 1_000n),
  partsOf(7_000n, 2_000n, 0n),
  partsOf(0n, 0n, 1_000n),
  partsOf(0n, 0n, 5n),
];

type Fault = (typeof FAULTS)[number] | 'none';
type Step =
  | { readonly do: 'upload' | 'pay' | 'cash' | 'abandon'; readonly order: number; readonly fault: Fault }
  | { readonly do: 'refund'; readonly order: number; readonly which: number; readonly fault: Fault }
  | {
      readonly do: 'fault';
      readonly kind: (typeof FAULTS)[number];
      readonly infno: (typeof OPERATIONS)[number];
    }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'restart' };

const MESSAGES = { upload: '6201', pay: '6202', cash: '6204', abandon: '6401', refund: '6203' } as const;
const order = fc.nat(2);
/** What goes wrong with the message of the step itself. */
const fault: fc.Arbitrary<Fault> = fc.constantFrom('none', 'none', 'none', ...FAULTS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('upload', 'pay', 'cash', 'abandon'), order, fault }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('refund' as const), order, which: fc.nat(3), fault }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      kind: fc.constantFrom(...FAULTS),
      infno: fc.constantFrom(...OPERATIONS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 6_000, 130_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

/** Two orders that are paid already, so that there is something to refund. */
async function prepare(world: PaymentWorld): Promise<void> {
  for (const orderNumber of ['O0', 'O1']) {
    await world.desk.upload(fees(orderNumber));
    await world.desk.pay({ orderNumber, visitId: 'V1' });
    world.desk.cashPaid(orderNumber, { reference: 'WX1', method: 'WECHAT' });
  }
  await world.pass(0);
}

/** Every refusal is one of the catalogue; anything else is a fault of the program. */
async function tolerate(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    assert(error instanceof GatewayError, String(error));
  }
}

async function take(world: PaymentWorld, one: Step): Promise<void> {
  const { desk, centre } = world;
  if ('fault' in one && one.fault !== 'none')
    centre.faults.next({ kind: one.fault, infno: MESSAGES[one.do] });
  switch (one.do) {
    case 'upload':
      return tolerate(desk.upload(fees(`O${one.order}`)));
    case 'pay':
      return tolerate(desk.pay({ orderNumber: `O${one.order}`, visitId: 'V1' }));
    case 'cash':
      return tolerate((async () => desk.cashPaid(`O${one.order}`, { reference: 'WX1', method: 'WECHAT' }))());
    case 'abandon':
      return tolerate((async () => desk.abandon(`O${one.order}`))());
    case 'refund': {
      const orderNumber = `O${one.order}`;
      const parts = REFUNDS[one.which] ?? partsOf(0n, 0n, 5n);
      return tolerate(desk.refund({ orderNumber, refundNumber: `${orderNumber}R`, parts }));
    }
    case 'fault':
      centre.faults.next({ kind: one.kind, infno: one.infno });
      return;
    case 'pass':
      return world.pass(one.ms);
    case 'restart':
      world.restart();
  }
}

/** Our state → states of the centre that it agrees with. */
const AGREES: Readonly<Record<string, readonly string[]>> = {
  lost: ['1'],
  'cash-due': ['4'],
  paid: ['6'],
  'partly-refunded': ['8', '9', '10', '11'],
  refunded: ['7', '8', '9'],
  revoked: ['12'],
};

function assertBooks(world: PaymentWorld): void {
  const withPerson = world.outbox.list().map(({ body }) => (body as { orderNumber: string }).orderNumber);
  for (const row of world.centre.ledger.rows()) {
    const ours = world.desk.find(row.medOrgOrd);
    assert(ours !== undefined, `${row.medOrgOrd} is known`);
    if (withPerson.includes(row.medOrgOrd)) continue;
    const agreed = AGREES[ours.state] ?? [];
    assert(agreed.includes(row.ordStas), `${row.medOrgOrd} is ${ours.state} here and ${row.ordStas} there`);
    const given = ours.refunds.filter(({ state }) => state === 'done').map(({ parts }) => parts);
    const sums = (['fund', 'account', 'cash'] as const).map((name) =>
      given.reduce((sum, one) => sum + one[name], 0n),
    );
    assert.deepEqual(sums, [row.refunded.fund, row.refunded.account, row.refunded.cash], 'refunds agree');
  }
}

describe('payments under random faults', () => {
  it('end as the centre has them, or with a person', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const world = await startPaymentWorld();
        try {
          await prepare(world);
          for (const one of steps) await take(world, one);
          world.centre.faults.clear();
          await world.settle();
          const open = world.outbox.list().filter(({ state }) => state !== 'person');
          assert.deepEqual(open, [], 'nothing goes round for ever');
          assertBooks(world);
        } finally {
          await world.close();
        }
      }),
      { numRuns: 25 },
    );
  });
});
