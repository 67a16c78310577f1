import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  compareRuns,
  readInputs,
  readKit,
  runKit,
  signStatement,
  startSoundInsuredPlace,
  toCsv,
  toHtml,
  toJunit,
  verifyStatement,
} from '@yiqiao/conformance';
import type { RunOptions, RunResults } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import type { Bend, InsuredPlaceCore } from '@yiqiao/sandbox';
import { createKeyPair } from '@yiqiao/signer';

const RULES = '2026-11';
const registry = createRegistry();
const kit = readKit(registry, 'insured-place', RULES);
const clock = { now: (): number => Date.UTC(2026, 10, 20, 2, 0, 0) };
const SOME = ['national/1101/*', 'national/2208/*', 'national/2501/*'];

/** Runs part of the kit against the sandbox's insured place, bent or not. */
async function play(options: Partial<RunOptions> & { readonly bend?: Bend } = {}): Promise<RunResults> {
  const { bend, ...rest } = options;
  const core: InsuredPlaceCore = await startSoundInsuredPlace({
    registry,
    clock,
    ...(bend !== undefined && { bend }),
  });
  try {
    const inputs = readInputs('national');
    return await runKit({
      registry,
      kit,
      rules: RULES,
      target: core.url,
      inputs,
      clock,
      seed: 1,
      only: SOME,
      ...rest,
    });
  } finally {
    await core.stop();
  }
}

const statusOf = (results: RunResults, id: string): string | undefined =>
  results.requirements.find((one) => one.id === id)?.status;

/** A system that finds the wrong person. */
const bend: Bend = {
  around: (handler) => (request) => {
    const answer = handler(request);
    if (request.infno !== '1101' || !('output' in answer)) return answer;
    const output = answer.output as { baseinfo: object };
    return { output: { ...output, baseinfo: { ...output.baseinfo, psn_no: '33010000000000000000000006' } } };
  },
};

describe('A run', () => {
  it('passes a sound system, and says what the verdict is about', async () => {
    const { verdict, counts, profile, rules } = await play();
    assert.equal(verdict, 'pass');
    assert.equal(
      counts.pass,
      Object.values(counts).reduce((sum, count) => sum + count, 0),
    );
    assert.match(profile.remark.en, /nothing here says that it is met/);
    assert.equal(rules.version, RULES);
  });

  it('shuffles by its seed alone', async () => {
    const order = async (seed: number): Promise<string[]> =>
      (await play({ seed })).scenarios.map(({ id }) => id);
    assert.deepEqual(await order(3), await order(3));
    assert.notDeepEqual(await order(3), await order(4));
  });

  it('tells of a failure what was sent and received, masked, and how to repeat it', async () => {
    const results = await play({ bend });
    const failed = results.requirements.find(({ id }) => id === 'national/1101/credential/02');
    assert.deepEqual([results.verdict, failed?.status], ['fail', 'fail']);
    assert.match(failed?.again ?? '', /--only national\/1101\/credential\/02 --seed 1/);
    const { sent = '', received = '' } = failed?.findings[0]?.exchange ?? {};
    assert.match(sent, /"infno":"1101"/);
    assert.match(received, /"infcode":0/);
    const text = JSON.stringify(results);
    for (const personal of ['000000199001010018', '测试甲', '33010000000000000000000006'])
      assert.equal(text.includes(personal), false, personal);
  });

  it('keeps the exact bytes on request', async () => {
    const [failed] = (await play({ bend, exact: true, only: ['national/1101/credential/02'] })).requirements;
    const bytes = Buffer.from(failed?.findings[0]?.exchange?.sentBytes ?? '', 'base64');
    assert.match(bytes.toString('utf8'), /"certno":"000000199001010018"/);
  });

  it('leaves out what weighs less than the level asked for', async () => {
    const { requirements } = await play({ level: 'must' });
    assert.deepEqual([...new Set(requirements.map(({ level }) => level))], ['must']);
  });

  it('skips what needs an ability that the target does not have, and names it', async () => {
    const inputs = { ...readInputs('national'), abilities: ['outpatient'] };
    const results = await play({ inputs });
    const skipped = results.requirements.find(({ id }) => id === 'national/2501/charset');
    assert.equal(skipped?.status, 'skip');
    assert.match(skipped?.because?.en ?? '', /ability declarations/);
    assert.equal(results.verdict, 'pass');
  });

  it('says that there is nothing to see where the amount it rests on is zero', async () => {
    const preset = readInputs('national');
    const resident = { ...(preset.values['chronic'] as object) } as Record<string, string>;
    const inputs = { ...preset, values: { ...preset.values, employee: resident } };
    const { requirements } = await play({ inputs, only: ['national/2208/account-restored'] });
    assert.match(requirements[0]?.because?.en ?? '', /amount it rests on is zero/);
  });
});

