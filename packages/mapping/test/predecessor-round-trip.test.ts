import { compileMapFile, type MapFile, type Rule } from '@yiqiao/mapping';
import { isWireObject, type MessageHeader, type WireObject, type WireValue } from '@yiqiao/model';
import fc from 'fast-check';
import { strict as assert } from 'node:assert';
import { predecessorBody, type Settings } from './generate-predecessor.ts';
import { CONTEXT, family, mapFile, PROFILE, registry, TRANSACTIONS } from './predecessor-family.ts';
import { difference, wireObject } from './wire-values.ts';

/** What the records of the test context ask of the elements held against them. */
const FIXED = { aac044: '000000199001010018', ykc700: 'S4301001906030000001' };

function settingsOf(file: MapFile, side: 'request' | 'response'): Settings {
  const directions = file.steps.map((step) => step[side]);
  const required = directions.flatMap((direction) => [
    ...(direction.required ?? []),
    ...direction.rules.flatMap((rule) => ('list' in rule ? (rule.required ?? []) : [])),
  ]);
  return { required: new Set(required), fixed: FIXED };
}

function withLists(rules: readonly Rule[]): Rule[] {
  return rules.flatMap((rule) => ('list' in rule ? withLists(rule.rules) : [rule]));
}

/** Elements that writing may add: emitted ones, and those whose canonical leaf is also filled from elsewhere. */
function mayBeAdded(file: MapFile, side: 'request' | 'response'): ReadonlySet<string> {
  const rules = withLists([...family.header, ...file.steps.flatMap((step) => step[side].rules)]);
  const filled = new Set(rules.flatMap((rule) => ('fill' in rule ? [rule.fill] : [])));
  return new Set(
    rules.flatMap((rule) => {
      if ('emit' in rule) return [rule.emit];
      return 'to' in rule && 'from' in rule && filled.has(rule.to) ? [rule.from] : [];
    }),
  );
}

/** Reads with every step, writes with every step, and tells what is missing or other than it came. */
function lossOf(file: MapFile, side: 'request' | 'response', body: WireObject): string | undefined {
  const written: Record<string, unknown> = {};
  for (const step of compileMapFile(file, { family }).steps) {
    const content = step[side].toModel(body, CONTEXT);
    const header = content.header as MessageHeader;
    Object.assign(written, step[side].toWire(content, { ...CONTEXT, header }).body);
  }
  return difference(body, without(mayBeAdded(file, side), written as WireObject, body));
}

/** What was written, without the elements that may be added and did not come. */
function without(added: ReadonlySet<string>, written: WireValue, sent: WireValue | undefined): WireValue {
  if (Array.isArray(written)) {
    const items = Array.isArray(sent) ? (sent as readonly WireValue[]) : [];
    return (written as readonly WireValue[]).map((item, i) => without(added, item, items[i]));
  }
  if (!isWireObject(written)) return written;
  const came = isWireObject(sent) ? sent : {};
  const names = Object.keys(written).filter((name) => Object.hasOwn(came, name) || !added.has(name));
  return wireObject(names.map((name) => [name, without(added, written[name] as WireValue, came[name])]));
}

function roundTrip(file: MapFile, side: 'request' | 'response') {
  const definition = registry.definition(PROFILE, file.transaction);
  assert(definition !== undefined);
  return fc.property(
    predecessorBody(mapFile(file.transaction), definition, side, settingsOf(file, side)),
    (body) => {
      assert.equal(lossOf(file, side, body), undefined);
    },
  );
}

describe('the predecessor maps, wire → model → wire', () => {
  for (const transaction of TRANSACTIONS) {
    for (const side of ['request', 'response'] as const) {
      it(`${transaction} ${side} comes back element for element`, () => {
        fc.assert(roundTrip(mapFile(transaction), side), { numRuns: 80 });
      });
    }
  }

  it('is failed by a map that puts two amounts in one place', () => {
    const text = JSON.stringify(mapFile('0304')).replace('"to":"firstSelfPaid"', '"to":"inScope"');
    assert.equal(fc.check(roundTrip(JSON.parse(text) as MapFile, 'request'), { numRuns: 200 }).failed, true);
  });
});
