import assert from 'node:assert/strict';
import { findDifferences, readExact } from '@yiqiao/conformance';

const differences = (sent: string, arrived: string): string[] =>
  findDifferences(readExact(sent), readExact(arrived));

describe('What became of the values of a message', () => {
  const same = [
    ['{"a":69.60}', '{"a":"69.6"}'],
    ['{"a":0.0}', '{"a":0}'],
    ['{"a":9.00,"b":null}', '{"b":null,"a":9}'],
    ['{"a":{"b":""}}', '{"a":[{"b":""}]}'],
    ['{"a":[]}', '{"a":[]}'],
  ] as const;
  for (const [sent, arrived] of same) {
    it(`${sent} and ${arrived} hold the same`, () => {
      assert.deepEqual(differences(sent, arrived), []);
    });
  }

  const other = [
    ['{"a":1}', '{}', '/a is lost'],
    ['{}', '{"a":null}', '/a is new'],
    ['{"a":null}', '{"a":""}', '/a is another value'],
    ['{"a":""}', '{"a":0}', '/a is another value'],
    ['{"a":100}', '{"a":1}', '/a is another value'],
    ['{"a":"1.0"}', '{"a":"1"}', '/a is another value'],
    ['{"a":196702206810.0}', '{"a":196702206816}', '/a is another value'],
    ['{"a":9007199254740993}', '{"a":9007199254740992}', '/a is another value'],
    ['{"a":"000000"}', '{"a":0}', '/a is another value'],
    ['{"a":[1,2]}', '{"a":[1]}', '/a is another list'],
    ['{"a":{}}', '{"a":"x"}', '/a is no object any more'],
    ['{"a":[{"b":1}]}', '{"a":[{"b":2}]}', '/a/0/b is another value'],
  ] as const;
  for (const [sent, arrived, difference] of other) {
    it(`between ${sent} and ${arrived}: ${difference}`, () => {
      assert.deepEqual(differences(sent, arrived), [difference]);
    });
  }
});
