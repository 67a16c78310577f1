/** Writes JSON: members in the given order, numbers bare and exactly as they are. */
import assert from 'node:assert/strict';
import type { Buffer } from 'node:buffer';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { TextPile } from './text-pile.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function addList(items: readonly WireValue[], pile: TextPile): void {
  pile.add('[');
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) pile.add(',');
    addValue(items[index] as WireValue, pile);
  }
  pile.add(']');
}

function addObject(node: WireObject, pile: TextPile): void {
  let mark = '{';
  for (const name of Object.keys(node)) {
    pile.add(mark);
    addText(name, pile);
    pile.add(':');
    addValue(node[name] as WireValue, pile);
    mark = ',';
  }
  pile.add(mark === '{' ? '{}' : '}');
}

/** Lone surrogates become escapes. */
function addText(text: string, pile: TextPile): void {
  if (!pile.addQuoted(text)) pile.add(JSON.stringify(text));
}

function addValue(value: WireValue, pile: TextPile): void {
  if (typeof value === 'string') addText(value, pile);
  else if (value instanceof ExactNumber) {
    assert(NUMBER.test(value.text), 'an ExactNumber holds no JSON number');
    pile.add(value.text);
  } else if (value === null || typeof value === 'boolean') pile.add(String(value));
  else {
    assert(typeof value === 'object', 'a message holds something that is no message value');
    if (Array.isArray(value)) addList(value as readonly WireValue[], pile);
    else addObject(value as WireObject, pile);
  }
}

/** A value as JSON text without blanks. An `ExactNumber` that is no JSON number is a broken invariant. */
export function formatJson(value: WireValue): string {
  return pileOf(value).end();
}

/** The same in UTF-8. */
export function formatJsonBytes(value: WireValue): Buffer {
  return pileOf(value).endInUtf8();
}

function pileOf(value: WireValue): TextPile {
  const pile = new TextPile();
  addValue(value, pile);
  return pile;
}

/** One member of an object: `"name":value`. */
export function formatMember(name: string, value: WireValue): string {
  return `${JSON.stringify(name)}:${formatJson(value)}`;
}
