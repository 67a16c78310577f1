import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { checkEvidence, exportEvidence, openEvidence, verifyEvidence } from '@yiqiao/evidence';
import { archiveDays, restoreArchive } from '@yiqiao/journal';
import type { GatewayError } from '@yiqiao/model';
import { createRig, makeSigner, NOW, tamper } from './rig.ts';
import type { EvidenceRig } from './rig.ts';

const DAY = 86_400_000;
const signer = makeSigner();
const clock = { now: () => NOW + 10 * DAY };

describe('A signed journal of which a day was archived', () => {
  let rig: EvidenceRig;
  const place = () => ({ place: { file: rig.file }, clock });
  const archive = () =>
    archiveDays({ ...place(), before: NOW + DAY, folder: join(dirname(rig.file), 'archives') });

  /** Five exchanges of two entries each, four of them signed. */
  beforeEach(async () => {
    rig = createRig(signer);
    await rig.exchanges(4, 1, 0);
    await rig.sign(4);
    await rig.exchanges(1, 5, 0);
    await rig.close();
  });
  afterEach(() => rig.remove());

  it('is believed: what left is told as archived, what is not signed yet stayed', async () => {
    const [day] = await archive();
    assert.deepEqual([day?.exchanges, day?.kept], [4, 1]);
    const verdict = await checkEvidence({ file: rig.file }, { anchors: signer.anchors });
    assert.deepEqual(verdict.findings, []);
    const { entries, archived, batches, unsigned } = verdict;
    assert.deepEqual(
      { entries, archived, batches, unsigned },
      { entries: 0, archived: 8, batches: 2, unsigned: 2 },
    );
  });

  it('still misses what was deleted and lies in no archive', async () => {
    tamper(rig.file, 'DELETE FROM entries WHERE id = 5');
    const [day] = await archive();
    assert.deepEqual([day?.exchanges, day?.damaged], [3, 1]);
    const { findings, archived } = await checkEvidence({ file: rig.file });
    assert.deepEqual(
      findings.map(({ kind, entry }) => [kind, entry]),
      [['entry-missing', 5]],
    );
    assert.equal(archived, 6);
  });

  it('tells which archive an exchange lies in; put back, it is proved again', async () => {
    const [day] = await archive();
    assert.ok(day);
    const evidence = async () => {
      const reader = await openEvidence({ file: rig.file });
      try {
        return await exportEvidence(reader, { exchangeId: 2, contents: true });
      } finally {
        await reader.close();
      }
    };
    await assert.rejects(evidence(), ({ code, details }: GatewayError) => {
      assert.equal(code, 'EVIDENCE_UNUSABLE');
      assert.ok(day.file.endsWith(details.faults?.[0]?.found ?? 'nothing'));
      return true;
    });
    await restoreArchive(place(), day.file);
    assert.equal(verifyEvidence(Buffer.from((await evidence()).text)).sound, true);
    const { findings, archived } = await checkEvidence({ file: rig.file });
    assert.deepEqual([findings, archived], [[], 0]);
  });
});
