/** Each form of bytes, in both directions, with each kind of bad input: code, place and remedy in both languages. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { ErrorCode, Fault } from '@yiqiao/model';
import { bytesOf, FORMS } from './bad-input-forms.ts';
import type { BadInputForm } from './bad-input-forms.ts';
import { caught, utf8 } from './caught.ts';

/** What becomes of an input: the code that refuses it, or the rule under which it is remarked on. */
type End =
  { readonly code: ErrorCode; readonly at?: RegExp } | { readonly told: string } | { readonly sound: true };

/** `undefined` where the form knows no such input. */
type Make = (form: BadInputForm) => readonly [Uint8Array, End] | undefined;

const SOUND: End = { sound: true };
const MARK = Uint8Array.of(0xef, 0xbb, 0xbf);
const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
const isAnswer = ({ title }: BadInputForm): boolean => title.endsWith('answer');
const refused = (code: ErrorCode, at?: RegExp): End => (at === undefined ? { code } : { code, at });

/** A sound message with a text in place of another; undefined where it does not stand. */
function changed(form: BadInputForm, from: string | RegExp, to: string): Uint8Array | undefined {
  const text = form.text.replace(from, () => to);
  return text === form.text ? undefined : bytesOf(text, form);
}

/** An input of one syntax that comes by changing a sound message. */
function change(
  syntax: BadInputForm['syntax'],
  [from, to]: readonly [string | RegExp, string],
  end: End | ((form: BadInputForm) => End),
): Make {
  return (form) => {
    const bytes = form.syntax === syntax ? changed(form, from, to) : undefined;
    return bytes && [bytes, typeof end === 'function' ? end(form) : end];
  };
}

/** The bytes before the last character of the name, half of it, and those behind it. */
function halved(form: BadInputForm): readonly [Uint8Array, Uint8Array, Uint8Array] | undefined {
  const at = form.text.indexOf('甲');
  if (at === -1) return undefined;
  const [before, whole, behind] = [form.text.slice(0, at), '甲', form.text.slice(at + 1)];
  return [bytesOf(before, form), bytesOf(whole, form).subarray(0, -1), bytesOf(behind, form)];
}

const unreadable = refused('MESSAGE_NOT_READABLE');
const isText = ({ syntax }: BadInputForm): boolean => syntax !== 'url-encoded';

