import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { matches } from '#internal/run/plan.ts';
import { missesOf, NOW } from './misses.ts';

const PROGRAM = fileURLToPath(new URL('plain_system.py', import.meta.url));
/** Whole courses of persons, places and kinds of care: they fall with whatever they come by. */
const MATRIX = 'national/matrix/*';
/** What the Python system does not meet with these slips. */
async function pythonMisses(slips: readonly string[]): Promise<string[]> {
  const child = spawn('python3', [PROGRAM, '--now', String(NOW), '--slips', slips.join()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    const lines = createInterface({ input: child.stdout });
    const [port] = (await Promise.race([once(lines, 'line'), ended.then(() => ['none'])])) as [string];
    return await missesOf(`http://127.0.0.1:${port}/`, ['outpatient', 'declarations', 'accumulations']);
  } finally {
    child.kill();
    await ended;
  }
}

/** Slips, each told as one requirement. */
const TOGETHER: Readonly<Record<string, string>> = {
  'any-name': 'national/1101/other-name',
  'cancels-again': 'national/2208/twice',
  'cancels-any-visit': 'national/2208/other-visit',
  'gbk-store': 'national/2501/charset',
  utc: 'national/envelope/response/clock',
};

/** More of them, with which a system looked sound to the first rules. */
const UNSEEN: Readonly<Record<string, string>> = {
  'other-visit': 'national/2207/other-visit',
  'pays-again': 'national/2601/2207/after-cancellation',
  'any-time': 'national/5304/range',
  'text-code': 'national/envelope/response/code-number',
  marked: 'national/envelope/response/no-mark',
  'http-500': 'national/envelope/response/http-status',
};

/** Slips whose own requirement takes others with it; `*` stands for the rest of an id. */
const ALONE: readonly {
  readonly slip: string;
  readonly own: string;
  readonly also: readonly string[];
  readonly because: string;
}[] = [
  {
    slip: 'charges-twice',
    own: 'national/2207/once/same-message',
    also: [
      ...['same-matter', 'account', 'together'].map((name) => `national/2207/once/${name}`),
      'national/2501/once',
    ],
    because: 'it knows neither a message nor a charge batch again, and the account pays each time',
  },
  {
    slip: 'reversal-says-yes',
    own: 'national/2601/2207/undone',
    also: [
      ...['repeat', 'settle-anew', 'lost-reply', 'cancellation'].map((name) => `national/2601/2207/${name}`),
      'national/2208/after-reversal',
    ],
    because: 'whatever looks at what a reversal did finds nothing done',
  },
  {
    slip: 'account-not-restored',
    own: 'national/2208/account-restored',
    also: ['national/2601/2207/cancellation', 'national/2601/2207/after-cancellation', MATRIX],
    because: 'reversing the cancellation takes from the account what never came back',
  },
  {
    slip: 'swaps-fund-and-cash',
    own: 'national/2207/response/fund-split',
    also: [
      ...['2206', '2207'].flatMap((number) =>
        ['total-by-payer', 'personal-split', 'fund-split', 'fund-items'].map(
          (sum) => `national/${number}/response/${sum}`,
        ),
      ),
      'national/2206/unfiled',
      MATRIX,
    ],
    because: 'three more sums of the same answer hold these two amounts, and the trial tells the same',
  },
  {
    slip: 'any-decimals',
    own: 'national/2207/request/data/medfee_sumamt/amount-decimals',
    also: ['national/2206/request/data/*', 'national/2207/request/data/*'],
    because: 'whatever amount has half a cent, the total has it, too, and the sum is right',
  },
  {
    slip: 'other-by-card',
    own: 'national/1101/credential/03',
    also: [MATRIX],
    because: 'every visit that begins with a card begins with the wrong person',
  },
];

/** Where there is no python3, plain-system.test.ts stands for this alone. */
const define = spawnSync('python3', ['--version']).status === 0 ? describe : (): void => undefined;

define('A system in another language that shares nothing with sandbox and product', function () {
  this.timeout(30_000);

  it('passes what it can do', async () => {
    assert.deepEqual(await pythonMisses([]), []);
  });

  it('is told exactly the five things in which it is wrong', async () => {
    assert.deepEqual(await pythonMisses(Object.keys(TOGETHER)), Object.values(TOGETHER).toSorted());
  });

  it('is told exactly what the first rules did not see', async () => {
    assert.deepEqual(await pythonMisses(Object.keys(UNSEEN)), Object.values(UNSEEN).toSorted());
  });

  for (const { slip, own, also, because } of ALONE)
    it(`is told of ${slip}, and of what follows from it: ${because}`, async () => {
      const missed = await pythonMisses([slip]);
      assert.ok(missed.includes(own), `${own} is met; not met: ${missed.join()}`);
      const others = missed.filter((id) => ![own, ...also].some((pattern) => matches(pattern, id)));
      assert.deepEqual(others, []);
      const idle = also.filter((pattern) => !missed.some((id) => matches(pattern, id)));
      assert.deepEqual(idle, [], 'declared to follow, and does not');
    });
});
