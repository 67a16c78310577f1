import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createNationalJson, createPredecessorXml } from '@yiqiao/wire';
import { text } from './caught.ts';

const RUNS = { numRuns: 200 };

const number = fc
  .stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,8})?([eE][+-]?\d{1,3})?$/)
  .map((digits) => new ExactNumber(digits));
/** Any text, lone surrogates and control characters too. */
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
});
const anyName = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'input', 'output', '1', ''));

function objectOf(name: fc.Arbitrary<string>, value: fc.Arbitrary<WireValue>): fc.Arbitrary<WireObject> {
  return fc
    .uniqueArray(fc.tuple(name, value), { selector: ([each]) => each, maxLength: 6 })
    .map((members) => Object.fromEntries(members));
}

const { node: jsonNode } = fc.letrec<{ value: WireValue; node: WireObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    anyText,
    number,
    fc.boolean(),
    fc.constant(null),
    tie('node'),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
  node: objectOf(anyName, tie('value')),
}));

const jsonEnvelope = objectOf(
  anyText.filter((name) => !/^(infno|msgid|input|output|inf_time|infcode|err_msg|message)$/.test(name)),
  fc.oneof(anyText, number, fc.constant(null)),
);

/** Text of a message in GBK: Chinese, marks, blanks, what must be escaped. */
const gbkText = fc.string({
  unit: fc.constantFrom(...Array.from('测试医保云南省（）￥abcXYZ019.-<>&"\']\n\r\t ')),
});
const elementName = fc
  .stringMatching(/^[a-z][a-z0-9]{1,5}$/)
  .filter((name) => !/^(row|sign|transid|output)$/.test(name));
const row = objectOf(elementName, gbkText).filter((node) => Object.keys(node).length > 0);
const xmlBody = fc
  .tuple(
    objectOf(elementName, fc.oneof(gbkText, row)),
    fc.option(fc.array(row, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  )
  .map(([members, rows]): WireObject =>
    rows === undefined ? members : { ...members, detail: { row: rows } },
  );

describe('what the national codec writes it reads back', () => {
  const codec = createNationalJson({ limits: { maxDepth: 100 } });

  it('for any request: body and envelope are equal, and the signature covers the body as sent', () => {
    fc.assert(
      fc.property(jsonEnvelope, jsonNode, (others, body) => {
        const envelope = { infno: '2207', msgid: '1', ...others };
        let signed = '';
        const bytes = codec.writeRequest({ transaction: '2207', envelope, body }, (covered) => {
          signed = text(covered);
          return {};
        });
        const read = codec.readRequest(bytes);
        assert.deepEqual(read.body, body);
        assert.deepEqual(read.envelope, envelope);
        assert.equal(text(read.signedBytes), signed);
      }),
      RUNS,
    );
  });

  it('for any answer', () => {
    fc.assert(
      fc.property(
        jsonEnvelope,
        fc.option(jsonNode),
        anyText,
        fc.boolean(),
        (others, body, words, success) => {
          const answer = { success, code: success ? '0' : '-1', text: words, envelope: others, body };
          const read = codec.readResponse(codec.writeResponse(answer));
          assert.deepEqual(
            [read.success, read.code, read.text, read.body],
            [success, answer.code, words, body],
          );
        },
      ),
      RUNS,
    );
  });

  it('for any member order, whose names are no array indices', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,8}$/), { maxLength: 12 });
    fc.assert(
      fc.property(names, (order) => {
        const body = Object.fromEntries(order.map((name) => [name, '']));
        const bytes = codec.writeRequest({ transaction: '1', envelope: { msgid: '1' }, body });
        assert.deepEqual(Object.keys(codec.readRequest(bytes).body), order);
      }),
      RUNS,
    );
  });

  it('and bytes that are cut off anywhere are refused, never half read', () => {
    const bytes = codec.writeRequest({
      transaction: '2207',
      envelope: { msgid: '1', opter_name: '测试甲' },
      body: { data: { medfee_sumamt: new ExactNumber('10.50'), psn_no: 'x\n' } },
    });
    for (let end = 0; end < bytes.length; end += 1) {
      assert.throws(() => codec.readRequest(bytes.subarray(0, end)), { name: 'GatewayError' });
    }
  });
});

describe('what the predecessor codec writes it reads back', () => {
  for (const soapVersion of ['1.1', '1.2'] as const) {
    const codec = createPredecessorXml({ soapVersion });

    it(`for any request in SOAP ${soapVersion}`, () => {
      fc.assert(
        fc.property(xmlBody, gbkText, (body, transid) => {
          const envelope = { TransNo: '0301', sign: '', transid };
          const read = codec.readRequest(codec.writeRequest({ transaction: '0301', envelope, body }));
          assert.deepEqual(read.body, body);
          assert.deepEqual(read.envelope, envelope);
          assert.deepEqual(read.deviations, []);
        }),
        RUNS,
      );
    });

    it(`for any answer in SOAP ${soapVersion}`, () => {
      fc.assert(
        fc.property(fc.option(xmlBody), gbkText, fc.boolean(), (body, words, success) => {
          const answer = {
            success,
            code: success ? '0' : '-1',
            text: words,
            envelope: { transid: '1' },
            body,
          };
          const read = codec.readResponse(codec.writeResponse(answer));
          assert.deepEqual(
            [read.success, read.code, read.text, read.body],
            [success, answer.code, words, body],
          );
        }),
        RUNS,
      );
    });
  }

  it('for every character of the plane, or names it as one that GBK lacks', () => {
    let written = 0;
    for (let start = 0x40; start < 0xffc0; start += 0x40) {
      if (start < 0xd800 || start >= 0xe000) written += writeBlock(start);
    }
    assert.ok(written > 23_000 && written < 25_000, `${written} characters`);
  });
});

/** Writes the 64 characters from `start` that the codec does not refuse, reads them back, tells how many. */
function writeBlock(start: number): number {
  const codec = createPredecessorXml();
  const block = Array.from({ length: 0x40 }, (_, index) => String.fromCodePoint(start + index));
  const write = (characters: readonly string[]): Uint8Array =>
    codec.writeRequest({ transaction: '1', envelope: {}, body: { a: characters.join('') } });
  let writable = block;
  try {
    write(block);
  } catch (error) {
    assert.ok(error instanceof GatewayError && error.code === 'FORMAT_LIMIT');
    const named = (error.details.faults ?? []).map((fault) => fault.found ?? '');
    writable = block.filter((character) => !named.some((found) => found.startsWith(`${character} (`)));
  }
  if (writable.length > 0)
    assert.deepEqual(codec.readRequest(write(writable)).body, { a: writable.join('') });
  return writable.length;
}
