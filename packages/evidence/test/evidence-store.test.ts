import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { checkEvidence } from '@yiqiao/evidence';
import type { Finding, StoreVerdict } from '@yiqiao/evidence';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { createRig, makeSigner, tamper } from './rig.ts';
import type { EvidenceRig } from './rig.ts';

const signer = makeSigner();

const HASH_OF_40_ZEROS = '2c34ce1df23b838c5abf2a7f6437cca3d3067ed509ff25f11df6b11b582b51eb';

/** Ten exchanges of two entries each, in batches of four. */
async function signedRig(): Promise<EvidenceRig> {
  const rig = createRig(signer);
  await rig.exchanges(10, 1, 0);
  await rig.sign(4);
  await rig.close();
  return rig;
}

const check = ({ file }: EvidenceRig): Promise<StoreVerdict> =>
  checkEvidence({ file }, { anchors: signer.anchors });

describe('A signed journal', () => {
  let rig: EvidenceRig;
  beforeEach(async () => {
    rig = await signedRig();
  });
  afterEach(() => rig.remove());

  it('is believed, with its end to be noted elsewhere', async () => {
    const verdict = await check(rig);
    assert.deepEqual(verdict.findings, []);
    const { entries, batches, unsigned, end } = verdict;
    assert.deepEqual({ entries, batches, unsigned }, { entries: 20, batches: 5, unsigned: 0 });
    const noted = { number: 5, hash: end?.hash ?? '' };
    assert.equal((await checkEvidence({ file: rig.file }, { known: noted })).found, 0);
    const other = { number: 4, hash: end?.hash ?? '' };
    assert.deepEqual(kinds(await checkEvidence({ file: rig.file }, { known: other })), ['known-differs']);
  });

  type Case = readonly [title: string, sql: string, expected: readonly Partial<Finding>[]];
  const cases: readonly Case[] = [
    [
      'a fact changed',
      `UPDATE entries SET facts = replace(facts, 'answered', 'rejected') WHERE id = 6`,
      [{ kind: 'entry-changed', entry: 6, batch: 2 }],
    ],
    ['a time changed', 'UPDATE entries SET at = at + 1 WHERE id = 7', [{ kind: 'entry-changed', entry: 7 }]],
    [
      'contents changed and their hash recomputed',
      `UPDATE entries SET payload = zeroblob(40), payload_hash = x'${HASH_OF_40_ZEROS}' WHERE id = 9`,
      [{ kind: 'content-changed', entry: 9 }],
    ],
    ['an entry deleted', 'DELETE FROM entries WHERE id = 8', [{ kind: 'entry-missing', entry: 8, batch: 2 }]],
    [
      'a batch deleted',
      'DELETE FROM evidence_batches WHERE number = 3',
      [{ kind: 'batch-missing', batch: 3 }],
    ],
    [
      'the first batches deleted',
      'DELETE FROM evidence_batches WHERE number < 3',
      [
        { kind: 'batch-missing', batch: 1 },
        { kind: 'batch-missing', batch: 2 },
      ],
    ],
    [
      'the record of a batch changed',
      'UPDATE evidence_batches SET members = zeroblob(length(members)) WHERE number = 2',
      [{ kind: 'batch-changed', batch: 2 }],
    ],
    [
      'a signature changed',
      'UPDATE evidence_batches SET signature = zeroblob(64) WHERE number = 2',
      [{ kind: 'signature-wrong', batch: 2 }],
    ],
    [
      'a header replaced by that of the batch before',
      `UPDATE evidence_batches SET header = (SELECT header FROM evidence_batches WHERE number = 1),
       signature = (SELECT signature FROM evidence_batches WHERE number = 1) WHERE number = 2`,
      [{ kind: 'chain-broken', batch: 2 }],
    ],
    [
      'the certificate changed',
      `UPDATE evidence_certificates SET pem = replace(pem, 'A', 'B')`,
      [{ kind: 'certificate-changed', batch: 1 }],
    ],
  ];
  for (const [title, sql, expected] of cases) {
    it(`with ${title} is refused, with its place`, async () => {
      tamper(rig.file, sql);
      const { findings } = await check(rig);
      for (const place of expected) {
        assert.ok(
          findings.some((finding) =>
            Object.entries(place).every(([name, value]) => finding[name as keyof Finding] === value),
          ),
          JSON.stringify(findings),
        );
      }
    });
  }

  it('with an entry inserted among the signed ones is refused', async () => {
    tamper(rig.file, 'DELETE FROM entries WHERE id = 8');
    tamper(
      rig.file,
      `INSERT INTO entries SELECT 8, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as
       FROM entries WHERE id = 7`,
    );
    assert.deepEqual(kinds(await check(rig)), ['content-changed']);
  });

  it('with an entry put into a gap between the numbers is refused', async () => {
    rig.remove();
    rig = createRig(signer);
    await rig.exchanges(1, 1, 0);
    await rig.close();
    tamper(rig.file, 'UPDATE entries SET id = 40 WHERE id = 2');
    tamper(rig.file, 'UPDATE exchanges SET head = 40');
    rig = createRig(signer, undefined, rig.file);
    await rig.sign();
    await rig.close();
    tamper(
      rig.file,
      `INSERT INTO entries SELECT 20, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as
       FROM entries WHERE id = 1`,
    );
    assert.deepEqual(kinds(await check(rig)), ['entry-inserted']);
  });

  it('with the contents of two entries exchanged names both', async () => {
    const db = new DatabaseSync(rig.file);
    const rows = db.prepare('SELECT payload, payload_hash FROM entries WHERE id IN (5, 7) ORDER BY id').all();
    db.close();
    for (const [index, id] of [7, 5].entries()) {
      const { payload, payload_hash: digest } = rows[index] as {
        payload: Uint8Array;
        payload_hash: Uint8Array;
      };
      tamper(rig.file, 'UPDATE entries SET payload = ?, payload_hash = ? WHERE id = ?', payload, digest, id);
    }
    const { findings } = await check(rig);
    assert.deepEqual(
      findings.map(({ kind, entry, found }) => [kind, entry, found]),
      [
        ['content-moved', 5, 'entry 7'],
        ['content-moved', 7, 'entry 5'],
      ],
    );
  });

  it('cut at its end is refused when its end was noted', async () => {
    const { end } = await check(rig);
    tamper(rig.file, 'DELETE FROM evidence_batches WHERE number = 5');
    tamper(rig.file, 'DELETE FROM entries WHERE id > 16');
    assert.deepEqual(
      kinds(await checkEvidence({ file: rig.file }, { known: end ?? { number: 0, hash: '' } })),
      ['known-differs'],
    );
  });

  it('is not believed under other roots', async () => {
    const verdict = await checkEvidence({ file: rig.file }, { anchors: makeSigner().anchors });
    assert.equal(verdict.findings[0]?.kind, 'certificate-untrusted');
  });

  it('is refused when any one byte of any signed row is another', async () => {
    const columns = ['facts', 'payload', 'payload_hash', 'hash'];
    const evidence = ['header', 'members', 'signature'];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(24),
        fc.nat(3),
        fc.nat(),
        fc.integer({ min: 1, max: 127 }),
        async (row, column, at, bits) => {
          const isEntry = row < 20;
          const [table, key, name] = isEntry
            ? (['entries', 'id', columns[column] ?? ''] as const)
            : (['evidence_batches', 'number', evidence[column % 3] ?? ''] as const);
          const id = isEntry ? row + 1 : row - 19;
          const db = new DatabaseSync(rig.file);
          const { value } = db.prepare(`SELECT ${name} AS value FROM ${table} WHERE ${key} = ?`).get(id) as {
            value: string | Uint8Array;
          };
          db.close();
          const before = Buffer.from(value as string);
          const changed = Buffer.from(before);
          changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ bits;
          const put = (bytes: Buffer): void =>
            tamper(
              rig.file,
              `UPDATE ${table} SET ${name} = ${typeof value === 'string' ? 'CAST(? AS TEXT)' : '?'} WHERE ${key} = ?`,
              bytes,
              id,
            );
          put(changed);
          assert.ok((await check(rig)).found > 0, `${table}.${name} of ${id}`);
          put(before);
        },
      ),
      { numRuns: 60 },
    );
    assert.equal((await check(rig)).found, 0);
  });
});

