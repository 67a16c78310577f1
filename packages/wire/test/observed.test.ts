import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createNationalJson, createPredecessorXml } from '@yiqiao/wire';
import { caught, text } from './caught.ts';

/** Messages as really sent, anonymised. Source: observed/ of the interface facts. */
function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`fixtures/observed/${name}`, import.meta.url));
}

const national = createNationalJson();
const predecessor = createPredecessorXml();

describe('national answers as really sent', () => {
  const cases = [
    { name: '1101-130399-02', rules: [] },
    { name: '1101-310115-01', rules: ['node-beside-output'] },
    { name: '1161-500102-02', rules: ['type'] },
    { name: '1201-330000-01', rules: [] },
    { name: '2204-131100-01', rules: [] },
    { name: '2207-131100-01', rules: [] },
    { name: '2304-430502-02', rules: ['name'] },
    { name: '2305-500103-01', rules: [] },
    { name: '3101-430000-02', rules: ['type', 'text-beside-success'] },
    { name: '9001-330000-03', rules: ['success-text'] },
  ];
  for (const { name, rules } of cases) {
    it(`${name} is read, with ${rules.join(', ') || 'no deviation'}`, () => {
      const answer = national.readResponse(fixture(`${name}.response.txt`));
      assert.equal(answer.success, true);
      assert.deepEqual(
        answer.deviations.map((deviation) => deviation.rule),
        rules,
      );
    });
  }

  for (const name of ['1162-130300-03', 'settle-350205-01']) {
    it(`${name} speaks another form and is refused with its own word`, () => {
      const error = caught(() => national.readResponse(fixture(`${name}.response.txt`)));
      assert.equal(error.code, 'MESSAGE_NOT_READABLE');
      assert.notEqual(error.details.upstream?.text, undefined);
    });
  }

  it('sh-si51 is GBK and refused for its charset', () => {
    assert.equal(caught(() => national.readResponse(fixture('sh-si51-response.txt'))).code, 'CHARSET_WRONG');
  });
});

describe('national requests as really sent', () => {
  for (const name of [
    '2205-411302-01',
    '2206-411302-02',
    '2206a-210100-01',
    '2207-500155-02',
    '2601-411302-01',
    '3201-411302-01',
    '4101-469005-01',
  ]) {
    it(`${name} is read without deviation and written back without loss`, () => {
      const request = national.readRequest(fixture(`${name}.request.txt`));
      assert.deepEqual(request.deviations, []);
      const again = national.readRequest(national.writeRequest(request));
      assert.deepEqual(again.envelope, request.envelope);
      assert.deepEqual(again.body, request.body);
    });
  }
});

describe('predecessor messages as really sent', () => {
  it('gd-0302 is read from its GBK bytes, signed bytes included', () => {
    const bytes = fixture('gd-0302-request.xml');
    const request = predecessor.readRequest(bytes, { transaction: '0302' });
    assert.equal(request.transaction, '0302');
    assert.equal(request.body['akb021'], '示例医院');
    assert.equal(request.body['yab600'], '');
    assert.equal(text(request.signedBytes), text(bytes));
    assert.deepEqual(
      request.deviations.map((deviation) => deviation.rule),
      ['no-soap'],
    );
  });

  it('sx-shangluo has another root and is refused by its name', () => {
    const error = caught(() => predecessor.readResponse(fixture('sx-shangluo-001-response.xml')));
    assert.equal(error.code, 'MESSAGE_NOT_READABLE');
    assert.equal(error.details.faults?.[0]?.found, 'transferinfo');
  });
});
