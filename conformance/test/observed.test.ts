import assert from 'node:assert/strict';
import {
  farAnswer,
  findDifferences,
  isExactObject,
  memberOf,
  NumberText,
  readExact,
  readObserved,
  replay,
  startFarSide,
} from '@yiqiao/conformance';
import type { ExactValue, Expectation, FarSide, ObservedMessage, Told } from '@yiqiao/conformance';
import { startGateways } from './gateways.ts';
import type { Case, Gateways } from './gateways.ts';

/** When the synthetic questions are asked that observed responses answer. */
const ASKED_AT = '2026-01-05 10:00:00';
/** Members of an envelope that belong to one hop alone. */
const OF_THE_HOP = ['/msgid is another value', '/cainfo is lost', '/signtype is lost'];
const LOST = '2207-500155-02, its answer lost';
const ELSEWHERE = '2206a-210100-01, to a peer without regional numbers';

type Accepted = Extract<Expectation, { readonly outcome: 'accepted' }>;
type Refused = Extract<Expectation, { readonly outcome: 'refused' }>;

interface PlayedMessage extends ObservedMessage {
  readonly expect: Accepted | Refused;
}

const messages = readObserved().map(played);
const farSides = new Map<string, FarSide>();
let gateways: Gateways;

before('start a gateway and a far side for each message', async function () {
  this.timeout(20_000);
  const cases: Case[] = [];
  const add = async (name: string, message: ObservedMessage, farProfile?: string): Promise<void> => {
    const lost = name === LOST;
    const farSide = await startFarSide((infno) =>
      lost && infno === '2207' ? 'silence' : farAnswer(message, infno),
    );
    farSides.set(name, farSide);
    cases.push({
      name,
      message,
      farSide: farSide.url,
      replyTimeoutMs: lost ? 300 : 5_000,
      ...(farProfile !== undefined && { farProfile }),
    });
  };
  for (const message of messages) await add(message.id, message);
  await add(LOST, messageOf('2207-500155-02'));
  await add(ELSEWHERE, messageOf('2206a-210100-01'), 'national');
  gateways = await startGateways(cases, ({ message }) => epochOf(timeOf(message)));
});

after(async () => {
  await gateways.stop();
  for (const farSide of farSides.values()) await farSide.close();
});

describe('Requests as really sent', () => {
  for (const message of messages.filter(({ direction }) => direction === 'request')) {
    const { id, place, expect } = message;
    if (expect.outcome === 'refused') {
      it(`${id} (${place}) is refused with ${expect.code}, and nothing leaves`, async () => {
        assertRefusal(await play(message), expect);
        assert.deepEqual(arrivedAt(id), []);
      });
    } else {
      it(`${id} (${place}) arrives at the far side without one changed value`, async () => {
        const told = await play(message);
        assert.equal(told.status, 200);
        assert.equal(leafText(memberOf(bodyOf(told), 'infcode')), '0');
        const [arrived] = arrivedAt(id);
        const differences = findDifferences(readExact(message.raw ?? ''), arrived);
        assert.deepEqual(
          differences.filter((difference) => !OF_THE_HOP.includes(difference)),
          [],
        );
        assert.ok(differences.includes('/msgid is another value'), 'each hop has message ids of its own');
        assert.equal(arrivedAt(id).length, 1);
        assertNamed(await deviationsOf(id, 'exchange'), expect);
      });
    }
  }
});

describe('A transaction of a region under its own number', () => {
  it('leaves under the national number towards a peer that knows no other', async () => {
    const message = messageOf('2206a-210100-01');
    const told = await replay(message, { url: gateways.urlOf(ELSEWHERE), time: timeOf(message) });
    assert.equal(textAt(bodyOf(told), 'infcode'), '0');
    const [arrived] = arrivedAt(ELSEWHERE);
    assert.equal(textAt(arrived, 'infno'), '2206');
    const input = memberOf(readExact(message.raw ?? ''), 'input') ?? null;
    assert.deepEqual(findDifferences(input, memberOf(arrived, 'input')), []);
  });
});

describe('Responses as really received', () => {
  for (const message of messages.filter(({ direction }) => direction === 'response')) {
    const { id, place, expect } = message;
    if (expect.outcome === 'refused') {
      it(`${id} (${place}) is no answer: the caller is told ${expect.code}, the log why`, async () => {
        assertRefusal(await play(message), expect);
        const why = (await gateways.logged(id, 'exchange')).map((line) => memberOf(line, 'why'));
        assert.ok(why.includes(expect.why ?? ''), `the log does not say ${expect.why}`);
      });
    } else {
      it(`${id} (${place}) is delivered to the caller without one changed value`, async () => {
        const told = await play(message);
        assert.equal(told.status, 200);
        assert.equal(leafText(memberOf(bodyOf(told), 'infcode')), '0');
        assert.deepEqual(findDifferences(outputOf(message, expect), memberOf(bodyOf(told), 'output')), []);
        assert.equal(memberOf(bodyOf(told), 'err_msg'), expect.text ?? '');
        assertNamed(await deviationsOf(id, 'odd answer'), expect);
      });
    }
  }

  it('settle-350205-01 is no answer that can be read, so its 2207 is taken back and never told as settled', () => {
    const [settlement, reversal] = arrivedAt('settle-350205-01');
    assertReversal(reversal, settlement);
  });
});

