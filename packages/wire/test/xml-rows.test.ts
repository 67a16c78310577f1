import assert from 'node:assert/strict';
import { createWireCodec } from '@yiqiao/wire';
import { caught, utf8 } from './caught.ts';

/** Rows of fees, each of which may hold rows of shares. */
const codec = createWireCodec({
  id: 'trial',
  codec: 'plain-xml',
  envelope: {
    charset: 'UTF-8',
    request: { root: 'in', lists: { 'fees/row': 'elements', 'fees/row/shares/row': 'elements' } },
    response: { root: 'out', envelope: ['code', 'msg'] },
    answer: { code: 'code', text: 'msg', success: { atLeast: 1 } },
  },
});

const read = (xml: string): unknown => codec.readRequest(utf8(xml), { transaction: 'T' }).body;

function refusal(xml: string): string[] {
  const error = caught(() => read(xml));
  return [error.code, ...(error.details.faults ?? []).map(({ rule, at }) => `${rule} ${at}`)];
}

const SHARES = '<shares>\n<row><s>1</s></row><row><s>2</s></row>\n</shares>';

describe('rows of XML', () => {
  it('are read within rows, with line ends between them, with blanks and without content', () => {
    assert.deepEqual(
      read(
        `<in><fees>\n <row><a>1</a>${SHARES}</row>\n <row/>\n <row> </row><row><a>3</a></row>\n</fees></in>`,
      ),
      {
        fees: { row: [{ a: '1', shares: { row: [{ s: '1' }, { s: '2' }] } }, '', ' ', { a: '3' }] },
      },
    );
  });

  const FAULTS: readonly (readonly [what: string, xml: string, found: readonly string[]])[] = [
    [
      'a member twice, in the row that has it, between good ones',
      `<in><fees><row><a>1</a></row><row><a>1</a><a>2</a></row><row>${SHARES}</row></fees></in>`,
      ['DUPLICATE_MEMBER', 'duplicate /in/fees/row[2]/a'],
    ],
    [
      'text beside the rows that it holds',
      `<in><fees><row><a>1</a></row><row>odd${SHARES}</row></fees></in>`,
      ['MESSAGE_NOT_READABLE', 'mixed-content /in/fees/row[2]'],
    ],
    [
      'faults of rows in rows, in the order of the message',
      '<in><fees><row><shares><row><s/></row><row>x<s/></row></shares>y</row><row>z<a/></row></fees></in>',
      [
        'MESSAGE_NOT_READABLE',
        'mixed-content /in/fees/row[1]',
        'mixed-content /in/fees/row[1]/shares/row[2]',
        'mixed-content /in/fees/row[2]',
      ],
    ],
    [
      'a list twice, whose rows are not looked into',
      '<in><fees><row><a>1</a></row></fees><fees><row>x<a>2</a></row></fees></in>',
      ['DUPLICATE_MEMBER', 'duplicate /in/fees'],
    ],
    [
      'what is not well-formed before what is wrong with its rows',
      '<in><fees><row>x<a>2</a></row></fee></in>',
      ['MESSAGE_NOT_READABLE', 'syntax /in/fees'],
    ],
  ];
  for (const [what, xml, found] of FAULTS)
    it(`are refused with ${what}`, () => assert.deepEqual(refusal(xml), found));

  it('hold nothing of the rows before them', () => {
    const rows = [
      ['<a>1</a><b><c>2</c><d>3</d></b>', { a: '1', b: { c: '2', d: '3' } }],
      ['<a/><b/>', { a: '', b: '' }],
      [`<b x="1"><c> </c></b>${SHARES}`, { b: { c: ' ' }, shares: { row: [{ s: '1' }, { s: '2' }] } }],
      ['<shares/><a><b><c/></b></a>', { shares: '', a: { b: { c: '' } } }],
    ] as const;
    const order = [0, 1, 2, 3, 1, 0, 2, 1, 3, 0].map((index) => rows[index] ?? rows[0]);
    const xml = order.map(([row]) => `<row>${row}</row>`).join('');
    assert.deepEqual(read(`<in><fees>${xml}</fees></in>`), { fees: { row: order.map(([, row]) => row) } });
  });

  it('tell attributes that are no members by the path where they stand', () => {
    const xml = '<in><fees><row><x><y a="1"/></x></row><row><y a="1"/></row></fees></in>';
    const { deviations } = codec.readRequest(utf8(xml), { transaction: 'T' });
    assert.deepEqual(
      deviations.map(({ at }) => at),
      ['/in/fees/row/x/y/@a', '/in/fees/row/y/@a'],
    );
  });
});
