/** The life of a prescription as the table has it, and the centre's own, written on its own, through the same events. */
import assert from 'node:assert/strict';
import { beginLife, createLifeCycle } from '@yiqiao/prescription';
import type { Life, LifeEvent } from '@yiqiao/prescription';
import { CentrePrescriptionLife } from '@yiqiao/sandbox';
import fc from 'fast-check';
import { DAY_MS, facts, MORNING } from './circulation-world.ts';

const cycle = createLifeCycle(facts.life);
const claimMs = facts.life.claim.minutes * 60_000;

const QUANTITIES: readonly Readonly<Record<string, string>>[] = [
  { A: '2', B: '1.5' },
  { A: '1' },
  { A: '1', B: '1.5' },
  { A: '2.0001' },
  { C: '1' },
];

interface Step {
  readonly wait: number;
  readonly kind: LifeEvent['kind'];
  readonly pharmacy: string;
  readonly document: string;
  readonly quantities: Readonly<Record<string, string>>;
  readonly yes: boolean;
}

const step = fc.record<Step>({
  wait: fc.constantFrom(0, 0, 0, 1_000, 3_600_000, DAY_MS, 3 * DAY_MS),
  kind: fc.constantFrom(
    ...(['sign', 'upload', 'download', 'pass', 'pass', 'dispense', 'dispense'] as const),
    ...(['dispense', 'undo', 'fail', 'revoke'] as const),
  ),
  pharmacy: fc.constantFrom('P1', 'P1', 'P1', 'P2'),
  document: fc.constantFrom('D1', 'D2', 'D3'),
  quantities: fc.constantFrom(...QUANTITIES),
  yes: fc.boolean(),
});

const START: readonly LifeEvent['kind'][] = ['sign', 'upload', 'download', 'pass'];

const course = fc.record({
  days: fc.constantFrom(1, 4, 30),
  maximumUses: fc.integer({ min: 1, max: 3 }),
  minimumIntervalDays: fc.constantFrom(0, 0, 2),
  /** How much of the usual way is gone before anything can happen. */
  begun: fc.integer({ min: 0, max: START.length }),
  steps: fc.array(step, { maxLength: 25 }),
});

function eventOf({ kind, pharmacy, document, quantities, yes }: Step): LifeEvent {
  if (kind === 'dispense') return { kind, pharmacy, handout: { document, quantities, settled: yes } };
  if (kind === 'undo') return { kind, pharmacy, document, settlementGone: yes };
  return kind === 'pass' || kind === 'fail' ? { kind, pharmacy } : { kind };
}

function atCentre(life: CentrePrescriptionLife, now: number, event: LifeEvent): string | undefined {
  switch (event.kind) {
    case 'pass':
    case 'fail':
      return life[event.kind](now, event.pharmacy);
    case 'dispense': {
      const { document, settled } = event.handout;
      const quantities = unitsOf(event.handout.quantities);
      return life.dispense(now, event.pharmacy, { document, settled, quantities });
    }
    case 'undo':
      return life.undo(now, event.pharmacy, event);
    case 'sign':
    case 'upload':
    case 'revoke':
    case 'download':
      return life[event.kind](now);
  }
}

function unitsOf(quantities: Readonly<Record<string, string>>): Record<string, bigint> {
  return Object.fromEntries(
    Object.entries(quantities).map(([code, text]) => [code, BigInt(Math.round(Number(text) * 10_000))]),
  );
}