describe('The 2207 of 500155 whose answer was lost', () => {
  it('is taken back by a 2601 with its message id and number, and the cashier is told to charge again', async () => {
    const message = messageOf('2207-500155-02');
    const told = await replay(message, { url: gateways.urlOf(LOST), time: timeOf(message) });
    assertRefusal(told, { outcome: 'refused', code: 'REVERSED', because: '' });
    const [settlement, ...reversals] = arrivedAt(LOST);
    assert.equal(textAt(settlement, 'infno'), '2207');
    assert.ok(reversals.length > 0);
    for (const reversal of reversals) assertReversal(reversal, settlement);
    assert.equal(new Set(reversals.map((reversal) => textAt(reversal, 'msgid'))).size, 1);
    assert.equal(textAt(reversals[0], 'input', 'data', 'psn_no'), 'JM2000000107');
    assert.equal(textAt(reversals[0], 'fixmedins_code'), 'H50015590008');
  });

  it('is not sent again when the HIS asks again: the stored refusal is told', async () => {
    const before = arrivedAt(LOST).length;
    const message = messageOf('2207-500155-02');
    const told = await replay(message, { url: gateways.urlOf(LOST), time: timeOf(message) });
    assertRefusal(told, { outcome: 'refused', code: 'REVERSED', because: '' });
    assert.equal(arrivedAt(LOST).length, before);
  });
});

describe('The log of all this', () => {
  it('holds no name, certificate or person number of any message', () => {
    const personal = new Set(messages.flatMap(({ raw = '{}' }) => personalOf(readExact(raw))));
    assert.ok(personal.size > 20);
    const { log } = gateways;
    assert.deepEqual(
      [...personal].filter((value) => log.includes(value)),
      [],
    );
  });
});

/** A message of a form that no connection calls by itself is played where another form was agreed. */
function played(message: ObservedMessage): PlayedMessage {
  const { expect } = message.elsewhere ?? message;
  assert(expect.outcome !== 'read', `${message.id} has no expectation for a connection`);
  return { ...message, ...message.elsewhere, expect };
}

function messageOf(id: string): PlayedMessage {
  const message = messages.find((one) => one.id === id);
  assert.ok(message);
  return message;
}

function timeOf({ sentAt = ASKED_AT }: ObservedMessage): string {
  return sentAt;
}

function epochOf(time: string): number {
  return Date.parse(`${time.replace(' ', 'T')}+08:00`);
}

function play(message: ObservedMessage): Promise<Told> {
  return replay(message, { url: gateways.urlOf(message.id), time: timeOf(message) });
}

function arrivedAt(name: string): readonly ExactValue[] {
  return farSides.get(name)?.arrived ?? [];
}

function textOf({ bytes, contentType }: Told): string {
  return new TextDecoder(/GBK/i.test(contentType) ? 'gbk' : 'utf-8', { fatal: true }).decode(bytes);
}

function bodyOf(told: Told): ExactValue {
  return readExact(textOf(told));
}

function leafText(value: ExactValue | undefined): string | undefined {
  return value instanceof NumberText ? value.text : typeof value === 'string' ? value : undefined;
}

function textAt(value: ExactValue | undefined, ...path: readonly string[]): string | undefined {
  return leafText(path.reduce(memberOf, value));
}

/** A refusal names its code, says in Chinese what is wrong, and is no -1 while the outcome is unknown. */
function assertRefusal(told: Told, { code, unknown = false }: Refused): void {
  const text = textOf(told);
  assert.match(text, new RegExp(`\\[${code}\\] \\p{Script=Han}{2,}`, 'u'));
  assert.equal(told.status, unknown ? 504 : 200);
  assert.equal(told.contentType.startsWith('text/plain'), unknown);
  if (!told.contentType.startsWith('application/json')) return;
  assert.equal(textAt(bodyOf(told), 'infcode'), '-1');
  assert.equal(textAt(bodyOf(told), 'yiqiao', 'code'), code);
  assert.ok((textAt(bodyOf(told), 'yiqiao', 'cashier', 'zh') ?? '').length > 5);
}

function assertReversal(reversal: ExactValue | undefined, settlement: ExactValue | undefined): void {
  assert.equal(textAt(reversal, 'infno'), '2601');
  assert.equal(textAt(reversal, 'input', 'data', 'omsgid'), textAt(settlement, 'msgid'));
  assert.equal(textAt(reversal, 'input', 'data', 'oinfno'), '2207');
}

/** Deviations in the log, which has one line for a request and, when there is something to tell, one for an answer. */
async function deviationsOf(id: string, line: 'exchange' | 'odd answer'): Promise<readonly ExactValue[]> {
  const lines = await gateways.logged(id, 'exchange');
  const found = lines.find((one) => memberOf(one, 'msg') === line);
  const deviations = memberOf(found, 'deviations') ?? [];
  return Array.isArray(deviations) ? (deviations as readonly ExactValue[]) : [deviations];
}

function assertNamed(named: readonly ExactValue[], { deviations }: Accepted): void {
  assert.deepEqual(named.map(String).toSorted(), deviations.toSorted());
}

/** `output` as received, with the nodes that stood beside it where they belong. */
function outputOf({ raw = '' }: ObservedMessage, { movedIn = [], opened = [] }: Accepted): ExactValue {
  const message = readExact(raw);
  const output = memberOf(message, 'output');
  if (!isExactObject(output)) return null;
  const moved = movedIn.map((name) => [name, memberOf(message, name) ?? null] as const);
  const objects = opened.map((name) => [name, (output[name] as readonly ExactValue[])[0] ?? null] as const);
  return { ...output, ...Object.fromEntries([...moved, ...objects]) };
}

/** Values of members that name a person. */
function personalOf(value: ExactValue): string[] {
  if (Array.isArray(value)) return (value as readonly ExactValue[]).flatMap(personalOf);
  if (!isExactObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const text = leafText(member);
    if (text === undefined) return personalOf(member);
    return /^(?:psn_no|certno|psn_name|mdtrt_cert_no|coner_name|personal_code|idNo)$/.test(name) &&
      text.length > 1
      ? [text]
      : [];
  });
}
