import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WireObject, WireValue } from '@yiqiao/model';
import { regionCodec, registry } from './region-samples.ts';

/** Regions with a form of their own, and a transaction with lists where one is known. */
const CASES: readonly (readonly [string, string])[] = [
  ['zhejiang', '29'],
  ['zhejiang', '38'],
  ['zhejiang', '49'],
  ['shanghai', 'SI11'],
  ['guizhou-yinhai', '48'],
  ['guizhou-guiyang', 'CALCLIN'],
  ['sichuan-yibin', 'CXJB004'],
  ['hunan-powersi', 'bizh110104'],
  ['hainan', 'hos.upload.fee'],
  ['jiangsu', 'ec.query'],
  ['yunnan', 'int_admit'],
  ['shandong-dareway', 'settle_mg'],
  ['shaanxi-shenmu', 'MZ'],
];

/** Characters that all forms can carry; none of them is or begins a mark. */
const CHARACTERS = [
  '测',
  '甲',
  '乙',
  '一',
  '亊',
  'A',
  'z',
  '0',
  '9',
  ' ',
  '.',
  '-',
  '_',
  '<',
  '>',
  '&',
  '"',
  "'",
  '/',
];
const text = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 12 });
/** What is left of a buffer is no value, so values of calls do not end with blanks. */
const trimmed = text.map((value) => value.trimEnd());

/** The narrowest buffer holds three bytes. */
const narrow = fc.string({ unit: fc.constantFrom('A', 'z', '0', '9'), maxLength: 3 });
/** Values of the forms that cannot carry every text. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  yunnan: narrow,
  'shandong-dareway': trimmed,
};

function record(members: readonly (readonly [string, fc.Arbitrary<WireValue>])[]): fc.Arbitrary<WireObject> {
  return fc.record(Object.fromEntries(members), { noNullPrototype: true });
}

function membersOf(names: readonly string[], value: fc.Arbitrary<WireValue>): fc.Arbitrary<WireObject> {
  return record(names.map((name) => [name, value]));
}

function nest(path: string, value: fc.Arbitrary<WireValue>): readonly [string, fc.Arbitrary<WireValue>] {
  const [first = '', ...rest] = path.split('/');
  if (rest.length === 0) return [first, value];
  const [name, inner] = nest(rest.join('/'), value);
  return [first, record([[name, inner]])];
}

/** Bodies of a transaction: every field filled, one to three rows in every list. */
function bodies(
  region: string,
  transaction: string,
  direction: 'request' | 'response',
): fc.Arbitrary<WireObject> {
  const nodes = registry.definition(region, transaction)?.[direction] ?? [];
  const value = VALUES[region] ?? text;
  const held = new Set(nodes.map(({ node }) => node));
  const root = nodes.find(({ node }) => node === '')?.fields ?? [];
  const plain = root.filter(({ name }) => !held.has(name)).map(({ name }) => [name, value] as const);
  const inner = nodes
    .filter(({ node }) => node !== '')
    .map(({ node, repeated, fields }) => {
      const row = membersOf(
        fields.map(({ name }) => name),
        value,
      );
      return nest(node, repeated ? fc.array(row, { minLength: 1, maxLength: 3 }) : row);
    });
  return record([...plain, ...inner]);
}

describe('what the codec of a region writes it reads back', () => {
  for (const [region, transaction] of CASES) {
    const codec = regionCodec(region);
    it(`a request: ${region} ${transaction}`, () => {
      fc.assert(
        fc.property(bodies(region, transaction, 'request'), (body) => {
          const bytes = codec.writeRequest({ transaction, envelope: {}, body });
          const read = codec.readRequest(bytes, { transaction });
          assert.deepEqual(read.body, body);
          assert.equal(read.transaction, transaction);
        }),
        { numRuns: 30 },
      );
    });

    it(`and is refused when it is cut off anywhere: ${region} ${transaction}`, () => {
      const [body = {}] = fc.sample(bodies(region, transaction, 'request'), { numRuns: 1, seed: 1 });
      const bytes = codec.writeRequest({ transaction, envelope: {}, body });
      for (let end = 0; end < bytes.length; end += 7)
        assert.throws(() => codec.readRequest(bytes.subarray(0, end), { transaction }), {
          name: 'GatewayError',
        });
    });
  }
});

describe('an answer of a region', () => {
  const answers: readonly (readonly [string, string, string])[] = [
    ['zhejiang', '29', '0'],
    ['shanghai', 'SI11', 'P001'],
    ['guizhou-yinhai', '48', '1'],
    ['hainan', 'hos.upload.fee', '0'],
    ['yunnan', 'int_feebalance', '0000'],
    ['shandong-dareway', 'settle_mg', '0'],
    ['shaanxi-shenmu', 'MZ', 'taken'],
  ];
  for (const [region, transaction, code] of answers) {
    it(`is read back as it was written: ${region} ${transaction}`, () => {
      const codec = regionCodec(region);
      fc.assert(
        fc.property(bodies(region, transaction, 'response'), (body) => {
          const message = { transaction, success: true, code, text: '', envelope: {}, body };
          const beside = codec.besideResponse?.(message) ?? {};
          const read = codec.readResponse(codec.writeResponse(message), { transaction, beside });
          assert.deepEqual([read.success, read.code, read.body], [true, code, body]);
        }),
        { numRuns: 30 },
      );
    });
  }
});
