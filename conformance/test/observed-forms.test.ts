/** Observed messages under the profile of their own form, and their siblings: refusals, blanks, other numbers. */
import assert from 'node:assert/strict';
import { memberOf, readExact, readObserved, replay, startFarSide } from '@yiqiao/conformance';
import type { FarSide, ObservedMessage } from '@yiqiao/conformance';
import { GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Direction } from '@yiqiao/registry';
import { createWireCodec } from '@yiqiao/wire';
import iconv from 'iconv-lite';
import { bytesOf } from '#internal/observed.ts';
import { startGateways } from './gateways.ts';
import type { Gateways } from './gateways.ts';

const registry = createRegistry();

interface Seen {
  readonly success?: boolean;
  readonly code?: string;
  readonly text?: string;
  readonly body: WireObject | null;
  readonly faults: readonly string[];
  /** What of an answer is missing or has not its form. */
  readonly lacking: readonly string[];
  readonly deviations: readonly string[];
}

interface Given {
  readonly profile: string;
  readonly transaction: string;
  readonly direction: Direction;
  readonly bytes: Uint8Array;
}

function see({ profile: id, transaction, direction, bytes }: Given): Seen {
  const codec = createWireCodec(registry.profile(id), {
    layout: (number, side) => registry.definition(id, number)?.[side],
  });
  const hint = { transaction };
  const read = direction === 'request' ? codec.readRequest(bytes, hint) : codec.readResponse(bytes, hint);
  const { envelope, body } = read;
  const found = registry.check(id, { transaction, direction, mode: 'tolerant', envelope, body });
  const places = (all: readonly { readonly rule: string; readonly at: string }[]): readonly string[] =>
    all.map(({ rule, at }) => `${rule} ${at}`);
  return {
    ...('success' in read && { success: read.success, code: read.code, text: read.text }),
    body,
    faults: places(found.faults),
    lacking: places('faults' in read ? read.faults : []),
    deviations: places([...read.deviations, ...found.deviations]),
  };
}

describe('Observed messages of a form of their own', () => {
  const messages = readObserved().filter(({ expect }) => expect.outcome === 'read');

  it('are there, each with a place where it is refused', () => {
    assert(messages.length >= 4);
    assert(messages.every(({ elsewhere }) => elsewhere?.expect.outcome === 'refused'));
  });

  for (const message of messages) {
    const { id, place, profile, transaction, direction, expect } = message as ObservedMessage;
    if (expect.outcome !== 'read') continue;
    it(`${id} (${place}) is read under ${profile} without a fault`, () => {
      const { success, code, text, deviations } = expect;
      const seen = see({ profile, transaction, direction, bytes: bytesOf(message) });
      assert.deepEqual(seen.faults, []);
      assert.deepEqual([seen.success, seen.code, seen.text], [success, code, text]);
      assert.deepEqual(seen.deviations.toSorted(), deviations.toSorted());
    });
  }

  it('keep what stands for no value as no value: the text null of Shangluo', () => {
    const message = messages.find(({ id }) => id === 'sx-shangluo-001-response');
    assert(message !== undefined);
    const { body } = see({ ...message, bytes: bytesOf(message) });
    const rows = (body as { datas: { data1: { row: readonly WireObject[] } } }).datas.data1.row;
    assert.deepEqual([rows[0]?.['BKC255'], rows[0]?.['BKC276']], [null, '722.21']);
  });

  it('tell by their own counts when rows were lost on the way: Shangluo', () => {
    const message = messages.find(({ id }) => id === 'sx-shangluo-001-response');
    assert(message !== undefined);
    const whole = iconv.decode(Buffer.from(bytesOf(message)), 'GBK');
    const bytes = iconv.encode(whole.replace('<ROWCOUNT1>1<', '<ROWCOUNT1>2<'), 'GBK');
    assert.deepEqual(see({ ...message, bytes }).lacking, ['row-count /transferinfo/headinfo/ROWCOUNT1']);
  });
});

