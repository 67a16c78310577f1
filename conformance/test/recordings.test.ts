import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseRecordings, readInputs, readKit, runKit } from '@yiqiao/conformance';
import type { Recording, RunResults } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { lines, MSGID, settle } from './recorded-messages.ts';

const registry = createRegistry();
const kit = readKit(registry, 'his', '2026-11');
const inputs = readInputs('national');
const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };

describe('A run over recordings', () => {
  const judge = (recordings: readonly Recording[]): Promise<RunResults> =>
    runKit({
      registry,
      kit,
      rules: '2026-11',
      target: 'from:log',
      aimed: '--from log',
      inputs,
      clock,
      seed: 1,
      recordings,
      counterparts: { of: {}, close: () => Promise.resolve() },
    });
  const statusOf = ({ requirements }: RunResults, id: string): string | undefined =>
    requirements.find((one) => one.id === id)?.status;

  it('names what is wrong with its message, and how to see it again', async () => {
    const results = await judge(parseRecordings(lines([settle('0001', 'none'), settle('0002')])));
    const found = results.requirements.find(({ id }) => id === 'his/2207/unanswered');
    assert.deepEqual([results.verdict, found?.status], ['fail', 'fail']);
    assert.equal(found?.findings[0]?.exchange?.msgid, `${MSGID}0001`);
    assert.equal(
      found?.again,
      'yiqiao conformance run --kit his --from log --only his/2207/unanswered --seed 1',
    );
  });

  it('skips what recordings cannot show and what had no occasion, and says which', async () => {
    const results = await judge(parseRecordings(lines([settle('0001')])));
    assert.deepEqual(
      ['his/screen/refusal', 'his/2305/settlement', 'his/readable'].map((id) => statusOf(results, id)),
      ['skip', 'skip', 'pass'],
    );
  });

  it('has no verdict without a message', async () => {
    assert.equal((await judge([])).verdict, 'error');
  });

  it('tells every line that is none, by its number', () => {
    const wrong = ['{"at":"2026-11-20","request":"{}"}', 'x', '{"at":"2026-11-20 10:00:00"}'].join('\n');
    assert.throws(() => parseRecordings(wrong), /line 1: .*\n.*line 2: .*\n.*line 3: /);
  });

  it('reads bytes as base64, and HAR files with times of China', () => {
    const request = Buffer.from('{"infno":"2207"}');
    const [line] = parseRecordings(
      JSON.stringify({ at: '2026-11-20 10:00:00', request: { base64: request.toString('base64') } }),
    );
    assert.deepEqual(line?.request, request);
    const entry = {
      startedDateTime: '2026-11-20T02:00:00.000Z',
      request: { postData: { text: '{}' } },
      response: { status: 200, content: { text: 'e30=', encoding: 'base64' } },
    };
    const [har] = parseRecordings(JSON.stringify({ log: { entries: [entry, { request: {} }] } }));
    assert.deepEqual([har?.at, String(har?.answer), har?.status], ['2026-11-20 10:00:00', '{}', 200]);
  });

  it('wants what the schema of recordings requires, and nothing else', () => {
    const text = readFileSync(new URL('../recordings.schema.json', import.meta.url), 'utf8');
    const { required } = JSON.parse(text) as { required: readonly string[] };
    const whole = Object.fromEntries(
      Object.entries({ at: '2026-11-20 10:00:00', request: '{}' }).filter(([name]) =>
        required.includes(name),
      ),
    );
    assert.equal(parseRecordings(JSON.stringify(whole)).length, 1);
    for (const name of required)
      assert.throws(() => parseRecordings(JSON.stringify({ ...whole, [name]: undefined })), /line 1/, name);
  });
});
