import assert from 'node:assert/strict';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Direction, FieldDefinition, NodeDefinition } from '@yiqiao/registry';

const registry = createRegistry();

describe('What is listed of identities', () => {
  const NUMBERS = new Set(['number', 'string']);
  /** A body with an amount in every field, none of which fit together; `step` turns larger into smaller. */
  const bodyOf = (nodes: readonly NodeDefinition[], step: number): WireObject => {
    let amount = 4_000_000;
    const members = (fields: readonly FieldDefinition[]): Record<string, string> =>
      Object.fromEntries(
        fields
          .filter(({ type }) => NUMBERS.has(type))
          .map(({ name }) => [name, ((amount += step * 7919 + (amount % 13)) / 100).toFixed(2)]),
      );
    const body: Record<string, WireValue> = {};
    for (const { node, repeated, fields } of nodes) {
      if (node === '' && !repeated) Object.assign(body, members(fields));
      else body[node] = repeated ? [members(fields)] : members(fields);
    }
    return body;
  };
  const found = (profile: string, number: string, half: Direction): ReadonlySet<string> => {
    const definition = registry.definition(profile, number);
    const told = [1, -1].flatMap((step) => {
      const [asked, body] = [bodyOf(definition?.request ?? [], step), bodyOf(definition?.[half] ?? [], step)];
      const { faults, deviations } = registry.checkIdentities(profile, number, half, body, '', asked);
      return [...faults, ...deviations].map(({ message }) => /^Identity (\S+)/.exec(message.en)?.[1] ?? '');
    });
    return new Set(told);
  };
  const uses = registry
    .profiles()
    .flatMap((profile) =>
      registry
        .profileTransactions(profile)
        .flatMap((number) => registry.identityUses(profile, number).map((use) => ({ profile, number, use }))),
    );

  it('is run on the very halves that it names, in every transaction of every profile', () => {
    assert.equal(uses.length > 500, true);
    for (const { profile, number, use } of uses) {
      for (const half of ['request', 'response'] as const) {
        assert.equal(
          found(profile, number, half).has(use.id),
          use.checkedIn.includes(half),
          `${profile} ${number} ${half} ${use.id}`,
        );
      }
    }
  });

  it('comes with a reason where no message can show it', () => {
    for (const { profile, number, use } of uses) {
      assert.equal(use.checkedIn.length === 0, use.reason !== undefined, `${profile} ${number} ${use.id}`);
    }
  });

  it('names what the answers of 5203 and 5204 can show', () => {
    assert.deepEqual(registry.identitiesOf('5203'), ['total-by-payer', 'fund-split']);
    assert.deepEqual(registry.identitiesOf('5204'), ['line-amount']);
    const [total] = registry.identityUses('national', '5203');
    assert.deepEqual([total?.confidence, total?.policy], ['inferred', 'warn']);
  });

  it('holds the sums of the predecessor', () => {
    assert.deepEqual(registry.identitiesOf('0304', 'predecessor-xml'), ['legacy-total', 'legacy-fund']);
  });
});
