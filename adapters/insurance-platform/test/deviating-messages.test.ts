import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createDoors } from '@yiqiao/insurance-platform';
import { EMPTY_HEADER, systemClock } from '@yiqiao/model';
import type { CanonicalRequest, Fault } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';

/** A message as really sent, see conformance/README.md. */
interface Observed {
  readonly id: string;
  readonly transaction: string;
  readonly direction: 'request' | 'response';
  readonly profile: string;
  readonly raw?: string;
  readonly expect: { readonly outcome: string };
}

const FOLDER = new URL('../../../conformance/observed/', import.meta.url);
const observed = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Observed)
  .filter(({ raw, expect }) => raw !== undefined && expect.outcome === 'accepted');

const registry = createRegistry();
const doors = createDoors({
  registry,
  clock: systemClock,
  limits: { maxBytes: 1_048_576, maxDepth: 32, maxNodes: 100_000 },
  referenceId: () => '',
});

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type Members = { readonly [name: string]: Json };

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every leaf changed. */
function leaves(value: Json, change: (leaf: Json, name: string) => Json, name = ''): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => leaves(one, change, name));
  if (!isMembers(value)) return change(value, name);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, leaves(one, change, key)]));
}

/** Every object of the body changed, from the inside out. */
function objects(value: Json, change: (members: Members) => Members): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => objects(one, change));
  if (!isMembers(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, objects(one, change)])));
}

function renamed(members: Members, names: Readonly<Record<string, string>>): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [names[name] ?? name, value]));
}

/** The body of a message with its nodes changed. */
function nodes(message: Members, change: (node: Json) => Json): Members {
  const name = 'input' in message ? 'input' : 'output';
  const body = message[name];
  if (!isMembers(body)) return message;
  const changed = Object.entries(body).map(([key, one]) => [
    key,
    typeof one === 'object' && one !== null ? change(one) : one,
  ]);
  return { ...message, [name]: Object.fromEntries(changed) as Members };
}

/** Each node of the body as a list of one. */
function inLists(message: Members): Members {
  return nodes(message, (node) => (isMembers(node) ? [node] : node));
}

/** Each node of the body as a list of two. */
function inListsOfTwo(message: Members): Members {
  return nodes(message, (node) => (isMembers(node) ? [node, node] : node));
}

/** The time of a request written otherwise. */
function withTime(message: Members, change: (time: string) => string): Members {
  const { inf_time: time } = message;
  return typeof time === 'string' ? { ...message, inf_time: change(time) } : message;
}

function rootNames(message: Members, change: (name: string) => string): Members {
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [change(name), value]));
}

const OF_PERSON: ReadonlySet<string> = new Set([
  'psn_cert_type',
  'certno',
  'card_sn',
  'psn_name',
  'psn_type',
]);

const AMOUNT = /^-?(?:0|[1-9]\d{0,9})\.\d{2}$/;

/** How messages of these regions differ from one another and from the document. Source: spec, observed/README.md. */
const DEVIATIONS: Readonly<Record<string, (message: Members) => Members | string>> = {
  'every number in quotes': (message) =>
    leaves(message, (leaf) => (typeof leaf === 'number' ? String(leaf) : leaf)) as Members,
  'every amount bare': (message) =>
    leaves(message, (leaf) =>
      typeof leaf === 'string' && AMOUNT.test(leaf) ? Number(leaf) : leaf,
    ) as Members,
  'null for every empty text': (message) => leaves(message, (leaf) => (leaf === '' ? null : leaf)) as Members,
  'empty text for every null': (message) => leaves(message, (leaf) => leaf ?? '') as Members,
  'nothing for every empty value': (message) =>
    objects(message, (members) =>
      Object.fromEntries(Object.entries(members).filter(([, value]) => value !== '' && value !== null)),
    ) as Members,
  'exp_content for expContent': (message) =>
    objects(message, (members) => renamed(members, { expContent: 'exp_content' })) as Members,
  'expContent for exp_content': (message) =>
    objects(message, (members) => renamed(members, { exp_content: 'expContent' })) as Members,
  'an object in exp_content': (message) =>
    nodes(message, (node) => (isMembers(node) ? { ...node, exp_content: { a: '1' } } : node)),
  'members that nobody knows': (message) =>
    objects(message, (members) => ({ ...members, serv_code: 'A', x_1: null })) as Members,
  'a list of one for an object': inLists,
  'an object for a list of one': (message) =>
    nodes(message, (node) => (Array.isArray(node) && node.length === 1 ? (node[0] as Json) : node)),
  'infver V1.0': (message) => ({ ...message, infver: 'V1.0' }),
  'infver 1 as a number': (message) => ({ ...message, infver: 1 }),
  'infcode as text': (message) => ({ ...message, ...('infcode' in message && { infcode: '0' }) }),
  'infcode as a number': (message) => ({ ...message, ...('infcode' in message && { infcode: 0 }) }),
  'a success with a text': (message) => ({ ...message, ...('infcode' in message && { err_msg: '成功' }) }),
  'a mark of order and blanks': (message) => `\uFEFF\n ${JSON.stringify(message, undefined, 4)}\n`,
  'the body as text': (message) => {
    const name = 'input' in message ? 'input' : 'output';
    return { ...message, [name]: JSON.stringify(message[name]) };
  },
  'a list of one for it all': (message) => `[${JSON.stringify(message)}]`,
  'members of the root in capitals': (message) => rootNames(message, (name) => name.toUpperCase()),
  'members of the root in camel case': (message) =>
    rootNames(message, (name) => name.replaceAll(/(?:^|_)[a-z]/g, (start) => start.slice(-1).toUpperCase())),
  'blanks around every amount': (message) =>
    leaves(message, (leaf) =>
      typeof leaf === 'string' && AMOUNT.test(leaf) ? ` ${leaf}\u3000` : leaf,
    ) as Members,
  'nothing of the person but the number': (message) =>
    objects(message, (members) =>
      typeof members['psn_no'] === 'string' && !('setl_time' in members)
        ? Object.fromEntries(Object.entries(members).filter(([name]) => !OF_PERSON.has(name)))
        : members,
    ) as Members,
  'a time without separators': (message) => withTime(message, (time) => time.replaceAll(/\D/g, '')),
  'times with milliseconds': (message) => withTime(message, (time) => `${time}.123`),
};