const INPUTS: Readonly<Record<string, Make>> = {
  nothing: (form) => (isText(form) ? [new Uint8Array(), unreadable] : undefined),
  'blanks and line ends alone': (form) => (isText(form) ? [utf8(' \r\n'), unreadable] : undefined),
  'NULs alone': (form) => (isText(form) ? [new Uint8Array(20), unreadable] : undefined),
  'a byte order mark alone': (form) => {
    if (!isText(form)) return undefined;
    return [MARK, form.charset === 'gbk' && form.syntax !== 'xml' ? refused('CHARSET_WRONG') : unreadable];
  },
  'a byte order mark before it': (form) => {
    if (!isText(form)) return undefined;
    const bytes = join(MARK, bytesOf(form.text, form));
    return [bytes, form.charset === 'gbk' ? refused('CHARSET_WRONG') : { told: 'byte-order-mark' }];
  },
  'UTF-16': (form) => [
    join(Uint8Array.of(0xff, 0xfe), Buffer.from(form.text, 'utf16le')),
    refused('CHARSET_WRONG'),
  ],
  'the other charset': (form) => {
    if (!isText(form)) return undefined;
    const charset = form.charset === 'gbk' ? 'utf-8' : 'gbk';
    return [bytesOf(form.text, { charset }), refused('CHARSET_WRONG')];
  },
  'half a character at its end': (form) => {
    const parts = halved(form);
    return parts && [join(parts[0], parts[1]), refused('CHARSET_WRONG')];
  },
  'half a character inside': (form) => {
    const parts = halved(form);
    // The separator that follows it is the other half of a pair, so that a field is missing.
    const isPair = form.syntax === 'delimited' && form.charset === 'gbk';
    const end = isAnswer(form) ? { told: 'fields' } : refused('MESSAGE_INVALID');
    return parts && [join(...parts), isPair ? end : refused('CHARSET_WRONG')];
  },
  'an end that is missing': (form) =>
    isText(form) ? [bytesOf(form.text.slice(0, -1), form), unreadable] : undefined,
  'a line end behind it': (form) => {
    if (!isText(form)) return undefined;
    const bytes = join(bytesOf(form.text, form), utf8('\r\n'));
    return [bytes, form.syntax === 'delimited' ? { told: 'padding' } : SOUND];
  },
  'NULs behind it': (form) =>
    isText(form) ? [join(bytesOf(form.text, form), utf8('\0\0')), { told: 'padding' }] : undefined,
  'NULs before it': (form) =>
    isText(form) ? [join(utf8('\0'), bytesOf(form.text, form)), unreadable] : undefined,
  'a NUL inside': (form) => {
    const bytes = changed(form, '测', '测\0');
    if (form.syntax !== 'delimited') return bytes && [bytes, unreadable];
    return bytes && [bytes, isAnswer(form) ? { told: 'marks' } : refused('MESSAGE_INVALID', /^\/\(2\)$/)];
  },
  'the message twice': (form) => {
    const bytes = bytesOf(form.text + form.text, form);
    if (form.syntax === 'xml') return [bytes, refused('XML_FORBIDDEN')];
    if (form.syntax === 'url-encoded') return [bytes, refused('DUPLICATE_MEMBER', /^\/b$/)];
    if (form.syntax === 'json') return [bytes, unreadable];
    return [bytes, isAnswer(form) ? { told: 'marks' } : refused('MESSAGE_INVALID')];
  },
  'more bytes than the limit': (form) => [
    join(bytesOf(form.text, form), new Uint8Array(2_000).fill(0x20)),
    refused('MESSAGE_TOO_LARGE'),
  ],
  'an error page': (form) => (isText(form) ? [utf8('<html><body>502</body></html>'), unreadable] : undefined),

  'a member twice': change('json', ['{', '{"zz":1,"zz":2,'], refused('DUPLICATE_MEMBER', /^\/zz$/)),
  'a member twice, once in escapes': change(
    'json',
    ['{', '{"zz":1,"z\\u007a":2,'],
    refused('DUPLICATE_MEMBER', /^\/zz$/),
  ),
  'a member twice in the body': change(
    'json',
    ['"name":', '"name":1,"name":'],
    refused('DUPLICATE_MEMBER', /\/name$/),
  ),
  'half of a surrogate pair in an escape': change('json', ['测', '\\ud842'], { told: 'half-character' }),
  'the other half of one': change('json', ['测', '\\udfb7'], { told: 'half-character' }),
  'half of one in a name': change('json', ['{', '{"\\ud842":1,'], { told: 'half-character' }),
  'a bracket for a brace': change('json', [/\}$/, ']'], unreadable),
  'a brace more': change('json', [/$/, '}'], unreadable),
  'JSON that is too deep': change(
    'json',
    ['{', `{"zz":${'['.repeat(20)}${']'.repeat(20)},`],
    refused('MESSAGE_TOO_DEEP'),
  ),
  'too many members': change(
    'json',
    ['{', `{"zz":[${Array(300).fill('1').join(',')}],`],
    refused('MESSAGE_TOO_DEEP', /^\/zz\//),
  ),
  'a number that is none': change('json', ['{', '{"zz":NaN,'], refused('MESSAGE_NOT_READABLE', /^\/zz$/)),
  'a control character': change('json', ['测', '测\u0001'], unreadable),
  'an escape that is none': change('json', ['测', '\\x'], unreadable),
  'a list for the object': (form) => (form.syntax === 'json' ? [utf8('[1]'), unreadable] : undefined),

  'a DTD': change(
    'xml',
    [/<(?=input|result|output|m>|s:Envelope)/, '<!DOCTYPE x><'],
    refused('XML_FORBIDDEN'),
  ),
  'an entity': change('xml', ['测', '&nbsp;'], refused('XML_FORBIDDEN', /./)),
  'a reference to half of a pair': change('xml', ['测', '&#xD842;'], refused('MESSAGE_NOT_READABLE', /./)),
  'a reference to U+0000': change('xml', ['测', '&#0;'], refused('MESSAGE_NOT_READABLE', /./)),
  'a tag that is not closed': change(
    'xml',
    [/<\/name>|&lt;\/name&gt;/, ''],
    refused('MESSAGE_NOT_READABLE', /\/name$/),
  ),
  'tags that cross': change(
    'xml',
    [/<\/name>/, '<zz></name></zz>'],
    refused('MESSAGE_NOT_READABLE', /\/name\/zz$/),
  ),
  'an element twice': change(
    'xml',
    ['<name>', '<name>1</name><name>'],
    refused('DUPLICATE_MEMBER', /\/name$/),
  ),
  'an attribute twice': change(
    'xml',
    ['<name>', '<name a="1" a="2">'],
    refused('MESSAGE_NOT_READABLE', /\/name$/),
  ),
  'elements that are too deep': change(
    'xml',
    ['测', '<z>'.repeat(20) + '</z>'.repeat(20)],
    refused('MESSAGE_TOO_DEEP', /\/z$/),
  ),
  'too many elements': change('xml', ['测', '<z/>'.repeat(100)], refused('MESSAGE_TOO_DEEP', /\/z$/)),
  'text beside elements': change(
    'xml',
    [/<name>/, '<name><z>1</z>'],
    refused('MESSAGE_NOT_READABLE', /\/name$/),
  ),
  'another root': (form) =>
    form.syntax === 'xml'
      ? [utf8('<other><a>1</a></other>'), refused('MESSAGE_NOT_READABLE', /^\/other$/)]
      : undefined,
  'a charset that nobody reads': change(
    'xml',
    [/encoding="[^"]+"/, 'encoding="BIG5"'],
    refused('CHARSET_WRONG'),
  ),

  'a field too few': change('delimited', ['~x$$', '$$'], (form) =>
    isAnswer(form) ? { told: 'fields' } : refused('MESSAGE_INVALID', /\/told$/),
  ),
  'no body': (form) => {
    if (form.syntax !== 'delimited') return undefined;
    return isAnswer(form)
      ? [utf8('$$0~$$'), { told: 'fields' }]
      : [utf8('$$1$$'), refused('MESSAGE_INVALID', /^\/input\//)];
  },
  'fields beyond the definition': change('delimited', ['~x$$', '~x~y$$'], SOUND),
  'an item too few': change('delimited', ['%%4', ''], (form) =>
    isAnswer(form) ? { told: 'items' } : refused('MESSAGE_INVALID', /\/rows$/),
  ),
  'another mark at its head': change('delimited', [/^\$\$/, '##'], unreadable),
  'another mark at its tail': change('delimited', [/\$\$$/, '##'], unreadable),
  'half a mark at its tail': change('delimited', [/\$\$$/, '$'], unreadable),
  'a mark inside': change('delimited', ['测', '$$'], (form) =>
    isAnswer(form) ? { told: 'marks' } : refused('MESSAGE_INVALID', /^\/\(2\)$/),
  ),
  'too many fields': change('delimited', ['~x', '~'.repeat(300)], refused('MESSAGE_TOO_DEEP')),

  'an argument too few': change('json', ['","2","3"]', '","2"]'], (form) =>
    isAnswer(form) ? { told: 'fields' } : refused('MESSAGE_INVALID', /\/told$/),
  ),
  'an argument more': change('json', ['","2","3"]', '","2","3","4"]'], SOUND),
  'a hundred arguments more': change('json', ['","2","3"]', `","2","3"${',""'.repeat(120)}]`], (form) =>
    isAnswer(form) ? { told: 'nodes' } : refused('MESSAGE_INVALID'),
  ),
  'a call that is none': change('json', ['["new"]', '["old"]'], (form) =>
    isAnswer(form) ? { told: 'call' } : refused('MESSAGE_INVALID', /^\/input\/1$/),
  ),
  'an item that is not closed': change('json', [',["save"]', ''], (form) =>
    isAnswer(form) ? { told: 'call' } : refused('MESSAGE_INVALID'),
  ),
  'a body that is a text': change(
    'json',
    [/\{"name":"测试甲"(?:,"rows":\[\{[^}]*\}\])?\}(?=\}$)/, '"x"'],
    (form) => (isAnswer(form) ? { told: 'type' } : refused('MESSAGE_INVALID')),
  ),

  'a parameter twice': (form) =>
    form.syntax === 'url-encoded' ? [utf8('a=1&a=2'), refused('DUPLICATE_MEMBER', /^\/a$/)] : undefined,
  'half a character in a parameter': change(
    'url-encoded',
    [/(%..)&/, '&'],
    refused('CHARSET_WRONG', /^\/name$/),
  ),
  'too many parameters': (form) =>
    form.syntax === 'url-encoded'
      ? [utf8(Array.from({ length: 200 }, (_, at) => `a${at}`).join('&')), refused('MESSAGE_TOO_DEEP')]
      : undefined,
};

