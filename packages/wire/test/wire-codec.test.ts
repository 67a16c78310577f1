import assert from 'node:assert/strict';
import { createWireCodec } from '@yiqiao/wire';
import { caught } from './caught.ts';

function broken(codec: string, envelope: Record<string, unknown>): string[] {
  const error = caught(() => createWireCodec({ id: 'trial', codec, envelope }));
  assert.equal(error.code, 'PROFILE_BROKEN');
  const file = 'schemas/provincial/trial/profile.json#';
  return (error.details.faults ?? []).map(({ at }) => at.replace(file, ''));
}

describe('the codec of a profile', () => {
  it('is the national or the predecessor one by its name', () => {
    const profile = { id: 'trial', envelope: {} };
    assert.match(createWireCodec({ ...profile, codec: 'national-json' }).contentType, /json/);
    assert.match(createWireCodec({ ...profile, codec: 'predecessor-xml' }).contentType, /GBK/);
  });

  it('that nobody knows is refused, naming the known ones', () => {
    const error = caught(() => createWireCodec({ id: 'trial', codec: 'toString', envelope: {} }));
    const [fault] = error.details.faults ?? [];
    assert.equal(fault?.at, 'schemas/provincial/trial/profile.json#/codec');
    assert.match(fault?.message.en ?? '', /delimited-text, plain-xml, framed-json/);
  });

  it('is not made of settings that are wrong; all of them are named with their place', () => {
    const envelope = {
      charset: 'ASCII',
      open: 1,
      fieldSeparator: '~',
      itemSeparator: '%%',
      close: '$$',
      requestPrefix: 'x',
      records: { card: { totalLength: 9, fields: [{ name: 'a', start: 2, length: 3, pad: 'both' }] } },
      answer: { text: 'x', success: { equals: 0 } },
    };
    assert.deepEqual(broken('delimited-text', envelope), [
      '/envelope/charset',
      '/envelope/open',
      '/envelope/records/card/fields/0/start',
      '/envelope/records/card/fields/0/pad',
      '/envelope/records/card/totalLength',
      '/envelope/requestPrefix',
      '/envelope/answer/code',
      '/envelope/answer/success/equals',
    ]);
  });

  it('nor of settings that are missing', () => {
    assert.deepEqual(broken('plain-xml', { charset: 'GBK' }), [
      '/envelope/request/root',
      '/envelope/response/root',
    ]);
    assert.deepEqual(broken('framed-json', { charset: 'GBK', request: [], response: { body: 'x' } }), [
      '/envelope/request',
      '/envelope/request/body',
      '/envelope/request/transaction',
    ]);
    assert.deepEqual(
      broken('plain-xml', {
        charset: 'GBK',
        request: { root: 'a', lists: { row: 'columns' } },
        response: { root: 'a', envelope: [1] },
        attributeBlankMayLack: 'yes',
      }),
      ['/envelope/attributeBlankMayLack', '/envelope/request/lists/row', '/envelope/response/envelope'],
    );
  });

  it('nor of settings that nothing asks for: a misspelt one would do nothing, and none passes unnoticed', () => {
    const half = { root: 'a', declaraton: '<?xml?>', lists: { 'rows/row': 'elements' } };
    const answer = { code: 'code', success: { equals: '0', atLeast: 1 }, beside: [], texts: 'x' };
    assert.deepEqual(
      broken('plain-xml', { charset: 'GBK', request: half, response: { root: 'a' }, answer }),
      ['/envelope/request/declaraton', '/envelope/answer/texts', '/envelope/answer/success/atLeast'],
    );
    assert.deepEqual(broken('national-json', { infverDefault: '1.0.0', charset: 'GBK' }), [
      '/envelope/charset',
    ]);
    assert.deepEqual(broken('predecessor-xml', { charset: 'BIG5', 'a/b': 1 }), [
      '/envelope/charset',
      '/envelope/a~1b',
    ]);
  });
});