describe('The life of a prescription', () => {
  it('is the same at both sides, whatever happens in whatever order', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(course, ({ days, maximumUses, minimumIntervalDays, begun, steps }) => {
        const allowance = {
          validUntil: MORNING + days * DAY_MS,
          maximumUses,
          minimumIntervalDays,
          quantities: { A: '2', B: '1.5' },
        };
        let ours: Life = beginLife(allowance);
        const theirs = new CentrePrescriptionLife(
          { ...allowance, quantities: unitsOf(allowance.quantities) },
          { claimMs },
        );
        let now = MORNING;
        const usual = START.slice(0, begun).map((kind): Step => ({
          wait: 0,
          kind,
          pharmacy: 'P1',
          document: '',
          quantities: {},
          yes: true,
        }));
        for (const one of [...usual, ...steps]) {
          now += one.wait;
          const event = eventOf(one);
          const result = cycle.apply(ours, event, now);
          ours = 'life' in result ? result.life : cycle.at(ours, now);
          const refused = 'refused' in result ? result.refused : undefined;
          assert.equal(atCentre(theirs, now, event), refused);
          assert.equal(theirs.stage(now), ours.stage);
          met.add(ours.stage).add(`${refused}`);
        }
      }),
      { numRuns: 3_000, seed: 20_260_302 },
    );
    const wanted = [
      ['checked', 'signed', 'uploaded', 'downloaded', 'audited', 'partly', 'dispensed', 'settled'],
      ['reusable', 'undone', 'expired', 'revoked'],
      ['state', 'taken', 'uses', 'interval', 'quantity', 'document'],
    ].flat();
    assert.deepEqual(
      wanted.filter((one) => !met.has(one)),
      [],
      'the sequences never came so far',
    );
  });

  const usual: readonly LifeEvent[] = [
    { kind: 'sign' },
    { kind: 'upload' },
    { kind: 'download' },
    { kind: 'pass', pharmacy: 'P1' },
  ];
  const all = { document: 'D1', quantities: { A: '2', B: '1.5' }, settled: true };

  function lived(events: readonly LifeEvent[], more: Partial<Life['allowance']> = {}): Life {
    const quantities = { A: '2', B: '1.5' };
    const allowance = {
      validUntil: MORNING + 30 * DAY_MS,
      maximumUses: 1,
      minimumIntervalDays: 0,
      quantities,
      ...more,
    };
    return events.reduce((life, event) => {
      const result = cycle.apply(life, event, MORNING);
      assert('life' in result, JSON.stringify([event, result]));
      return result.life;
    }, beginLife(allowance));
  }

  const CASES: readonly [string, readonly LifeEvent[], LifeEvent, string][] = [
    ['an upload without signature', [], { kind: 'upload' }, 'state'],
    ['an audit before the download', usual.slice(0, 2), { kind: 'pass', pharmacy: 'P1' }, 'state'],
    ['a second pharmacy', usual, { kind: 'pass', pharmacy: 'P2' }, 'taken'],
    ['handing out without claim', usual, { kind: 'dispense', pharmacy: 'P2', handout: all }, 'taken'],
    [
      'a box too many',
      usual,
      { kind: 'dispense', pharmacy: 'P1', handout: { ...all, quantities: { A: '3' } } },
      'quantity',
    ],
    [
      'taking back while the settlement stands',
      [...usual, { kind: 'dispense', pharmacy: 'P1', handout: all }],
      { kind: 'undo', pharmacy: 'P1', document: 'D1', settlementGone: false },
      'settled',
    ],
    [
      'a use more than allowed',
      [...usual, { kind: 'dispense', pharmacy: 'P1', handout: all }],
      { kind: 'pass', pharmacy: 'P1' },
      'uses',
    ],
    ['revoking what is claimed', usual, { kind: 'revoke' }, 'state'],
  ];
  for (const [name, before, event, reason] of CASES) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(cycle.apply(lived(before), event, MORNING), { refused: reason });
    });
  }

  it('lets a claim lapse, and another pharmacy have it then', () => {
    const life = lived(usual);
    const later = MORNING + claimMs + 1;
    assert.equal(cycle.at(life, later).stage, 'downloaded');
    assert('life' in cycle.apply(life, { kind: 'pass', pharmacy: 'P2' }, later));
  });

  it('lets what was claimed in time be handed out after the end, as long as the claim holds', () => {
    const life = lived(usual, { validUntil: MORNING + 1_000 });
    const result = cycle.apply(life, { kind: 'dispense', pharmacy: 'P1', handout: all }, MORNING + 60_000);
    assert('life' in result);
    assert.equal(result.life.stage, 'settled');
  });

  it('waits the interval between two uses, to the millisecond', () => {
    const life = lived([...usual, { kind: 'dispense', pharmacy: 'P1', handout: all }], {
      maximumUses: 2,
      minimumIntervalDays: 7,
    });
    assert.equal(life.stage, 'reusable');
    const event: LifeEvent = { kind: 'pass', pharmacy: 'P2' };
    assert.deepEqual(cycle.apply(life, event, MORNING + 7 * DAY_MS - 1), { refused: 'interval' });
    assert('life' in cycle.apply(life, event, MORNING + 7 * DAY_MS));
  });
});
