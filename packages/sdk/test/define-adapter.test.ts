/** What a definition must say, before anything is sent. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { defineAdapter, jsonCodec } from '@yiqiao/sdk';
import type { AdapterSpec } from '@yiqiao/sdk';

interface Ops {
  readonly issue: { request: string; response: string };
  readonly find: { request: string; response: string };
}

const spec: AdapterSpec<Ops> = {
  id: 'bills',
  codec: jsonCodec(),
  calls: {
    issue: {
      effect: 'write',
      wayOut: 'query',
      toWire: (number) => ({ number }),
      toModel: () => '',
      query: {
        with: 'find',
        toRequest: ({ request }) => request,
        outcome: () => ({ state: 'unknown' }),
      },
    },
    find: { effect: 'read', toWire: (number) => ({ number }), toModel: () => '' },
  },
};

describe('A definition', () => {
  const BROKEN: readonly [string, Record<string, unknown>, readonly string[]][] = [
    ['without anything', {}, ['/id', '/codec', '/calls']],
    [
      'whose call is hollow',
      { ...spec, calls: { issue: {} } },
      ['/calls/issue/toWire', '/calls/issue/toModel', '/calls/issue/effect'],
    ],
    [
      'whose write names no way out',
      { ...spec, calls: { issue: { ...spec.calls.issue, wayOut: undefined } } },
      ['/calls/issue/wayOut'],
    ],
    [
      'whose query asks by a call that is not there',
      { ...spec, calls: { issue: spec.calls.issue } },
      ['/calls/issue/query/with'],
    ],
    ['with a misspelt member', { ...spec, notification: {} }, ['/notification']],
    [
      'with a codec of its own that is half there',
      { ...spec, codec: { contentType: 'x' } },
      ['/codec/formatRequest', '/codec/parseRequest', '/codec/formatResponse', '/codec/parseResponse'],
    ],
    [
      'that polls without pause',
      { ...spec, polling: { intervalMs: 0 } },
      ['/polling/poll', '/polling/intervalMs'],
    ],
  ];
  for (const [title, broken, places] of BROKEN) {
    it(`${title} is refused, every fault with its place and remedy`, () => {
      assert.throws(
        () => defineAdapter(broken as unknown as AdapterSpec<Ops>),
        (error: unknown) => {
          assert(error instanceof GatewayError);
          assert.equal(error.code, 'ADAPTER_INVALID');
          assert.deepEqual(error.details.faults?.map(({ at }) => at).toSorted(), [...places].toSorted());
          return (
            error.details.faults?.every(({ message }) => message.zh !== '' && message.en !== '') === true
          );
        },
      );
    });
  }
});
