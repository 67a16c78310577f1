import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { connection, errorOf, places } from './connections.ts';

/** Profiles with which no connection can be made, and the place of what is not known of them. */
const NOT_YET: Readonly<Record<string, string>> = {
  jiangxi: 'profile schemas/provincial/jiangxi/profile.json#/codec',
  'tianjin-mobile-payment': 'profile schemas/provincial/tianjin-mobile-payment/profile.json#/codec',
  'guizhou-guiyang': 'profile /envelope/answer',
};

describe('A connection', () => {
  for (const id of createRegistry().profiles()) {
    const unknown = NOT_YET[id];
    if (unknown === undefined) {
      it(`can be made with the profile ${id}, to be called and to call`, () => {
        const { profile, codec, dialect } = connection(id);
        assert.equal(profile.id, id);
        assert.match(codec.contentType, /^(?:application|text)\/[\w+]+/);
        assert(dialect.calls !== undefined);
      });
    } else {
      it(`cannot be made with the profile ${id}, and what is missing is named`, () => {
        const { code, details } = errorOf(() => connection(id));
        assert.deepEqual([code, places(details.faults)], ['PROFILE_BROKEN', [unknown]]);
      });
    }
  }
});
