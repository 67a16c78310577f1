import assert from 'node:assert/strict';
import { createIdentifierSearch, maskIdentifier, maskIdentifiers } from '@yiqiao/model';

const find = createIdentifierSearch(['psn_name', 'psn_no', 'aac003']);
const kinds = (text: string): string[] => find(text).map(({ kind }) => kind);

describe('the search for identifiers', () => {
  const found: readonly [string, string, string][] = [
    ['an identity number with its check digit', 'log 000000199001010018 end', 'citizen-id'],
    ['one that ends in X', 'certno:00000019900101000X', 'citizen-id'],
    ['an identity number of fifteen digits', '"110105491231002"', 'citizen-id-15'],
    ['a mobile phone number', 'tel 13800000000', 'mobile-phone'],
    ['one with the code of the country', '+86-13800000000', 'mobile-phone'],
    ['a name behind its label', '姓名：测试甲，', 'name'],
    ['a value under a personal name in JSON', '{"psn_name":"测试甲"}', 'named'],
    ['in JSON within a text', '{\\"psn_no\\":\\"P0001\\"}', 'named'],
    ['in XML', '<aac003>测试甲</aac003>', 'named'],
    ['in the query of a URL', '/find?psn_no=P0001&x=1', 'named'],
  ];
  for (const [what, text, kind] of found) {
    it(`finds ${what}`, () => assert.deepEqual(kinds(text), [kind]));
  }

  const harmless: readonly [string, string][] = [
    ['a masked value', '{"psn_name":"测**"} 姓名：测**'],
    ['an empty value', '{"psn_name":"","psn_no":null} <aac003></aac003>'],
    ['a number with a wrong check digit', '000000199001010011'],
    ['a message id', 'H00000000001202611012230001234 P53000000001202601010001'],
    ['a time in milliseconds and a time in digits', '1793491200000 20261101223000'],
    ['part of a longer number or of a hash', '1000000199001010018 a000000199001010018f 0.13800000000'],
    ['a code of an institution or a region', 'H53000000001 530000 91530000MA00000000'],
  ];
  for (const [what, text] of harmless) {
    it(`passes ${what}`, () => assert.deepEqual(kinds(text), []));
  }

  it('tells where a finding is and shows no more of it than its ends', () => {
    const [only] = find('身份证 000000199001010018');
    assert.deepEqual(only, { kind: 'citizen-id', at: 4, length: 18, shown: '0****************8' });
    assert.equal(maskIdentifier('𠮷田'), '**');
    assert.equal(maskIdentifier('测试甲'), '测*甲');
  });

  it('masks the numbers of persons in a text and leaves the rest', () => {
    assert.equal(
      maskIdentifiers('/data/000000199001010018/a 13900000000'),
      '/data/0****************8/a 1*********0',
    );
    const harmless = '/input/data/psn_no H53010000001202601010800000001';
    assert.equal(maskIdentifiers(harmless), harmless);
  });
});
