/** Values that have broken readers before: too large, too deep, of another kind, or meaning something elsewhere. */
import type { Random } from './random.ts';

/** Leaves as JSON text; some are no JSON. */
export const JSON_LEAVES: readonly [string, ...string[]] = [
  '1e400',
  '-0',
  '0.1e-400',
  '9'.repeat(400),
  `0.${'0'.repeat(300)}1`,
  '123456789012345.00',
  '9.995',
  '007',
  '+1',
  '0x10',
  'NaN',
  'Infinity',
  '１２．５',
  'null',
  'true',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"":{}}',
  '""',
  '" "',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u0000"',
  '"\u0001"',
  '"\\u202e测试"',
  '"\ufeff"',
  '"__proto__"',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":1,"hasOwnProperty":1}',
  '{"length":4294967295}',
  '"2026-02-30 25:61:61"',
  '"0000-00-00"',
  '"\\\\u0022"',
  '"{\\"a\\":1}"',
  '"[1,2"',
];

/** Names that mean something to the language or to a format. */
export const NAMES: readonly [string, ...string[]] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
  '',
  '0',
  '-1',
  'a/b',
  'm~n',
  '#text',
  '@_a',
  'input',
  'output',
  'infno',
  'yiqiao',
  '\u0000',
  '名称',
];

/** Pieces of text that end, begin or escape something in one of the formats. */
export const PIECES: readonly [string, ...string[]] = [
  '$$',
  '~',
  '%%',
  '|',
  '^',
  '\t',
  '\r\n',
  '\0',
  '\u0001',
  '\u001f',
  '\u007f',
  '\u0085',
  '\u2028',
  '\ufffe',
  '\uffff',
  '\ufeff',
  '𠀀',
  '€',
  '<',
  '>',
  '&',
  '&lt;',
  '&#0;',
  '&#x110000;',
  '&#xd800;',
  '&a;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>',
  '<!DOCTYPE a SYSTEM "file:///etc/hostname">',
  '<?xml version="1.0" encoding="UTF-16"?>',
  '<?x y?>',
  '<a xmlns:b="c"><b:d/></a>',
  '<a b="1" b="2"/>',
  '</input>',
  '<input>',
  '"',
  '\\',
  '\\u',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '1e400',
];

/** Something large or deep, as text. */
export function monster(random: Random): string {
  switch (random.below(8)) {
    case 0:
      return '['.repeat(20_000);
    case 1:
      return `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    case 2:
      return '<a>'.repeat(5_000);
    case 3:
      return `[${'1,'.repeat(50_000)}1]`;
    case 4:
      return `"${'测'.repeat(100_000)}"`;
    case 5:
      return `"${'\\'.repeat(100_000)}"`;
    case 6:
      return '9'.repeat(200_000);
    default:
      return `{${Array.from({ length: 5_000 }, (_, i) => `"a${i}":""`).join(',')}}`;
  }
}
