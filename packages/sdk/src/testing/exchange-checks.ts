/** Each way in which an exchange can go, against a far side on a port of its own. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode, WireObject } from '@yiqiao/model';
import { connectAdapter } from '../adapter/connect-adapter.ts';
import type { ConnectedAdapter } from '../adapter/connection-types.ts';
import type { ContractCheck, SampledCall } from './contract-types.ts';
import { startFarSide } from './far-side.ts';
import type { FarSideFault, RunningFarSide } from './far-side.ts';

type AnyOps = Record<string, { request: unknown; response: unknown }>;

/** Faults, what a call must be then, and how often the far side has worked. */
const ENDS: readonly (readonly [FarSideFault, ErrorCode, number])[] = [
  ['lose-reply', 'UPSTREAM_TIMEOUT', 1],
  ['never-answer', 'UPSTREAM_TIMEOUT', 1],
  ['cut-off', 'UPSTREAM_REPLY_UNUSABLE', 1],
  ['garbage', 'UPSTREAM_REPLY_UNUSABLE', 1],
  ['http-500', 'UPSTREAM_REPLY_UNUSABLE', 1],
  ['http-503', 'UPSTREAM_REPLY_UNUSABLE', 0],
  ['turn-away', 'UPSTREAM_REJECTED', 0],
];
const TIMEOUT_MS = 250;

/** The checks of one call. */
export function exchangeChecks(call: SampledCall): ContractCheck[] {
  const { definition, operation, sample } = call;
  const check = (
    title: string,
    run: (side: Sides) => Promise<void>,
    answer = sample.answer,
  ): ContractCheck => ({
    title: `${operation}: ${title}`,
    run: () => withSides(call, answer, run),
  });
  const ask = ({ connected }: Sides): Promise<unknown> => connected.call(operation, sample.request);
  return [
    check('gets through and is answered', async (sides) => {
      assert.deepEqual(await ask(sides), sample.response);
      assert.equal(sides.far.requests.length, 1);
    }),
    ...ENDS.map(([fault, code, worked]) =>
      check(`is ${code} after ${fault}, and is not sent again`, async (sides) => {
        sides.far.fail(fault);
        await rejectsWith(ask(sides), code);
        assert.equal(sides.far.requests.length, worked);
      }),
    ),
    check('is UPSTREAM_UNREACHABLE when nobody is there', async (sides) => {
      await sides.far.close();
      await rejectsWith(ask(sides), 'UPSTREAM_UNREACHABLE');
    }),
    ...refusalChecks(call, check),
    ...(definition.calls[operation]?.wayOut === 'query' ? queryChecks(call) : []),
  ];
}

type MakeCheck = (title: string, run: (side: Sides) => Promise<void>, answer?: WireObject) => ContractCheck;

function refusalChecks({ definition, operation, sample }: SampledCall, check: MakeCheck): ContractCheck[] {
  const reads = definition.calls[operation]?.refusal ?? definition.refusal;
  if (reads === undefined && sample.refused === undefined) return [];
  const title = 'tells a refusal in the far side’s own words';
  const { refused } = sample;
  if (refused === undefined)
    return [
      check(title, async () =>
        assert.fail(`give calls.${operation}.refused: an answer by which the far side refuses`),
      ),
    ];
  const run = async ({ connected }: Sides): Promise<void> => {
    const error = await rejectsWith(connected.call(operation, sample.request), 'UPSTREAM_REJECTED');
    assert.notEqual(error.details.upstream?.code ?? '', '', 'a refusal tells its code');
  };
  return [check(title, run, refused)];
}

function queryChecks(call: SampledCall): ContractCheck[] {
  const { operation, sample } = call;
  const sent = { request: sample.request, messageId: 'contract-check', sentAt: 0 };
  const { asked } = sample;
  const check = (title: string, run: () => Promise<void>): ContractCheck => ({
    title: `${operation}: ${title}`,
    run,
  });
  if (asked === undefined) {
    return [
      check('can be asked about when its answer is lost', async () =>
        assert.fail(
          `give calls.${operation}.asked: what the far side tells of a call that was done, and of one that was not`,
        ),
      ),
    ];
  }
  const resolved =
    (answer: WireObject, expected: unknown): (() => Promise<void>) =>
    () =>
      withSides(call, answer, async ({ connected }) => {
        assert.deepEqual(await connected.resolve(operation, sent), expected);
      });
  return [
    check(
      'is found done when its answer was lost',
      resolved(asked.done, { state: 'done', response: sample.response }),
    ),
    check('is found not done when it never arrived', resolved(asked.notDone, { state: 'not-done' })),
  ];
}

/** Both ends of a connection. */
interface Sides {
  readonly far: RunningFarSide;
  readonly connected: ConnectedAdapter<AnyOps, Record<string, unknown>>;
}

async function withSides(
  { definition }: SampledCall,
  answer: WireObject,
  run: (sides: Sides) => Promise<void>,
): Promise<void> {
  const far = await startFarSide({ codec: definition.codec, answer: () => answer });
  const connected = connectAdapter(definition, { url: far.url, timeoutMs: TIMEOUT_MS });
  try {
    await run({ far, connected });
  } finally {
    await far.close();
    await connected.close();
  }
}

async function rejectsWith(asked: Promise<unknown>, code: ErrorCode): Promise<GatewayError> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof GatewayError && error.code === code) return error;
    throw error;
  }
  return assert.fail(`the call is answered where it must be ${code}`);
}