describe('A journal under evidence', () => {
  it('holds after retention has deleted contents, and after the key of its seal was not at hand', async () => {
    const encryption = { algorithm: 'sm4-ctr-hmac-sm3', key: randomBytes(32) } as const;
    const rig = createRig(signer, encryption);
    await rig.exchanges(3, 1, 0);
    await rig.sign();
    await rig.close();
    const closed = await check(rig);
    assert.deepEqual([closed.found, closed.closed, closed.expired], [0, 6, 0]);
    const again = createRig(signer, encryption, rig.file);
    await again.expire();
    await again.close();
    const expired = await checkEvidence({ file: rig.file, encryption });
    assert.deepEqual([expired.found, expired.closed, expired.expired], [0, 0, 6]);
    rig.remove();
  });

  it('is checked the same on several threads', async () => {
    const rig = createRig(signer);
    await rig.exchanges(70, 1, 0);
    await rig.sign(4);
    await rig.close();
    tamper(rig.file, 'UPDATE entries SET at = at + 1 WHERE id IN (3, 77, 140)');
    const [one, several] = await Promise.all([
      checkEvidence({ file: rig.file }, { threads: 1 }),
      checkEvidence({ file: rig.file }, { threads: 2 }),
    ]);
    assert.deepEqual(several, one);
    assert.deepEqual(
      one.findings.map(({ entry }) => entry),
      [3, 77, 140],
    );
    rig.remove();
  });
});

const kinds = ({ findings }: StoreVerdict): string[] => findings.map(({ kind }) => kind);
