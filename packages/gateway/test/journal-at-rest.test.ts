import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  archiveConfiguredJournal,
  checkConfiguredJournal,
  maintainJournal,
  restoreConfiguredArchive,
} from '@yiqiao/gateway';
import { formatTime } from '@yiqiao/model';
import { settlement } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';

const DAY_MS = 86_400_000;
/** Identity number in the settlements of these tests. */
const PERSON = '000000199001010018';

/** Another journal instead of the plain file; keys come from the environment. */
const withJournal =
  (settings: string) =>
  (yaml: string): string =>
    yaml.replace('journal: journal.sqlite', `journal: { file: journal.sqlite, ${settings} }`);

const FIRST = withJournal('encryption: { key: { env: YIQIAO_TEST_KEY_1 } }');
const SECOND = withJournal(
  'encryption: { algorithm: sm4-ctr-hmac-sm3, key: { env: YIQIAO_TEST_KEY_2 }, previous: [{ env: YIQIAO_TEST_KEY_1 }] }',
);

describe('The journal of a gateway', () => {
  before(() => {
    for (const name of ['YIQIAO_TEST_KEY_1', 'YIQIAO_TEST_KEY_2'])
      process.env[name] = randomBytes(32).toString('hex');
  });
  after(() => {
    for (const name of ['YIQIAO_TEST_KEY_1', 'YIQIAO_TEST_KEY_2']) delete process.env[name];
  });
  afterEach(endAll);

  it('holds no person in clear when it is encrypted, and answers a resend under the next key', async () => {
    const { gateway, far, configFile, rewrite, restart, journal } = await startRig({ change: FIRST });
    const file = join(dirname(configFile), 'journal.sqlite');
    const body = settlement();
    assert(body.includes(PERSON));
    const first = await post(gateway.url, body);
    assertDone(first);
    rewrite((yaml) => SECOND(yaml.replace(/^journal: .*$/m, 'journal: journal.sqlite')));
    const again = await post((await restart()).url, body);
    assert.deepEqual([again.bytes, far.numbers()], [first.bytes, ['2207']]);
    await assert.rejects(journal(), { code: 'JOURNAL_UNUSABLE' }, 'no key');
    assert(!readFileSync(file).includes(PERSON));
  });

  it('is sealed anew and checked offline by the keys of the configuration', async () => {
    const { gateway, configFile, rewrite, journal } = await startRig();
    assertDone(await post(gateway.url, settlement()));
    const exchanges = await journal();
    assert.equal(exchanges.length, 1);
    const file = join(dirname(configFile), 'journal.sqlite');
    assert(readFileSync(file).includes(PERSON));
    rewrite(FIRST);
    const { sealed, errors } = await maintainJournal(configFile, { expire: false });
    assert.deepEqual([sealed > 0, errors], [true, []]);
    assert(!readFileSync(file).includes(PERSON));
    const { damage, closed } = await checkConfiguredJournal(configFile);
    assert.deepEqual([damage, closed], [[], 0]);
  });

  it('tells a resend after its contents were deleted that it was done, and does nothing again', async () => {
    const clock = { now: () => Date.now() - 400 * DAY_MS };
    const change = withJournal('retention: { writes: 1y }');
    const { gateway, far, configFile, restart, journal } = await startRig({ change, clock });
    const body = settlement({}, { inf_time: JSON.stringify(formatTime(clock.now())) });
    assertDone(await post(gateway.url, body));
    await journal();
    assert((await maintainJournal(configFile, { expire: true })).expired > 0);
    assertUnknown(await post((await restart()).url, body), 'ANSWER_EXPIRED');
    assert.deepEqual(far.numbers(), ['2207']);
  });

  it('tells a resend after its day was archived that it was done, and its answer when the day is back', async () => {
    const clock = { now: () => Date.now() - 3 * DAY_MS };
    const { gateway, far, configFile, restart, journal } = await startRig({ clock });
    const time = { inf_time: JSON.stringify(formatTime(clock.now())) };
    const [body, sameMatter] = [
      settlement({ chrg_bchno: '"B1"' }, time),
      settlement({ chrg_bchno: '"B1"' }, time),
    ];
    const first = await post(gateway.url, body);
    assertDone(first);
    await journal();
    const folder = join(dirname(configFile), 'archives');
    const [day] = await archiveConfiguredJournal(configFile, { before: Date.now(), folder });
    const without = await restart();
    assertUnknown(await post(without.url, body), 'ANSWER_EXPIRED');
    assertRefused(await post(without.url, sameMatter), 'ALREADY_DONE');
    await without.close();
    await restoreConfiguredArchive(configFile, day?.file ?? '');
    const again = await post((await restart()).url, body);
    assert.deepEqual([again.bytes, far.numbers()], [first.bytes, ['2207']]);
  });
});
