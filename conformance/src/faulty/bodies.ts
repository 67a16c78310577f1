/** Changes of bodies as faulty systems have them. */
import { follow } from '../run/exchanges.ts';
import { amountNumber, findFen, isNode, parseMessage, textOf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import type { BodyChange } from './types.ts';

/** Applies a change; `asked` is the request's body, which `where` looks at. */
export function changeBody(body: OwnObject, change: BodyChange, asked: OwnObject): OwnObject {
  if (!fits(change, asked)) return body;
  const { set = {}, remove = [], add = {}, swap } = change;
  let changed: OwnValue | undefined = body;
  for (const [path, value] of Object.entries(set)) changed = at(changed, path.split('.'), () => value);
  for (const path of remove) changed = at(changed, path.split('.'), () => undefined);
  for (const [path, amount] of Object.entries(add))
    changed = at(changed, path.split('.'), (value) => plus(textOf(value), amount));
  if (swap !== undefined) {
    const [one, other] = swap.map((path) => follow(body, path));
    changed = at(changed, swap[0].split('.'), () => other);
    changed = at(changed, swap[1].split('.'), () => one);
  }
  return isNode(changed) ? changed : body;
}

function fits({ where = {} }: BodyChange, asked: OwnObject): boolean {
  return Object.entries(where).every(([path, text]) => textOf(follow(asked, path)) === text);
}

function at(
  value: OwnValue | undefined,
  path: readonly string[],
  change: (value: OwnValue | undefined) => OwnValue | undefined,
): OwnValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (Array.isArray(value)) {
    const rows = value as readonly OwnValue[];
    return rows.map((row, index) =>
      step === '*' || Number(step) === index ? (at(row, rest, change) ?? null) : row,
    );
  }
  if (!isNode(value)) return value;
  const changed = at(value[step], rest, change);
  if (changed !== undefined) return { ...value, [step]: changed };
  const { [step]: _gone, ...others } = value;
  return others;
}

function plus(text: string, amount: string): OwnValue {
  return amountNumber((findFen(text) ?? 0n) + (findFen(amount) ?? 0n));
}

/** A body in which characters outside the first plane became question marks. */
export function withoutRare(body: OwnObject): OwnObject {
  return parseMessage(JSON.stringify(body).replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?'));
}
