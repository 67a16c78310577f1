import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { exportEvidence, stampLast, verifyEvidence } from '@yiqiao/evidence';
import type { FindingKind } from '@yiqiao/evidence';
import { openEvidenceFile } from '@yiqiao/journal';
import { makeTestTimeStamps, readCertificates } from '@yiqiao/signer/certificates';
import fc from 'fast-check';
import { createRig, makeSigner, NOW } from './rig.ts';
import type { EvidenceRig } from './rig.ts';

const signer = makeSigner();
const anchors = readCertificates(signer.anchors);

describe('An evidence file', () => {
  let rig: EvidenceRig;
  let text: string;

  before(async () => {
    rig = createRig(signer);
    const ids = await rig.exchanges(5);
    await rig.sign(4);
    text = (await exportEvidence(rig.store(), { exchangeId: ids[2] ?? 0, contents: true })).text;
    await rig.close();
  });
  after(() => rig.remove());

  it('is believed by itself, and names exchange, messages and signer', () => {
    const verdict = verifyEvidence(Buffer.from(text), { anchors });
    assert.deepEqual(verdict.findings, []);
    assert.equal(verdict.sound, true);
    assert.equal(verdict.exchange?.messageId, 'H00000000001202611210902000003');
    assert.deepEqual(
      verdict.entries.map(({ kind }) => kind),
      ['accepted', 'ended'],
    );
    assert.deepEqual(
      verdict.entries[0]?.parts.map(({ name }) => name),
      ['received', 'leg.request', 'leg.sent'],
    );
    assert.match(verdict.batches[0]?.signedBy ?? '', /H00000000001/);
  });

  it('is not believed under other roots', () => {
    const others = readCertificates(makeSigner().anchors);
    const verdict = verifyEvidence(Buffer.from(text), { anchors: others });
    assert.ok(verdict.findings.some(({ kind }) => kind === 'certificate-untrusted'));
  });

  type Change = readonly [title: string, change: (file: FileJson) => void, kind: FindingKind, place: object];
  const changes: readonly Change[] = [
    [
      'a message',
      (file) => flip(file, 0, 20),
      'content-changed',
      { entry: 5, part: 'received', bytes: [0, 1024] },
    ],
    ['a later message', (file) => flip(file, 0, 1_600), 'content-changed', { entry: 5, bytes: [1024, 1629] }],
    ['the answer', (file) => flip(file, 1, 20), 'content-changed', { entry: 6 }],
    ['a time', (file) => void (file.entries[1].at += 1), 'entry-changed', { entry: 6 }],
    [
      'a fact',
      (file) => void (file.entries[1].facts = file.entries[1].facts.replace('answered', 'rejected')),
      'entry-changed',
      { entry: 6 },
    ],
    ['the first entry away', (file) => void file.entries.shift(), 'entry-missing', { entry: 5 }],
    ['the order', (file) => void file.entries.reverse(), 'order-changed', { entry: 6 }],
    ['the place in the tree', (file) => void (file.entries[0].index += 1), 'path-changed', { entry: 5 }],
    ['the batch away', (file) => void file.batches.pop(), 'batch-missing', { batch: 2 }],
    [
      'the signature',
      (file) => void (file.batches[0].signature = text64(64)),
      'signature-wrong',
      { batch: 2 },
    ],
    [
      'the root',
      (file) => void (file.batches[0].header = file.batches[0].header.replace(/"at":\d/, '"at":2')),
      'signature-wrong',
      { batch: 2 },
    ],
    ['the certificate away', (file) => void file.certificates.pop(), 'certificate-changed', { batch: 2 }],
    [
      'the entry taken out of its batch',
      (file) => void Object.assign(file.entries[0], { batch: 0, path: [], index: 0 }),
      'not-signed',
      { entry: 5 },
    ],
    ['the patient’s institution', (file) => void (file.exchange.institution = 'H0'), 'exchange-differs', {}],
    ['the warning', (file) => void (file.warning.zh = '公开'), 'file-changed', {}],
  ];
  for (const [title, change, kind, place] of changes) {
    it(`with ${title} changed is refused as ${kind}, with its place`, () => {
      const file = JSON.parse(text) as FileJson;
      change(file);
      const verdict = verifyEvidence(Buffer.from(JSON.stringify(file, null, 1)), { anchors });
      const found = verdict.findings.find((one) => one.kind === kind);
      assert.ok(found, JSON.stringify(verdict.findings));
      assert.deepEqual({ ...found, ...place }, found);
    });
  }

  it('with a message and its digests changed is refused all the same', () => {
    const file = JSON.parse(text) as FileJson;
    flip(file, 0, 20);
    file.entries[0].content.pieces[0] = text64(32);
    const { findings } = verifyEvidence(Buffer.from(JSON.stringify(file)), { anchors });
    assert.deepEqual(
      findings.map(({ kind, entry }) => ({ kind, entry })),
      [{ kind: 'content-changed', entry: 5 }],
    );
  });

  it('with a name in Chinese in the reason speaks both languages', () => {
    const { findings } = verifyEvidence(Buffer.from('{}'));
    assert.match(findings[0]?.message.zh ?? '', /证据文件/);
    assert.match(findings[0]?.message.en ?? '', /evidence file/);
  });

  it('with any one byte changed is refused', async () => {
    const small = createRig({ ...signer, certificates: signer.certificates.slice(0, 1) });
    const [id = 0] = await small.exchanges(1, 1, 0);
    await small.sign();
    const exported = await exportEvidence(small.store(), { exchangeId: id, contents: true });
    const bytes = Buffer.from(exported.text);
    for (let at = 0; at < bytes.length; at += 1) {
      const before = bytes[at] ?? 0;
      bytes[at] = before ^ (1 << (at % 8));
      assert.equal(verifyEvidence(bytes).sound, false, `byte ${at}`);
      bytes[at] = before;
    }
    await small.close();
    small.remove();
  }).timeout(60_000);

  it('with any one byte more or less, or replaced by any other, is refused', () => {
    const whole = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(2), (at, byte, what) => {
        fc.pre(what !== 0 || whole[at] !== byte);
        const inserted = what === 2 ? [] : [byte];
        const rest = whole.subarray(what === 1 ? at : at + 1);
        const changed = Buffer.concat([whole.subarray(0, at), Buffer.from(inserted), rest]);
        assert.equal(verifyEvidence(changed).sound, changed.equals(whole));
      }),
      { numRuns: 300 },
    );
  });
});