const REMEDY_EN = /\b(?:send|see|correct|write|keep|leave|use|make|take|fill|check|declare|cut|hold one)\b/i;

/** Each fault says what, where and what to do, in both languages. */
function assertTold({ rule, at, message, field }: Fault): void {
  const told = `${rule} ${at} ${message.zh} ${message.en}`;
  assert(rule !== '' && (at === '' || at.startsWith('/')) && typeof field === 'string', told);
  assert.match(message.zh, /\p{Script=Han}{2}.*请/u, told);
  assert.doesNotMatch(message.zh, /end of message/, told);
  assert.match(message.en, REMEDY_EN, told);
  assert.doesNotMatch(message.en, /\p{Script=Han}{2}/u, told);
}

describe('Bad input', () => {
  for (const [title, make] of Object.entries(INPUTS)) {
    it(`is told with code, place and remedy, or put right and told, by every form that can have it: ${title}`, () => {
      const met = FORMS.flatMap((form) => {
        const made = make(form);
        return made === undefined ? [] : [{ form, bytes: made[0], end: made[1] }];
      });
      assert(met.length > 0, 'some form has it');
      for (const { form, bytes, end } of met) {
        if ('code' in end) {
          const error = caught(() => form.read(bytes));
          const { faults = [] } = error.details;
          assert.equal(error.code, end.code, form.title);
          assert(faults.length > 0, `${form.title}: no fault`);
          assert.match(faults[0]?.at ?? '', end.at ?? /^/, form.title);
          for (const fault of faults) assertTold(fault);
          continue;
        }
        const { told } = form.read(bytes);
        const usual = form.read(bytesOf(form.text, form)).told.map(({ rule }) => rule);
        const rules = told.map(({ rule }) => rule).filter((rule) => !usual.includes(rule));
        if ('sound' in end) assert.deepEqual(rules, [], form.title);
        else assert(rules.includes(end.told), `${form.title}: ${rules.join()}`);
        for (const one of told.filter(({ rule }) => !usual.includes(rule))) assertTold(one);
      }
    });
  }

  it('is made from messages that are read without remark', () => {
    const odd = FORMS.flatMap(({ title, text, charset, read }) =>
      read(bytesOf(text, { charset })).told.map(({ rule }) => `${title}: ${rule}`),
    );
    assert.deepEqual(odd, ['predecessor XML, request: no-soap', 'predecessor XML, answer: no-soap']);
  });
});
