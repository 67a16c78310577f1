import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { regionCodec, regionSample, regionSamples, registry } from './region-samples.ts';
import type { RegionSample } from './region-samples.ts';

interface Message {
  readonly envelope: WireObject;
  readonly body: WireObject | null;
}

function read({ region, transaction, direction, bytes, beside }: RegionSample): Message {
  const codec = regionCodec(region);
  const hint = { transaction, beside };
  return direction === 'request' ? codec.readRequest(bytes, hint) : codec.readResponse(bytes, hint);
}

function rewritten({ region, transaction, direction, bytes, beside }: RegionSample): Uint8Array {
  const codec = regionCodec(region);
  const hint = { transaction, beside };
  if (direction === 'request') return codec.writeRequest(codec.readRequest(bytes, hint));
  return codec.writeResponse({ transaction, ...codec.readResponse(bytes, hint) });
}

/** Whatever the region's own definitions have against a sample. */
function findings({ region, transaction, direction }: RegionSample, { envelope, body }: Message): string[] {
  const all = [
    registry.envelopeValidator(region, direction, 'tolerant')(envelope, ''),
    registry.validator(region, transaction, direction, 'tolerant')(body, ''),
  ];
  const faults = all.flatMap((one) => one.faults.map(({ rule, at }) => `FAULT ${rule} ${at}`));
  return [...faults, ...all.flatMap((one) => one.deviations.map(({ rule, at }) => `${rule} ${at}`))];
}

/** Message ids that a region with national names forms by a rule of its own; a code that comes as a number. */
const DEPARTURES: Readonly<Record<string, readonly string[]>> = {
  'guangdong-guangzhou 2261 request': ['code-structure /msgid'],
  'hebei-130300-ec 1162 response': ['number-form /code'],
};

describe('every sample of every region', () => {
  for (const sample of regionSamples) {
    const { region, transaction, direction, bytes } = sample;
    it(`is read and written back byte by byte: ${region} ${transaction} ${direction}`, () => {
      assert.equal(Buffer.from(rewritten(sample)).toString('latin1'), Buffer.from(bytes).toString('latin1'));
    });

    it(`is what the definitions say: ${region} ${transaction} ${direction}`, () => {
      const expected = DEPARTURES[`${region} ${transaction} ${direction}`] ?? [];
      assert.deepEqual(findings(sample, read(sample)), expected);
    });
  }

  it('is found', () => assert(regionSamples.length >= 18, `${regionSamples.length} samples`));
});

/** A sample with some bytes changed, taken out or put in. */
const damage = fc.array(
  fc.record({ at: fc.nat(), byte: fc.nat(255), way: fc.constantFrom('change', 'remove', 'insert') }),
  { minLength: 1, maxLength: 4 },
);

describe('a damaged sample', () => {
  for (const sample of regionSamples) {
    it(`is read or refused, and nothing else: ${sample.region} ${sample.transaction} ${sample.direction}`, () => {
      fc.assert(
        fc.property(damage, (steps) => {
          const bytes = [...sample.bytes];
          for (const { at, byte, way } of steps) {
            const place = at % bytes.length;
            bytes.splice(place, way === 'insert' ? 0 : 1, ...(way === 'remove' ? [] : [byte]));
          }
          try {
            read({ ...sample, bytes: Uint8Array.from(bytes) });
          } catch (error) {
            assert(error instanceof GatewayError, String(error));
          }
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('zhejiang', () => {
  it('has the fields, records and lists of 29 门诊预结算 under their labels', () => {
    const body = read(regionSample('zhejiang', 'request')).body ?? {};
    assert.equal(body['门诊号'], 'MZ0001');
    assert.equal(body['对账流水号'], 'DZ20240102001');
    const [receipt] = body['单据列表'] as WireObject[];
    assert.equal(receipt?.['疾病名称'], '高血压');
    const [line] = body['收费项目列表'] as WireObject[];
    assert.deepEqual([line?.['单价'], line?.['数量'], line?.['项目总金额']], ['12.50', '2', '25.00']);
  });

  it('has one record of thirty amounts in the answer, and empty lists', () => {
    const body = read(regionSample('zhejiang', 'response')).body ?? {};
    assert.equal((body['计算结果信息'] as WireObject)['统筹基金支付'], '15.00');
    assert.deepEqual(body['超限明细列表'], []);
  });

  it('has the card record taken apart by bytes', () => {
    const card = read(regionSample('zhejiang', 'request')).envelope['IC信息'] as WireObject;
    assert.deepEqual([card['姓名'], card['当年帐户余额'], card['当年住院次数']], ['测试甲', '100.00', '0']);
  });
});

describe('shanghai', () => {
  it('has the body in xxnr and its success in xxfhm', () => {
    const answer = regionCodec('shanghai').readResponse(regionSample('shanghai', 'response').bytes);
    assert.deepEqual([answer.success, answer.code, answer.text], [true, 'P001', '交易成功']);
    assert.deepEqual(answer.body?.['tczfs'], new ExactNumber('17.5'));
  });
});

describe('guizhou-yinhai', () => {
  it('tells code, text and both serials beside the XML', () => {
    const codec = regionCodec('guizhou-yinhai');
    const { bytes, beside } = regionSample('guizhou-yinhai', 'response');
    const answer = codec.readResponse(bytes, { beside });
    assert.deepEqual(answer.envelope, { jylsh: 'LS0001', jyyzm: 'YZ0001' });
    assert.deepEqual(codec.besideResponse?.(answer), {
      appcode: '1',
      appmsg: '',
      jylsh: 'LS0001',
      jyyzm: 'YZ0001',
    });
  });
});

describe('guizhou-guiyang', () => {
  it('has its rows in attributes', () => {
    const { ROWSET } = read(regionSample('guizhou-guiyang', 'request')).body as { ROWSET: WireObject };
    const [row] = ROWSET['ROW'] as WireObject[];
    assert.deepEqual([row?.['ITEMCODE'], row?.['FROMDOCT']], ['X0001', '测试医师']);
  });
});

describe('sichuan-yibin', () => {
  it('has PO_FHZ and PO_MSG as code and text and no body beside them', () => {
    assert.equal(read(regionSample('sichuan-yibin', 'response')).body, null);
  });
});

describe('hunan-powersi', () => {
  it('has its transaction in function_id and its fee lines in row1, row2, …', () => {
    const { bytes } = regionSample('hunan-powersi', 'request');
    const { transaction, envelope, body } = regionCodec('hunan-powersi').readRequest(bytes);
    assert.equal(transaction, 'bizh110104');
    assert.equal(envelope['session_id'], 'TEST');
    assert.deepEqual(body['feeinfo'], [{ ake001: 'X0001', akc226: '2', akc225: '12.50', aae019: '25.00' }]);
  });
});