describe('A waiver', () => {
  const waiver = {
    requirement: 'national/1101/credential/02',
    owner: '某省医保局信息处',
    reason: '下一版修正',
    expiry: '2026-12-31',
  };
  const all = ['national/1101/credential/01', 'national/1101/credential/03'].map((requirement) => ({
    ...waiver,
    requirement,
  }));

  it('lets a run pass that fails without it', async () => {
    const results = await play({ bend, waivers: [waiver], only: [waiver.requirement] });
    assert.deepEqual([statusOf(results, waiver.requirement), results.verdict], ['waived', 'pass']);
  });

  it('does not count after its last day', async () => {
    const late = { ...waiver, expiry: '2026-11-19' };
    const results = await play({ bend, waivers: [late], only: [waiver.requirement] });
    assert.equal(results.verdict, 'fail');
  });

  it('fails a whole run when it is no longer needed, expired or of nothing', async () => {
    const core = await startSoundInsuredPlace({ registry, clock });
    const waivers = [
      waiver,
      { ...all[0], expiry: '2026-11-19' },
      { ...waiver, requirement: 'national/none' },
    ] as const;
    const inputs = { ...readInputs('national'), abilities: [] };
    const results = await runKit({
      registry,
      kit,
      rules: RULES,
      target: core.url,
      inputs,
      clock,
      seed: 1,
      waivers: waivers as NonNullable<RunOptions['waivers']>,
    });
    await core.stop();
    assert.deepEqual(
      results.waiverFaults.map(({ fault }) => fault),
      ['not-needed', 'expired', 'unknown'],
    );
    assert.equal(results.verdict, 'fail');
  });
});

describe('Results', () => {
  let [good, bad]: RunResults[] = [];
  before(async () => {
    [good, bad] = [await play(), await play({ bend })];
  });

  it('of two runs are compared requirement by requirement', () => {
    assert.ok(good !== undefined && bad !== undefined);
    assert.deepEqual(compareRuns(good, good).changes, []);
    const { changes, sameRules } = compareRuns(good, bad);
    assert.equal(sameRules, true);
    const change = changes.find(({ requirement }) => requirement === 'national/1101/credential/02');
    assert.deepEqual([change?.before, change?.after], ['pass', 'fail']);
  });

  it('become a report in one file that loads nothing and has a block for seals', () => {
    assert.ok(bad !== undefined);
    const html = toHtml(bad, { tester: '<某处>' });
    assert.match(html, /联调测试报告/);
    assert.match(html, /六、签章/);
    assert.match(html, /&lt;某处&gt;/);
    assert.doesNotMatch(html, /src=|href=|@import/);
    assert.equal(html.includes('测试甲'), false);
  });

  it('become JUnit with a failure for each must and a CSV with a row for each message', () => {
    assert.ok(bad !== undefined);
    const xml = toJunit(bad);
    assert.equal(xml.match(/<failure /g)?.length, bad.counts.fail);
    assert.match(xml, new RegExp(`tests="${bad.requirements.length}"`));
    const rows = toCsv(bad).trimEnd().split('\r\n');
    assert.equal(
      rows.length,
      1 + bad.scenarios.reduce((sum, { exchanges }) => sum + Math.max(1, exchanges.length), 0),
    );
  });

  it('are as the published schema has them', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../results.schema.json', import.meta.url), 'utf8'),
    ) as SchemaNode;
    assert.deepEqual(departures(JSON.parse(JSON.stringify(bad)), schema, schema), []);
    assert.deepEqual(departures({ ...bad, verdict: 'maybe', seed: undefined }, schema, schema).length, 2);
  });

  it('are stated under a signature that an altered statement does not have', () => {
    assert.ok(bad !== undefined);
    const [own, other] = [createKeyPair(), createKeyPair()];
    const signed = signStatement(bad, own.privateKey);
    assert.equal(verifyStatement(signed, own.publicKey)?.verdict, 'fail');
    assert.equal(verifyStatement(signed, other.publicKey), undefined);
    const altered = {
      ...signed,
      statement: signed.statement.replace('"verdict":"fail"', '"verdict":"pass"'),
    };
    assert.equal(verifyStatement(altered, own.publicKey), undefined);
  });
});

/** As much of JSON Schema as the published one uses. */
interface SchemaNode {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** Places at which a value is not as a schema has it. */
function departures(value: unknown, node: SchemaNode, root: SchemaNode, at = ''): string[] {
  const schema = node.$ref === undefined ? node : (root.$defs?.[node.$ref.split('/').at(-1) ?? ''] ?? {});
  const wrong =
    (schema.const !== undefined && schema.const !== value) ||
    (schema.enum !== undefined && !schema.enum.includes(value)) ||
    (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value as string)));
  const members = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const missing = (schema.required ?? []).filter((name) => members[name] === undefined);
  const { items } = schema;
  const inside =
    Array.isArray(value) && items !== undefined ? value.map((item: unknown) => [item, items] as const) : [];
  const named = Object.entries(schema.properties ?? {}).filter(([name]) => members[name] !== undefined);
  return [
    ...(wrong ? [at] : []),
    ...missing.map((name) => `${at}/${name}`),
    ...inside.flatMap(([item, one], index) => departures(item, one, root, `${at}/${index}`)),
    ...named.flatMap(([name, one]) => departures(members[name], one, root, `${at}/${name}`)),
  ];
}
