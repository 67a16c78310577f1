import assert from 'node:assert/strict';
import type { Told } from './cashier.ts';
import { feeUpload, INSTITUTION, requestText, settlement, visitNumber } from './messages.ts';
import type { Visit } from './messages.ts';
import { createCrashWorld } from './world.ts';
import type { CrashWorld } from './world.ts';

/** Enough for the files of an empty journal and some messages. */
const FILE_KILOBYTES = 400;
const MOST_VISITS = 200;

interface Upload {
  readonly visit: Visit;
  readonly bytes: string;
  readonly told: Told | undefined;
}

const NOT_TAKEN: Told = { state: 'not-done', code: 'JOURNAL_FAILED' };

/** A message id of its own for each number and visit. */
function messageOf(infno: string, visit: Visit, input: object): string {
  const messageId = `${INSTITUTION}${visit.id.slice(-8)}${infno}`;
  return requestText(infno, input, { messageId, sentAt: Date.now() });
}

/** Uploads fees, visit by visit, until that is not done any more. */
async function fillDisk({ cashier }: CrashWorld): Promise<readonly Upload[]> {
  const uploads: Upload[] = [];
  do {
    const visit = visitNumber(uploads.length + 1);
    const bytes = messageOf('2204', visit, feeUpload(visit, Date.now()));
    uploads.push({ visit, bytes, told: await cashier.post(bytes) });
  } while (uploads.at(-1)?.told?.state === 'done' && uploads.length < MOST_VISITS);
  return uploads;
}

describe('a gateway whose disk is full', function () {
  this.timeout(30_000);
  let world: CrashWorld;

  beforeEach(async () => {
    world = await createCrashWorld();
  });
  afterEach(() => world.close());

  it('sends nothing that it cannot put on record and forgets nothing that it has', async () => {
    const { cashier, gateway, hub, core } = world;
    await gateway.start({ fileKilobytes: FILE_KILOBYTES });
    const uploads = await fillDisk(world);
    const [first] = uploads;
    const last = uploads.at(-1)?.told;
    assert(first !== undefined && uploads.length > 2 && uploads.length < MOST_VISITS);
    assert(last === undefined || last.state === 'not-done', 'the disk is full');
    const charge = messageOf('2207', first.visit, settlement(first.visit));
    assert.deepEqual(await cashier.post(charge), NOT_TAKEN);
    assert.deepEqual(await cashier.post(first.bytes), first.told);
    assert.equal(hub.books.entries.size, 0);

    await gateway.kill();
    await gateway.start();
    await gateway.quiet();
    for (const { visit, bytes, told } of uploads) {
      const again = await cashier.post(bytes);
      if (told?.state === 'done') assert.deepEqual(again, told);
      assert.equal(core.books.hasFees(visit.id, visit.batch), again?.state === 'done');
    }
    assert.equal((await cashier.post(charge))?.state, 'done');
    await gateway.quiet();
    await gateway.stop();
    const { exchanges, damage } = await gateway.readJournal();
    assert.deepEqual([...damage, ...hub.books.violations, ...core.books.violations], []);
    assert.deepEqual(
      exchanges.filter(({ endedAt }) => endedAt === undefined),
      [],
    );
  });
});