/** An answer of Shangluo: declared charset, bytes in it, return code, what stands below datas. */
function shangluo(charset: string, { code, datas }: { code: string; datas: string }): Uint8Array {
  const text =
    `<?xml version="1.0" encoding="${charset}"?>   <transferinfo>  <headinfo>\n <REQUESTID>901</REQUESTID>` +
    `<USNAME>管理员</USNAME><ROWCOUNT1></ROWCOUNT1><ERRCODE>${code}</ERRCODE><ERRMSG/></headinfo> 　　 ${datas}</transferinfo>`;
  return iconv.encode(text, charset);
}

describe('The e-credential of 130300 towards a HIS of the national form', () => {
  const TIME = '2026-01-05 10:00:00';
  const InData = {
    orgId: 'H13030000001',
    businessType: '01101',
    operatorId: '001',
    operatorName: '测试操作员',
    officeId: '0101',
    officeName: '内科',
    deviceType: '',
  };
  let gateways: Gateways;
  let farSide: FarSide;
  let asked: ObservedMessage;

  before('start a gateway whose core has the form of 1162', async function () {
    this.timeout(20_000);
    const message = readObserved().find(({ id }) => id === '1162-130300-03');
    assert(message !== undefined);
    farSide = await startFarSide(() => ({ bytes: bytesOf(message), contentType: 'application/json' }));
    asked = { ...message, profile: 'national', question: { infno: '6101', input: { InData } } };
    const one = { name: 'his', message: asked, farSide: farSide.url, replyTimeoutMs: 5_000 };
    gateways = await startGateways([{ ...one, farProfile: 'hebei-130300-ec' }], () =>
      Date.parse('2026-01-05T10:00:00+08:00'),
    );
  });

  after(async () => {
    await gateways.stop();
    await farSide.close();
  });

  it('answers its 6101 in the national form, with every value that 6101 has a place for', async () => {
    const told = await replay(asked, { url: gateways.urlOf('his'), time: TIME });
    const text = Buffer.from(told.bytes).toString('utf8');
    assert.match(text, /^\{"infcode":0,/);
    const body = readExact(text);
    const person = memberOf(memberOf(body, 'output'), 'OutData');
    const { data } = JSON.parse(Buffer.from(bytesOf(asked)).toString('utf8')) as {
      data: Record<string, string>;
    };
    for (const name of ['userName', 'idNo', 'idType', 'insuOrg', 'ecToken', 'ecIndexNo'])
      assert.equal(memberOf(person, name), data[name], name);
    assert.equal(memberOf(memberOf(farSide.arrived[0], 'data'), 'businessType'), '01101');
  });
});

describe('Siblings of them', () => {
  const utf8 = (text: string): Uint8Array => Buffer.from(text);
  const answers: readonly (readonly [string, Omit<Given, 'direction'>, boolean, string])[] = [
    [
      'a refused e-credential, without data and with success false',
      {
        profile: 'hebei-130300-ec',
        transaction: '1162',
        bytes: utf8('{"message":"请使用医保电子凭证二维码","success":false,"code":500159}'),
      },
      false,
      '500159',
    ],
    [
      'an e-credential whose data is a text',
      {
        profile: 'neimenggu-ec',
        transaction: 'ec.query',
        bytes: iconv.encode(
          '{"code":0,"data":"{\\"userName\\":\\"测试甲\\",\\"idType\\":\\"01\\"}","message":"成功"}',
          'gbk',
        ),
      },
      true,
      '0',
    ],
    [
      'a refusal of Xiamen with blank data',
      {
        profile: 'fujian-350205',
        transaction: 'settle',
        bytes: utf8('{"flag":"0","cause":"失败","encrypt_data":""}'),
      },
      false,
      '0',
    ],
    [
      'an answer of Xiamen whose data is encrypted',
      {
        profile: 'fujian-350205',
        transaction: 'settle',
        bytes: utf8('{"flag":"1","sign":"","encrypt_data":"QUJD"}'),
      },
      true,
      '1',
    ],
    ...(['GBK', 'utf-8'] as const).map(
      (charset) =>
        [
          `rows of Shangluo in ${charset}`,
          {
            profile: 'shaanxi-shangluo',
            transaction: '901',
            bytes: shangluo(charset, {
              code: '1',
              datas:
                '<datas> <data1><row><VALUE>2</VALUE><NAME>名称</NAME></row><row/></data1><data2/></datas>',
            }),
          },
          true,
          '1',
        ] as const,
    ),
    [
      'a refusal of Shangluo without datas',
      {
        profile: 'shaanxi-shangluo',
        transaction: '703',
        bytes: shangluo('GBK', { code: '-1', datas: '' }),
      },
      false,
      '-1',
    ],
  ];
  for (const [title, given, success, code] of answers) {
    it(`${title}: read, without a fault`, () => {
      const seen = see({ ...given, direction: 'response' });
      assert.deepEqual([seen.faults, seen.success, seen.code], [[], success, code]);
    });
  }

  const untold: readonly (readonly [string, Omit<Given, 'direction'>])[] = [
    [
      'an answer of Shangluo with a blank code',
      {
        profile: 'shaanxi-shangluo',
        transaction: '621',
        bytes: shangluo('GBK', { code: '', datas: '<datas/>' }),
      },
    ],
    [
      'an answer of Xiamen without flag',
      { profile: 'fujian-350205', transaction: 'settle', bytes: utf8('{"cause":"操作成功"}') },
    ],
  ];
  for (const [title, given] of untold) {
    it(`${title} does not tell success, and is refused`, () => {
      assert.throws(
        () => see({ ...given, direction: 'response' }),
        (error) => error instanceof GatewayError && error.code === 'MESSAGE_NOT_READABLE',
      );
    });
  }
});

describe('1161 and 1162 in the national envelope', () => {
  const profiles = ['chongqing', 'hebei', 'hebei-130300', 'neimenggu'];
  const inputs = {
    'nothing, since the called library reads the card': {},
    'an e-credential': {
      data: { orgId: 'H13030000001', businessType: '01101', operatorId: '001', mdtrt_cert_type: '1' },
    },
    'a card': { data: { mdtrt_cert_type: '03', mdtrt_cert_no: 'A00000001', card_sn: '0001' } },
  };
  for (const profile of profiles)
    for (const transaction of ['1161', '1162'])
      for (const [title, input] of Object.entries(inputs))
        it(`${profile} takes ${transaction} with ${title}`, () => {
          const bytes = Buffer.from(JSON.stringify({ ...ENVELOPE, infno: transaction, input }));
          assert.deepEqual(see({ profile, transaction, direction: 'request', bytes }).faults, []);
        });

  for (const profile of profiles)
    for (const transaction of ['1161', '1162'])
      for (const id of ['1161-500102-02', '1101-130399-02'])
        it(`${profile} takes the answer ${id} to ${transaction}`, () => {
          const message = readObserved().find((one) => one.id === id);
          assert(message !== undefined);
          const seen = see({ profile, transaction, direction: 'response', bytes: bytesOf(message) });
          assert.deepEqual([seen.faults, seen.success], [[], true]);
        });
});

const ENVELOPE = {
  infno: '',
  msgid: 'H13030000001202401021000000001',
  mdtrtarea_admvs: '130300',
  insuplc_admdvs: '',
  recer_sys_code: '99',
  dev_no: '',
  dev_safe_info: '',
  cainfo: '',
  signtype: '',
  infver: 'V1.0',
  opter_type: '1',
  opter: '001',
  opter_name: '测试操作员',
  inf_time: '2024-01-02 10:00:00',
  fixmedins_code: 'H13030000001',
  fixmedins_name: '示例医院',
  sign_no: '',
};