function asked({ transaction, profile }: Observed): CanonicalRequest {
  const entry = registry.findOperation(transaction, profile);
  const header = { ...EMPTY_HEADER, transaction };
  return {
    header,
    content:
      entry === undefined
        ? { form: 'national', body: {} }
        : { form: 'canonical', operation: entry.operation, body: {}, carried: {}, dialect: 'national' },
  };
}

/** What keeps a message from being taken in tolerant mode; throws what reading throws. */
function faultsOf(message: Observed, bytes: Uint8Array): readonly Fault[] {
  const { transaction, direction, profile } = message;
  const door = doors.of(registry.profile(profile));
  if (direction === 'request') {
    const came = door.codec.readRequest(bytes, { transaction });
    const { envelope } = came;
    const message = { transaction, direction, mode: 'tolerant', envelope, body: came.body } as const;
    const { faults, body } = registry.check(profile, message);
    const request = { ...came, body: body ?? {} };
    const header = door.dialect.header(request);
    const none = () => undefined;
    const { steps } = door.dialect.plan(request, header, { findRecord: none, findOriginal: none });
    assert(steps.length > 0);
    steps[0]?.build([]);
    return faults;
  }
  const response = door.codec.readResponse(bytes, { transaction });
  assert(response.success, 'a success is told as one');
  door.dialect.calls?.content(asked(message), response, () => undefined);
  return [];
}

describe('Messages of the observed regions that deviate further', () => {
  for (const message of observed) {
    describe(`${message.id} (${message.profile})`, () => {
      for (const [title, deviate] of Object.entries(DEVIATIONS)) {
        it(`is taken with ${title}`, () => {
          const changed = deviate(JSON.parse(message.raw ?? '') as Members);
          const text = typeof changed === 'string' ? changed : JSON.stringify(changed);
          assert.deepEqual(faultsOf(message, Buffer.from(text)), []);
        });
      }
    });
  }
});

describe('A request that has a list of several where one object belongs', () => {
  // 5101 has no input: an empty object holds nothing that could be a list.
  const requests = observed.filter(
    ({ direction, raw }) => direction === 'request' && !raw?.includes('"input": {}'),
  );
  for (const message of requests) {
    it(`is refused with the place, since which object counts cannot be told: ${message.id}`, () => {
      const changed = inListsOfTwo(JSON.parse(message.raw ?? '') as Members);
      const faults = faultsOf(message, Buffer.from(JSON.stringify(changed)));
      assert.deepEqual(
        faults.map(({ rule, at }) => [rule, at.split('/').length]),
        [['structure', 3]],
      );
    });
  }
});

/** The names that a transaction defines in a region, of nodes and of members. */
function definedNames({ profile, transaction }: Observed): ReadonlySet<string> {
  const nodes = registry.definition(profile, transaction)?.response ?? [];
  return new Set(nodes.flatMap(({ node, fields }) => [node, ...fields.map(({ name }) => name)]));
}

/** How answers of these regions differ in their nodes and names, where only one thing can be meant. */
const OTHER_FORMS: Readonly<Record<string, (answer: Members, of: Observed) => Members>> = {
  'without the name of its one object': (answer) => {
    const { output } = answer;
    if (!isMembers(output)) return answer;
    const objects = Object.entries(output).filter(([, node]) => isMembers(node));
    const [first, ...others] = objects;
    if (first === undefined || others.length > 0) return answer;
    const rest = Object.entries(output).filter(([name]) => name !== first[0]);
    return { ...answer, output: { ...(first[1] as Members), ...Object.fromEntries(rest) } };
  },
  'with each object in a list': inLists,
  'with all names in camel case': (answer, of) => {
    const names = definedNames(of);
    const camel = (name: string): string =>
      name.replaceAll(/_([a-z])/g, (_, start: string) => start.toUpperCase());
    const change = (members: Members): Members =>
      Object.fromEntries(
        Object.entries(members).map(([name, value]) => [names.has(name) ? camel(name) : name, value]),
      );
    return { ...answer, output: objects(answer['output'] ?? null, change) };
  },
};

describe('Answers of the observed regions with other nodes and names', () => {
  const answers = observed.filter(({ direction, profile }) => {
    return direction === 'response' && registry.profile(profile).dialect === 'national';
  });
  const readAs = (message: Observed, answer: Members): unknown => {
    const { transaction, profile } = message;
    const { codec } = doors.of(registry.profile(profile));
    const { body } = codec.readResponse(Buffer.from(JSON.stringify(answer)), { transaction });
    return registry.check(profile, { transaction, direction: 'response', mode: 'tolerant', body }).body;
  };
  for (const message of answers) {
    for (const [title, change] of Object.entries(OTHER_FORMS)) {
      it(`are read as what they are ${title}: ${message.id}`, () => {
        const answer = JSON.parse(message.raw ?? '') as Members;
        const changed = change(answer, message);
        assert.deepEqual(readAs(message, changed), readAs(message, answer));
      });
    }
  }
});
