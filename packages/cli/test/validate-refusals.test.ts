import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';
import type { Spoken } from './spoken.ts';

function validate(infcode: string, output: string, ...options: string[]): Promise<Spoken> {
  const file = join(makeFolder(), 'answer.json');
  const times = '"refmsg_time":"20261120100000000","respond_time":"20261120100000000"';
  const number = '"inf_refmsgid":"530000202611201000000000000001"';
  writeFileSync(
    file,
    `{"infcode":${infcode},${number},${times},"err_msg":"该人员已停保","output":${output}}`,
  );
  return speak('validate', file, '--transaction', '2207', '--response', ...options);
}

interface Told {
  readonly ok: boolean;
  readonly refused?: boolean;
  readonly faults: readonly unknown[];
  readonly deviations: readonly unknown[];
}

describe('`yiqiao validate` of an answer that refuses', () => {
  afterEach(endAll);

  for (const mode of ['--strict', '--tolerant']) {
    for (const output of ['null', '{}', '{"setlinfo":null}']) {
      it(`asks for nothing in output ${output}, ${mode}`, async () => {
        const { ok, refused, faults, deviations } = figuresOf(
          await validate('-1', output, mode, '--json'),
        ) as unknown as Told;
        assert.deepEqual([ok, refused, faults, deviations], [true, true, [], []]);
        const { out } = await validate('-1', output, mode);
        assert.match(out, /应答为拒绝，正文不核对/);
        assert.doesNotMatch(out, /setlinfo|setldetail/);
      });
    }
  }

  it('asks for the settlement where the answer is a success', async () => {
    const { code, out } = await validate('0', 'null');
    assert.equal(code, 1);
    assert.match(out, /\/output\/setlinfo/);
    assert.doesNotMatch(out, /应答为拒绝/);
  });
});
