import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveDays, createSqliteJournal, readArchive } from '@yiqiao/journal';
import type { GatewayError } from '@yiqiao/model';
import { writeDay } from './describe-archive.ts';
import { createPlace } from './journal-file.ts';
import { encryption } from './keys.ts';
import { NOW } from './samples.ts';

const DAY = 86_400_000;

describe('The file of an archived day', function () {
  this.timeout(20_000);
  let folder: string;
  let bytes: Buffer;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-archive-'));
    const { file, remove } = createPlace();
    await writeDay({
      open: async (now, keys) => createSqliteJournal({ file, clock: { now: () => now }, encryption: keys }),
    });
    const [day] = await archiveDays({
      place: { file },
      clock: { now: () => NOW + 10 * DAY },
      encryption: encryption(1),
      before: NOW + DAY,
      folder,
    });
    bytes = readFileSync(day?.file ?? '');
    remove();
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Code, reason and place of the refusal; nothing when it is read. */
  async function refusalOf(changed: Uint8Array): Promise<readonly unknown[]> {
    const file = join(folder, 'changed');
    writeFileSync(file, changed);
    try {
      await readArchive(file);
      return [];
    } catch (error) {
      const { code, details } = error as GatewayError;
      return [code, details.facts?.['reason'], details.faults?.[0]?.found];
    }
  }

  it('is read as it was written', async () => {
    assert.deepEqual(await refusalOf(bytes), []);
  });

  it('is refused when any one byte was changed', async () => {
    for (let at = 0; at < bytes.length; at += 1) {
      const [code] = await refusalOf(bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))));
      assert.equal(code, 'ARCHIVE_UNUSABLE', `byte ${at}`);
    }
  });

  const changes: readonly { name: string; change: () => Uint8Array; reason: string; found?: RegExp }[] = [
    {
      name: 'a byte of a block',
      change: () => flip(bytes.indexOf('block ') + 200),
      reason: 'damaged',
      found: /^block 1, bytes \d+-\d+$/,
    },
    { name: 'its head', change: () => flip(60), reason: 'damaged', found: /^head, bytes 0-\d+$/ },
    { name: 'its end', change: () => flip(bytes.length - 3), reason: 'damaged', found: /^block 2, bytes / },
    {
      name: 'what was added',
      change: () => Buffer.concat([bytes, Buffer.from('x')]),
      reason: 'damaged',
      found: /^block 2, bytes /,
    },
    {
      name: 'what was cut off',
      change: () => bytes.subarray(0, bytes.length - 1),
      reason: 'damaged',
      found: /^block 2, bytes /,
    },
    {
      name: 'half of it',
      change: () => bytes.subarray(0, bytes.length >> 1),
      reason: 'damaged',
      found: /^block 1, bytes /,
    },
    {
      name: 'another file',
      change: () => Buffer.from('{"format":"something else"}\n'),
      reason: 'not-an-archive',
    },
    { name: 'an empty file', change: () => Buffer.alloc(0), reason: 'not-an-archive' },
  ];
  for (const { name, change, reason, found } of changes) {
    it(`tells where: ${name}`, async () => {
      const [code, why, where] = await refusalOf(change());
      assert.deepEqual([code, why], ['ARCHIVE_UNUSABLE', reason]);
      if (found !== undefined) assert.match(String(where), found);
    });
  }

  it('is named when it is not there', async () => {
    await assert.rejects(readArchive(join(folder, 'nothing')), (error: GatewayError) => {
      assert.deepEqual([error.code, error.details.facts?.['reason']], ['ARCHIVE_UNUSABLE', 'missing']);
      return true;
    });
  });

  function flip(at: number): Uint8Array {
    return bytes.with(at, (bytes[at] ?? 0) ^ 1);
  }
});
