/** What every adapter has to do right, as checks that any test runner can run. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { AdapterDefinition, OperationTypes } from '../adapter/definition-types.ts';
import type {
  AnyDefinition,
  CallSample,
  ContractCheck,
  ContractSamples,
  SampledCall,
} from './contract-types.ts';
import { SAMPLE_PARTS } from './contract-types.ts';
import { exchangeChecks } from './exchange-checks.ts';
import { notificationChecks } from './notification-checks.ts';
import type { NotificationSample } from './contract-types.ts';

/**
 * The checks for a definition and its samples: maps both ways, each way in which an exchange can go wrong, the way out
 * of a lost answer, notifications that come twice, altered or too early. Far sides run on ports of their own.
 */
export function contractChecks<Ops extends OperationTypes<Ops>, Events extends object>(
  definition: AdapterDefinition<Ops, Events>,
  samples: ContractSamples<Ops, Events>,
): readonly ContractCheck[] {
  const untyped = definition as unknown as AnyDefinition;
  const given = samples as unknown as AnySamples;
  const named = Object.keys(definition.calls);
  const checks = named.flatMap((operation) => {
    const sample = given.calls[operation];
    if (sample === undefined) return [missingSample(`calls.${operation}`)];
    const one = { definition: untyped, operation, sample };
    return [...mapChecks(one), ...exchangeChecks(one)];
  });
  const notifications = Object.keys(definition.notifications ?? {}).flatMap((name) => {
    const sample = given.notifications?.[name];
    if (sample === undefined) return [missingSample(`notifications.${name}`)];
    return notificationChecks({ definition: untyped, name, sample });
  });
  return [...checks, ...notifications].map(readable);
}

interface AnySamples {
  readonly calls: Readonly<Record<string, CallSample<unknown, unknown>>>;
  readonly notifications?: Readonly<Record<string, NotificationSample<unknown>>>;
}

function mapChecks({ definition, operation, sample }: SampledCall): ContractCheck[] {
  const call = definition.calls[operation];
  assert(call !== undefined);
  const write = (): WireObject => call.toWire(sample.request, SAMPLE_PARTS);
  const check = (title: string, run: () => void): ContractCheck => ({
    title: `${operation}: ${title}`,
    run: async () => run(),
  });
  return [
    check('writes the request, exact numbers as text or ExactNumber', () => {
      const wire = write();
      assert.deepEqual(floats(wire, ''), [], 'numbers of JavaScript are no exact numbers');
      if (sample.wire !== undefined) assert.deepEqual(wire, sample.wire);
    }),
    check('writes what its codec can carry, and it is read back as the same', () => {
      const wire = write();
      const back = definition.codec.parseRequest(definition.codec.formatRequest(wire)).members;
      const differing = Object.keys(wire).filter((name) => !isSame(wire[name], back[name]));
      assert.deepEqual(differing, [], 'these members come back as something else');
    }),
    check('writes the same request the same way again', () => assert.deepEqual(write(), write())),
    check('reads what the answer means', () => {
      const { members } = definition.codec.parseResponse(definition.codec.formatResponse(sample.answer));
      assert.deepEqual(call.toModel(members, sample.request), sample.response);
    }),
    check('reads no answer out of nothing', () => {
      const isEmpty = typeof sample.response !== 'object' || Object.keys(sample.response ?? {}).length === 0;
      let read: unknown;
      try {
        read = call.toModel({}, sample.request);
      } catch (error) {
        assert(
          error instanceof GatewayError,
          'what is missing is a GatewayError; readMembers and fieldMap throw it',
        );
        return;
      }
      const isAllOptional = !isDeepStrictEqual(read, sample.response);
      assert(isEmpty || isAllOptional, 'an empty answer must not be read as a good one');
    }),
  ];
}

/** XML and forms have text only: there `12.50` comes back as text. */
function isSame(sent: WireValue | undefined, back: WireValue | undefined): boolean {
  return isDeepStrictEqual(asText(sent), asText(back));
}

function asText(value: WireValue | undefined): unknown {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return (value as readonly WireValue[]).map(asText);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asText(one as WireValue)]));
  return value;
}

/** Places of numbers that went through a float, and of whatever is no message value. */
function floats(value: unknown, at: string): string[] {
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return [at];
  if (value instanceof ExactNumber || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => floats(one, `${at}/${name}`));
}

function missingSample(place: string): ContractCheck {
  return {
    title: `${place}: has a sample`,
    run: async () =>
      assert.fail(`give a sample for ${place}: contractChecks checks nothing that it cannot compare`),
  };
}

/** Faults tell more than the code of an error: each goes into the message of the check. */
function readable({ title, run }: ContractCheck): ContractCheck {
  return {
    title,
    async run() {
      try {
        await run();
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        const faults = error.details.faults ?? [];
        const places = faults.map(({ at, message }) => `\n  ${at}: ${message.zh} ${message.en}`);
        throw new assert.AssertionError({ message: `${title}\n${error.message}${places.join('')}` });
      }
    },
  };
}
