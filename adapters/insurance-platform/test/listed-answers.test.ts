import assert from 'node:assert/strict';
import { createDoors } from '@yiqiao/insurance-platform';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();
const doors = createDoors({
  registry,
  clock: { now: () => 0 },
  limits: { maxBytes: 1_000_000, maxDepth: 32, maxNodes: 10_000 },
  referenceId: () => '1',
});

describe('An answer whose output is a list of one object', () => {
  const bytes = Buffer.from('{"infcode":0,"err_msg":"","output":[{"setlinfo":{"setl_id":"1"}}]}');

  for (const profile of ['national', 'chongqing']) {
    const { codec } = doors.of(registry.profile(profile));
    it(`is that object where the definition of ${profile} has one`, () => {
      const { body, deviations } = codec.readResponse(bytes, { transaction: '2207' });
      assert.deepEqual(body, { setlinfo: { setl_id: '1' } });
      assert.deepEqual(
        deviations.map(({ rule }) => rule),
        ['list-of-one'],
      );
    });
    it(`stays a list where the definition of ${profile} has one`, () => {
      const { body, deviations } = codec.readResponse(bytes, { transaction: '5204' });
      assert.deepEqual([Object.keys(body ?? {}), deviations], [[''], []]);
    });
  }
});