describe('An export', () => {
  it('of what retention has deleted proves all but the contents', async () => {
    const rig = createRig(signer);
    const [id = 0] = await rig.exchanges(1);
    await rig.sign();
    await rig.expire();
    const exported = await exportEvidence(rig.store(), { exchangeId: id, contents: true });
    const verdict = verifyEvidence(Buffer.from(exported.text), { anchors });
    assert.equal(exported.without, 2);
    assert.deepEqual(verdict.findings, []);
    assert.deepEqual(
      verdict.entries.map(({ content }) => content),
      ['expired', 'expired'],
    );
    await rig.close();
    rig.remove();
  });

  it('without contents holds no message and proves the rest', async () => {
    const rig = createRig(signer);
    const [id = 0] = await rig.exchanges(1);
    await rig.sign();
    const { text } = await exportEvidence(rig.store(), { exchangeId: id, contents: false });
    assert.equal(verifyEvidence(Buffer.from(text), { anchors }).sound, true);
    assert.equal((JSON.parse(text) as FileJson).entries[0].content.bytes, '');
    await rig.close();
    rig.remove();
  });

  it('of a sealed journal holds contents only with its key', async () => {
    const encryption = { algorithm: 'aes-256-gcm', key: randomBytes(32) } as const;
    const rig = createRig(signer, encryption);
    const [id = 0] = await rig.exchanges(1);
    await rig.sign();
    await rig.close();
    for (const [keys, state] of [
      [undefined, 'closed'],
      [encryption, 'whole'],
    ] as const) {
      const reader = openEvidenceFile(rig.file, keys);
      const { text } = await exportEvidence(reader, { exchangeId: id, contents: true });
      reader.close();
      const verdict = verifyEvidence(Buffer.from(text), { anchors });
      assert.deepEqual(verdict.findings, []);
      assert.equal(verdict.entries[0]?.content, state);
    }
    rig.remove();
  });

  it('goes on to the next time-stamp, which is checked with the file', async () => {
    const rig = createRig(signer);
    const authority = makeTestTimeStamps(NOW);
    const ids = await rig.exchanges(6);
    await rig.sign();
    const post = (request: Uint8Array): Promise<Buffer> => Promise.resolve(authority.answer(request, NOW));
    assert.equal(await stampLast(rig.store(), { post, hash: 'sm3' }), 3);
    assert.equal(await stampLast(rig.store(), { post, hash: 'sm3' }), undefined);
    const { text } = await exportEvidence(rig.store(), { exchangeId: ids[0] ?? 0, contents: true });
    const trusted = [...anchors, ...readCertificates(authority.certificate)];
    const verdict = verifyEvidence(Buffer.from(text), { anchors: trusted });
    assert.deepEqual(verdict.findings, []);
    assert.deepEqual(
      verdict.batches.map(({ number, stamped }) => [number, stamped?.at]),
      [
        [1, undefined],
        [2, undefined],
        [3, NOW],
      ],
    );
    assert.equal(verifyEvidence(Buffer.from(text), { anchors }).findings[0]?.kind, 'time-stamp-wrong');
    await rig.close();
    rig.remove();
  });

  it('of an exchange that is not there is refused', async () => {
    const rig = createRig(signer);
    await assert.rejects(exportEvidence(rig.store(), { exchangeId: 7, contents: true }), {
      code: 'EVIDENCE_UNUSABLE',
    });
    await rig.close();
    rig.remove();
  });
});

interface FileJson {
  warning: { zh: string };
  exchange: { institution: string };
  entries: [EntryJson, EntryJson];
  batches: [{ header: string; signature: string }];
  certificates: object[];
}

interface EntryJson {
  at: number;
  facts: string;
  index: number;
  content: { bytes: string; pieces: string[] };
}

function flip({ entries }: FileJson, entry: 0 | 1, at: number): void {
  const { content } = entries[entry];
  const bytes = Buffer.from(content.bytes, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  content.bytes = bytes.toString('base64');
}

function text64(length: number): string {
  return Buffer.alloc(length, 7).toString('base64');
}
