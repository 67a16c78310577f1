import assert from 'node:assert/strict';
import type { Clock, SavedRequest } from '@yiqiao/sdk';
import { IDENTIFICATION, SETTLED, SETTLEMENT } from './bodies.ts';
import { rejectionOf } from './errors.ts';
import { clientOf, endAll, startPlatform } from './platform.ts';
import type { Came, Told } from './platform.ts';

const signIn = { macAddress: '00-00-00-00-00-01', ipAddress: '127.0.0.1' };

/** A platform that numbers its sign-ins and takes the numbers that `accepts` says. */
function desk(accepts: (signNumber: string) => boolean = () => true) {
  let count = 0;
  return (came: Came): Told => {
    if (came.infno === '9001') {
      count += 1;
      return { output: { signinoutb: { sign_time: '2026-01-01 08:00:00', sign_no: `Q${count}` } } };
    }
    return accepts(came.sign_no) ? { output: came.infno === '2207' ? SETTLED : {} } : { refusal: '请先签到' };
  };
}

const sent = ({ infno, sign_no: number }: Came): string => `${infno} ${number}`;

describe('Signing in', () => {
  afterEach(endAll);

  it('happens once for all calls that wait for it', async () => {
    const platform = await startPlatform(desk());
    const client = clientOf(platform.url, { signIn });
    await Promise.all([1, 2, 3].map(() => client.person.identify(IDENTIFICATION)));
    assert.deepEqual(platform.came.map(sent), ['9001 ', '1101 Q1', '1101 Q1', '1101 Q1']);
  });

  it('happens for each operator and again on the next day in China', async () => {
    let now = Date.parse('2026-01-01T23:50:00+08:00');
    const clock: Clock = { now: () => now };
    const platform = await startPlatform(desk());
    const client = clientOf(platform.url, { signIn, clock });
    await client.person.identify(IDENTIFICATION);
    await client.person.identify(IDENTIFICATION, { operator: { type: '1', id: '0002', name: '测试乙' } });
    now += 11 * 60_000;
    await client.person.identify(IDENTIFICATION);
    assert.deepEqual(platform.came.map(sent), ['9001 ', '1101 Q1', '9001 ', '1101 Q2', '9001 ', '1101 Q3']);
    assert.equal(platform.came[2]?.opter, '0002');
  });

  it('is repeated when a call is refused for it, and the call is made again as a new message', async () => {
    const platform = await startPlatform(desk((number) => number !== 'Q1'));
    const client = clientOf(platform.url, { signIn });
    await client.outpatient.settle(SETTLEMENT);
    assert.deepEqual(platform.came.map(sent), ['9001 ', '2207 Q1', '9001 ', '2207 Q2']);
    assert.notEqual(platform.came[1]?.msgid, platform.came[3]?.msgid);
  });

  it('is given up after the second refusal', async () => {
    const platform = await startPlatform(desk(() => false));
    const error = await rejectionOf(clientOf(platform.url, { signIn }).outpatient.settle(SETTLEMENT));
    assert.deepEqual([error.code, platform.came.length], ['UPSTREAM_REJECTED', 4]);
  });

  it('is repeated when its answer is lost, and leaves nothing to look for', async () => {
    const saved: string[] = [];
    const record = {
      save: async ({ operation }: SavedRequest) => void saved.push(operation),
      load: async () => undefined,
      end: async () => undefined,
    };
    const answer = desk();
    const platform = await startPlatform((came, count) => (count === 0 ? 'lost' : answer(came)));
    const client = clientOf(platform.url, { signIn, record });
    await client.person.identify(IDENTIFICATION);
    assert.deepEqual(platform.came.map(sent), ['9001 ', '9001 ', '1101 Q1']);
    assert.deepEqual(saved, []);
  });

  it('is done anew, as a new message, when a gateway says so', async () => {
    const answer = desk();
    const platform = await startPlatform((came, count) =>
      count === 0 ? { refusal: '[DO_ANEW] 未收到应答', yiqiao: { code: 'DO_ANEW' } } : answer(came),
    );
    await clientOf(platform.url, { signIn }).person.identify(IDENTIFICATION);
    assert.deepEqual(platform.came.map(sent), ['9001 ', '9001 ', '1101 Q1']);
    assert.notEqual(platform.came[0]?.msgid, platform.came[1]?.msgid);
  });

  it('is nobody’s business where the settings do not ask for it', async () => {
    const platform = await startPlatform(desk());
    await clientOf(platform.url).person.identify(IDENTIFICATION);
    assert.deepEqual(platform.came.map(sent), ['1101 ']);
  });

  it('tells the number to whoever asks', async () => {
    const platform = await startPlatform(desk());
    const client = clientOf(platform.url, { signIn });
    assert.deepEqual([await client.signIn(), await client.signIn()], ['Q1', 'Q1']);
  });
});
