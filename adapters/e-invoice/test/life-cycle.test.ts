/** The steps in the code are those of the data. */
import assert from 'node:assert/strict';
import { readPeripheral } from '@yiqiao/sdk';
import { BILL_STEPS } from '#internal/life-cycle.ts';

interface Rules {
  readonly lifeCycle: {
    readonly states: Readonly<Record<string, unknown>>;
    readonly steps: readonly { readonly from: string | null; readonly by: string; readonly to: string }[];
  };
}

describe('the life of a bill', () => {
  it('is the one of schemas/peripheral/e-invoice/rules.json', () => {
    const { states, steps } = readPeripheral<Rules>('e-invoice', 'rules').lifeCycle;
    const inCode = Object.entries(BILL_STEPS).flatMap(([from, to]) =>
      Object.entries(to).map(([by, state]) => `${from} ${by} ${state}`),
    );
    const inData = steps.map(({ from, by, to }) => `${from ?? 'none'} ${by} ${to}`);
    assert.deepEqual(inCode.toSorted(), inData.toSorted());
    assert.deepEqual(
      Object.keys(BILL_STEPS)
        .filter((state) => state !== 'none')
        .toSorted(),
      Object.keys(states).toSorted(),
    );
  });
});
