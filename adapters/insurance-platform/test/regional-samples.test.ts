/** The samples of the regions, byte by byte, through their codec, their validator and their maps. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { explainMessage } from '@yiqiao/insurance-platform';
import type { Explanation } from '@yiqiao/insurance-platform';
import { createRegistry } from '@yiqiao/registry';
import type { Direction, Profile } from '@yiqiao/registry';
import { createWireCodec } from '@yiqiao/wire';

const registry = createRegistry();
const national = registry.profile('national');
const folder = new URL('../../../schemas/provincial/', import.meta.url);

interface Sample {
  readonly profile: string;
  readonly file: string;
  readonly transaction: string;
  readonly direction: Direction;
}

/** Samples of profiles with map files; what a call tells beside the bytes is no sample of its own. */
const SAMPLES: readonly Sample[] = registry
  .profiles()
  .filter((id) => id !== 'national' && registry.mapFiles(id).length > 0)
  .filter((id) => existsSync(new URL(`${id}/samples/`, folder)))
  .flatMap((profile) =>
    readdirSync(new URL(`${profile}/samples/`, folder)).flatMap((file) => {
      const [, transaction = '', direction = ''] = /^(.+)\.(request|response)\.(?!beside)/.exec(file) ?? [];
      return transaction === '' ? [] : [{ profile, file, transaction, direction: direction as Direction }];
    }),
  );

function read({ profile: id, file, transaction, direction }: Sample) {
  const profile = registry.profile(id);
  const codec = createWireCodec(profile, {
    layout: (number, side) => registry.definition(id, number)?.[side],
  });
  const beside = new URL(`${id}/samples/${transaction}.${direction}.beside.json`, folder);
  const hint = {
    transaction,
    ...(existsSync(beside) && { beside: JSON.parse(readFileSync(beside, 'utf8')) as Record<string, string> }),
  };
  const bytes = readFileSync(new URL(`${id}/samples/${file}`, folder));
  const { envelope, body } =
    direction === 'request' ? codec.readRequest(bytes, hint) : codec.readResponse(bytes, hint);
  return { profile, envelope, body };
}

function explain(sample: Sample, to: Profile): Explanation {
  const { profile, envelope, body } = read(sample);
  const { transaction, direction } = sample;
  return explainMessage(registry, { from: profile, to, transaction, direction, envelope, body });
}

/** Samples of a transaction that no map serves, with its reason in the profile. */
const NOT_MAPPED = (sample: Sample): boolean => {
  const names = registry.mapFiles(sample.profile);
  return !names.some((name) => name === sample.transaction || name.startsWith(`${sample.transaction}-`));
};

describe('the samples of the regions', () => {
  it('are there for each shape of bytes', () => {
    const codecs = new Set(SAMPLES.map(({ profile }) => registry.profile(profile).codec));
    const shapes = ['delimited-text', 'framed-json', 'plain-xml', 'predecessor-xml'];
    assert.deepEqual([...codecs].toSorted(), shapes);
  });

  for (const sample of SAMPLES) {
    const { profile, file, transaction, direction } = sample;
    it(`${profile} ${file} is read, has no fault, and is told in the national form`, () => {
      const { body } = read(sample);
      const validate = registry.validator(profile, transaction, direction, 'tolerant');
      assert.deepEqual(validate(body, '/body').faults, []);
      assert.equal(NOT_MAPPED(sample), false);
      const told = explain(sample, national);
      assert.deepEqual(told.faults, []);
      assert.equal(told.operations.length > 0, true);
    });
  }

  it('tell where each amount of a settlement goes, and what no source places', () => {
    const told = explain(
      {
        profile: 'shandong-dareway',
        file: 'settle_mg.request.json.txt',
        transaction: 'settle_mg',
        direction: 'request',
      },
      national,
    );
    const way = ({ source, model, target }: Explanation['fields'][number]): string =>
      `${source} ${model} ${target}`;
    const ways = told.fields.map(way);
    assert.equal(
      ways.includes('/mg_item/0/zje feeLines.0.lineAmount /feedetail/0/det_item_fee_sumamt'),
      true,
    );
    assert.equal(ways.includes('sum:mg_item.zje total /data/medfee_sumamt'), true);
    const unknown = told.unattested.filter(({ operation }) => operation === 'settleOutpatient');
    assert.equal(
      unknown.some(({ model }) => model.includes('careType')),
      true,
    );
  });

  it('tell what stands in a record beside the message, and which bill a line is of', () => {
    const sample = {
      profile: 'zhejiang',
      file: '29.request.txt',
      transaction: '29',
      direction: 'request',
    } as const;
    const ways = explain(sample, national).fields.map(({ source, model }) => `${source} ${model}`);
    assert.equal(ways.includes('envelope:IC信息.公民身份号 certificateNumber'), true, ways.join());
    assert.equal(ways.includes('root:单据列表.0.就诊日期 feeLines.0.feeTime'), true);
  });

  it('a national settlement is told in the form of a region, with what that form has no known name for', () => {
    const body = { data: { psn_no: 'P1', medfee_sumamt: '25.00', chrg_bchno: 'B1', mdtrt_id: 'V1' } };
    const told = explainMessage(registry, {
      from: national,
      to: registry.profile('guizhou-yinhai'),
      transaction: '2207',
      direction: 'request',
      envelope: {},
      body,
    });
    const targets = told.fields.map(({ model, target }) => `${model} ${target}`);
    assert.equal(targets.includes('total /prm_hisfyze'), true, targets.join());
    assert.equal(
      told.unattested.some(
        ({ profile, model }) => profile === 'guizhou-yinhai' && model.includes('accountUsed'),
      ),
      true,
    );
  });
});
