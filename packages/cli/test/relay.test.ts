/** The relay: card reader and e-credential on a Windows desk, by the kit, against the stand-in of the sandbox. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import { startRelayStandIn } from '@yiqiao/sandbox';
import type { RelayStandIn } from '@yiqiao/sandbox';
import { createCredentialSession, createRelay, decodeCredential, readCard } from '@yiqiao/sdk';
import type { CredentialSession, Relay } from '@yiqiao/sdk';

const PERSON = { identityNumber: '000000199001010018', name: '测试甲', region: '330100' };
const CARD = { ...PERSON, cardNumber: 'T00000001', cardSerial: '0000000000000001' };
const LAYOUT = ['', '', 'cardNumber', 'cardSerial', 'name'];
const SCAN = {
  institution: 'H53010000001',
  businessType: '01301',
  operator: { id: '001', name: '测试经办' },
  office: { id: '01', name: '门诊' },
};

describe('The relay', () => {
  let desk: RelayStandIn;
  let relay: Relay;
  beforeEach(async () => {
    desk = await startRelayStandIn({ token: 'desk' });
    relay = createRelay({ url: desk.url, token: 'desk', timeoutMs: 400 });
  });
  afterEach(async () => {
    await desk.close();
    await relay.close();
  });

  it('reads a card, Chinese names in GBK included', async () => {
    desk.insertCard(CARD);
    const card = await readCard(relay, { layout: LAYOUT });
    assert.deepEqual(card.named, { cardNumber: 'T00000001', cardSerial: '0000000000000001', name: '测试甲' });
    assert.equal(card.parts.length, 5);
  });

  it('decodes the e-credential that is shown', async () => {
    desk.showCode(PERSON);
    assert.deepEqual(await decodeCredential(relay, SCAN), {
      token: desk.tokens()[0],
      identityNumber: PERSON.identityNumber,
      identityType: '01',
      name: '测试甲',
      insuredRegion: '330100',
    });
  });

  const CASES: readonly [string, () => void, () => Promise<unknown>, ErrorCode][] = [
    ['no card lies there', () => {}, () => readCard(relay), 'CARD_UNREADABLE'],
    [
      'the card was taken away',
      () => {
        desk.insertCard(CARD);
        desk.removeCard();
      },
      () => readCard(relay),
      'CARD_UNREADABLE',
    ],
    ['the reader is unplugged', () => desk.unplug(), () => readCard(relay), 'DEVICE_UNAVAILABLE'],
    ['nobody shows a code', () => {}, () => decodeCredential(relay, SCAN), 'UPSTREAM_REJECTED'],
    [
      'the relay turns GBK into UTF-8',
      () => {
        desk.insertCard(CARD);
        desk.confuseCharset(true);
      },
      () => readCard(relay),
      'UPSTREAM_REPLY_UNUSABLE',
    ],
    [
      'half of the answer is garbage',
      () => {
        desk.showCode(PERSON);
        desk.faults.next({ kind: 'corrupt-bytes' });
      },
      () => decodeCredential(relay, SCAN),
      'UPSTREAM_REPLY_UNUSABLE',
    ],
    [
      'the reader takes too long',
      () => {
        desk.insertCard(CARD);
        desk.faults.next({ kind: 'never-answer' });
      },
      () => readCard(relay),
      'UPSTREAM_TIMEOUT',
    ],
    [
      'the card has fewer parts than the layout',
      () => desk.insertCard(CARD),
      () => readCard(relay, { layout: [...LAYOUT, 'more'] }),
      'CARD_UNREADABLE',
    ],
    [
      'the library is not there',
      () => {},
      () => relay.call('None.dll', 'f', Buffer.of()),
      'UPSTREAM_REJECTED',
    ],
    [
      'the relay names an error of its own',
      () => desk.faults.next({ kind: 'refuse', text: 'CREDENTIAL_ENDED' }),
      () => readCard(relay),
      'CREDENTIAL_ENDED',
    ],
  ];
  for (const [title, prepare, act, code] of CASES) {
    it(`is ${code} when ${title}`, async () => {
      prepare();
      await assert.rejects(act(), (error: unknown) => error instanceof GatewayError && error.code === code);
    });
  }

  it('says nothing to callers without its token', async () => {
    const stranger = createRelay({ url: desk.url });
    await assert.rejects(readCard(stranger), { code: 'UPSTREAM_REJECTED' });
    await stranger.close();
  });

  it('is UPSTREAM_UNREACHABLE where none runs', async () => {
    await desk.close();
    await assert.rejects(readCard(relay), { code: 'UPSTREAM_UNREACHABLE' });
  });

  describe('and the session of an e-credential between 1101 and 2207', () => {
    let now: number;
    let asked: string[];
    let session: CredentialSession;
    beforeEach(() => {
      now = 1_000_000;
      asked = [];
      desk.showCode(PERSON);
      session = createCredentialSession({
        clock: { now: () => now },
        holdsMs: 600_000,
        renewBeforeMs: 60_000,
        askAgain: (reason) => void asked.push(reason),
        scan: () => decodeCredential(relay, SCAN),
      });
    });

    it('scans once while the token holds, however many ask', async () => {
      assert.equal(session.state(), 'none');
      const tokens = await Promise.all([session.token(), session.token()]);
      now += 539_000;
      assert.deepEqual([...tokens, await session.token()], Array(3).fill(desk.tokens()[0]));
      assert.equal(session.state(), 'holds');
      assert.equal(session.endsAt(), 1_600_000);
      assert.deepEqual(asked, []);
    });

    it('asks for a new scan before the end, and keeps to the old one while none comes', async () => {
      const first = await session.token();
      now += 545_000;
      assert.equal(session.state(), 'ends-soon');
      desk.showCode(undefined);
      assert.equal(await session.token(), first);
      desk.showCode(PERSON);
      assert.notEqual(await session.token(), first);
      assert.deepEqual(asked, ['ends-soon', 'ends-soon']);
    });

    it('is CREDENTIAL_ENDED after the end when no new one is shown', async () => {
      await session.token();
      now += 600_000;
      desk.showCode(undefined);
      await assert.rejects(session.token(), { code: 'CREDENTIAL_ENDED' });
      desk.showCode(PERSON);
      assert.deepEqual(await session.renew(), { credentialNumber: desk.tokens()[1] });
      assert.deepEqual(asked, ['ended', 'ended']);
    });

    it('scans again when the far side says that the token has ended, whatever the clock says', async () => {
      const first = await session.token();
      session.refused();
      assert.equal(session.state(), 'ended');
      assert.notEqual(await session.token(), first);
      assert.deepEqual(asked, ['refused']);
    });

    it('takes nobody else’s code, nor the old token afterwards', async () => {
      await session.token();
      now += 600_000;
      desk.showCode({ identityNumber: '000000199001010026', name: '测试乙', region: '330100' });
      await assert.rejects(session.token(), { code: 'CREDENTIAL_OTHER_PERSON' });
      assert.equal(session.state(), 'none');
    });
  });
});
