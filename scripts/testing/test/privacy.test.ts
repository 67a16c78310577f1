import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { citizenCheckCharacter } from '@yiqiao/model';
import { privacyOf } from '../checks.ts';
import { runCommandCheck } from '../command-check.ts';

/** Written so that this file is no finding itself. */
const DIGITS = '00000019900101001';

async function check(text: string): Promise<{ ok: boolean; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-testing-'));
  try {
    const file = join(folder, 'output.txt');
    writeFileSync(file, text);
    return await runCommandCheck(privacyOf(file), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the check of what tests have written', () => {
  it('passes over log lines without persons', async () => {
    const line =
      '{"time":1795222923000,"institution":"H00000000001","messageId":"H00000000001202611210902000001"}';
    const { ok, output } = await check(`${line}\n`);
    assert.equal(ok, true, output);
  }).timeout(60_000);

  it('fails for the identity number of a made-up person, and shows where without showing it', async () => {
    const number = `${DIGITS}${citizenCheckCharacter(DIGITS)}`;
    const { ok, output } = await check(`a\n{"messageId":"${number}"}\n`);
    assert.equal(ok, false);
    assert.match(output, /output\.txt:2:15/);
    assert(!output.includes(number));
  }).timeout(60_000);
});
