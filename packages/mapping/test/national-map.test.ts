import { compileNationalMap, NATIONAL_DIALECT, type MappedContent, type Origin } from '@yiqiao/mapping';
import { parseFen, type CanonicalObject } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { strict as assert } from 'node:assert';
import { difference, wireBody } from './wire-values.ts';

const registry = createRegistry();
const label = (name: string) => registry.findName(name)?.label;
const settle = compileNationalMap(registry.nationalMap('settleOutpatient'), { label });
const upload = compileNationalMap(registry.nationalMap('uploadOutpatientFees'), { label });
const identify = compileNationalMap(registry.nationalMap('identifyPerson'), { label });

describe('a national map', () => {
  it('reads a settlement into English names, amounts in 分', () => {
    const { body, carried, notes, dialect } = settle.response.toModel(
      wireBody({
        setlinfo: {
          setl_id: 'A1',
          medfee_sumamt: 328.5,
          fund_pay_sumamt: 149.79,
          age: 34.4,
          exp_content: '',
        },
        setldetail: [{ fund_pay_type: '310100', fund_payamt: 149.79 }],
      }),
    );
    assert.deepEqual(body, {
      settlementId: 'A1',
      total: parseFen('328.50'),
      fundPaid: parseFen('149.79'),
      age: '34.4',
      fundPayments: [{ fundType: '310100', fundAmount: parseFen('149.79') }],
    });
    assert.deepEqual(carried, { '#blank/setlinfo': ['exp_content'] });
    assert.deepEqual([notes, dialect], [[], NATIONAL_DIALECT]);
  });

  const ROWS: readonly (readonly [string, readonly unknown[], Record<string, unknown>])[] = [
    ['every row left blank: once', [{ memo: '' }, { memo: '' }], { '#blank/feedetail/*': ['memo'] }],
    ['nulls of every row', [{ memo: null }, { memo: null }], { '#null/feedetail/*': ['memo'] }],
    ['one row: its own', [{ memo: '' }], { '#blank/feedetail/0': ['memo'] }],
    [
      'rows that differ: each its own',
      [{ memo: '' }, { memo: '' }, { comb_no: '' }, {}, { memo: '' }],
      {
        '#blank/feedetail/0': ['memo'],
        '#blank/feedetail/1': ['memo'],
        '#blank/feedetail/2': ['comb_no'],
        '#blank/feedetail/4': ['memo'],
      },
    ],
    ['a first row without', [{}, { memo: '' }], { '#blank/feedetail/1': ['memo'] }],
    [
      'rows beside what is no row: each its own',
      [{ memo: '' }, 'x', { memo: '' }],
      { '#blank/feedetail/0': ['memo'], '/feedetail/1': 'x', '#blank/feedetail/2': ['memo'] },
    ],
  ];
  for (const [what, rows, expected] of ROWS) {
    it(`keeps what is blank in ${what}, and writes it back`, () => {
      const body = wireBody({ feedetail: rows });
      const content = upload.request.toModel(body);
      assert.deepEqual(content.carried, expected);
      assert.deepEqual(upload.request.toWire(content).body, body);
    });
  }

  it('writes back what was kept of each row before rows could share it', () => {
    const carried = { '#blank/feedetail/0': ['memo'], '#blank/feedetail/1': ['memo'] };
    const content = { body: { feeLines: [{}, {}] }, carried, dialect: NATIONAL_DIALECT };
    assert.deepEqual(upload.request.toWire(content).body, { feedetail: [{ memo: '' }, { memo: '' }] });
  });

  it('makes rows that are as plain as any object', () => {
    const content = upload.request.toModel(wireBody({ feedetail: [{ mdtrt_id: '1' }] }));
    const [read] = content.body['feeLines'] as readonly CanonicalObject[];
    const { body } = upload.request.toWire(content);
    const [written] = (body?.['feedetail'] ?? []) as readonly object[];
    for (const row of [read, written]) assert.equal(Object.getPrototypeOf(row), Object.prototype);
  });

  const NOTES: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
    [
      'an amount written as text',
      { setlinfo: { medfee_sumamt: '328.5' } },
      ['number-form /output/setlinfo/medfee_sumamt'],
    ],
    ['text written as a number', { setlinfo: { certno: 100 } }, ['number-form /output/setlinfo/certno']],
    [
      'an amount with a third decimal',
      { setlinfo: { balc: 9.995 } },
      ['not-convertible /output/setlinfo/balc'],
    ],
    [
      'an object where text is defined',
      { setlinfo: { exp_content: { a: '1' } } },
      ['not-convertible /output/setlinfo/exp_content'],
    ],
    ['one object for a list', { setldetail: { fund_payamt: 1 } }, ['node-shape /output/setldetail']],
    ['a list of one for an object', { setlinfo: [{ setl_id: 'A1' }] }, ['node-shape /output/setlinfo']],
    ['text for a node', { setlinfo: 'none' }, ['not-convertible /output/setlinfo']],
    ['blanks and nulls: nothing', { setlinfo: { setl_id: '', balc: null }, setldetail: null }, []],
    [
      'unknown members: nothing, that is the validator’s to say',
      { setlinfo: { serv_code: 'x' }, more: {} },
      [],
    ],
  ];
  for (const [what, body, expected] of NOTES) {
    it(`notes of ${what}`, () => {
      const { notes } = settle.response.toModel(wireBody(body));
      assert.deepEqual(
        notes.map(({ rule, at }) => `${rule} ${at}`),
        expected,
      );
    });
  }

  it('notes carry the labels of the dictionary and never the value found', () => {
    const [note] = settle.response.toModel(wireBody({ setlinfo: { psn_name: 123 } })).notes;
    assert.deepEqual([note?.label.zh, note?.found], ['人员姓名', undefined]);
  });

  it('writes numbers bare, amounts with two decimals, and what was put right as defined', () => {
    const read = settle.response.toModel(
      wireBody({ setlinfo: { medfee_sumamt: '328.5', certno: 100 }, setldetail: { fund_payamt: '1' } }),
    );
    const expected = { setlinfo: { medfee_sumamt: 328.5, certno: '100' }, setldetail: [{ fund_payamt: 1 }] };
    assert.equal(difference(wireBody(expected), settle.response.toWire(read).body), undefined);
  });

  it('keeps the order of a list, its blank items and what each item carries', () => {
    const sent = wireBody({
      feedetail: [null, { feedetl_sn: '1', extra: 'a' }, '', {}, { feedetl_sn: '2', memo: '', cnt: 'x' }],
    });
    const read = upload.request.toModel(sent);
    assert.deepEqual(read.body, { feeLines: [{ feeLineNumber: '1' }, {}, { feeLineNumber: '2' }] });
    assert.equal(difference(sent, upload.request.toWire(read).body), undefined);
  });

  it('writes a list of one that stands for an object as it came, with all it carries', () => {
    const sent = wireBody({ setlinfo: [{ setl_id: 'A1', balc: 1, exp_content: '', more: 'x' }] });
    const read = settle.response.toModel(sent);
    assert.equal(read.body['settlementId'], 'A1');
    assert.equal(difference(sent, settle.response.toWire(read).body), undefined);
    const elsewhere = settle.response.toWire({ ...read, dialect: 'elsewhere' }).body;
    assert.equal(difference(wireBody({ setlinfo: { setl_id: 'A1', balc: 1 } }), elsewhere), undefined);
  });

  it('takes one object where only inference says list, without remark, and writes it as it came', () => {
    const check = compileNationalMap(registry.nationalMap('checkPrescription')).request;
    const drug = { drugGenname: '甲药', more: 'x', drugCnt: '' };
    for (const rxdrugdetail of [drug, [drug], [drug, drug]]) {
      const read = check.toModel(wireBody({ rxdrugdetail }));
      assert.deepEqual(read.notes, []);
      const found = Array.isArray(rxdrugdetail) ? rxdrugdetail.length : 1;
      const drugs = Array.from({ length: found }, () => ({ drugGenericName: '甲药' }));
      assert.deepEqual(read.body, { drugs });
      assert.equal(difference(wireBody({ rxdrugdetail }), check.toWire(read).body), undefined);
    }
  });

  it('reads a body that is a list, which wire hands over under an empty name', () => {
    const lines = compileNationalMap(registry.nationalMap('findFeeLines')).response;
    const sent = wireBody({ '': [{ feedetl_sn: '1', cnt: 2 }, { feedetl_sn: '2' }] });
    const read = lines.toModel(sent);
    assert.deepEqual(read.body, {
      feeLines: [{ feeLineNumber: '1', quantity: '2' }, { feeLineNumber: '2' }],
    });
    assert.equal(difference(sent, lines.toWire(read).body), undefined);
  });

  it('reads nodes within nodes, and keeps what each carries', () => {
    const audit = compileNationalMap(registry.nationalMap('auditBeforeCare')).request;
    const encounter = { mdtrt_id: 'V1', more: 'x', fsi_order_dtos: [{ rx_id: 'R1', cnt: '' }, 'odd'] };
    const sent = wireBody({
      data: { rule_ids: ['1'], patient_dtos: [{ patn_id: 'P1', fsi_encounter_dtos: [encounter, null] }] },
    });
    const read = audit.toModel(sent);
    assert.deepEqual(read.body, {
      patients: [
        {
          patientId: 'P1',
          encounters: [{ visitId: 'V1', encounterOrders: [{ prescriptionId: 'R1' }] }],
        },
      ],
    });
    assert.equal(difference(sent, audit.toWire(read).body), undefined);
  });

  it('does not make a list again that the model has dropped', () => {
    const audit = compileNationalMap(registry.nationalMap('auditBeforeCare')).request;
    const patient = { patn_id: 'P1', fsi_encounter_dtos: [{ mdtrt_id: 'V1', more: 'x' }] };
    const read = audit.toModel(wireBody({ data: { patient_dtos: [patient] } }));
    const { body, notes } = audit.toWire({ ...read, body: { patients: [{ patientId: 'P1' }] } });
    assert.equal(difference(wireBody({ data: { patient_dtos: [{ patn_id: 'P1' }] } }), body), undefined);
    assert.deepEqual(
      notes.map(({ rule, at }) => `${rule} ${at}`),
      ['not-carried /input/data/patient_dtos/0/fsi_encounter_dtos/0/more'],
    );
  });

  it('keeps true and false, and how a number that travels as text was spelled', () => {
    const told = compileNationalMap(registry.nationalMap('notifyPaymentResult')).response;
    const sent = wireBody({ data: { success: true, message: '' } });
    const read = told.toModel(sent);
    assert.deepEqual([read.body, read.notes], [{ succeeded: true }, []]);
    assert.equal(difference(sent, told.toWire(read).body), undefined);
    const totals = compileNationalMap(registry.nationalMap('findDeclarationTotals')).request;
    const paged = wireBody({ page_num: '01', page_size: '10' });
    assert.deepEqual(totals.toModel(paged).body, { pageNumber: 1, pageSize: 10 });
    assert.equal(difference(paged, totals.toWire(totals.toModel(paged)).body), undefined);
  });

  it('lets the model win over what was blank, and reports what has lost its place', () => {
    const read = upload.request.toModel(
      wireBody({
        feedetail: [
          { feedetl_sn: '', extra: 'a' },
          { feedetl_sn: '2', extra: 'b' },
        ],
      }),
    );
    const changed: MappedContent = { ...read, body: { feeLines: [{ feeLineNumber: '9' }] } };
    const { body, notes } = upload.request.toWire(changed);
    assert.equal(difference(wireBody({ feedetail: [{ feedetl_sn: '9', extra: 'a' }] }), body), undefined);
    assert.deepEqual(
      notes.map(({ rule, at }) => `${rule} ${at}`),
      ['not-carried /input/feedetail/1/extra'],
    );
  });

  it('says nothing of its own: an operation without output is written as null', () => {
    const cancel = compileNationalMap(registry.nationalMap('cancelOutpatientRegistration'));
    assert.equal(cancel.response.toWire({ body: {}, carried: {}, dialect: 'elsewhere' }).body, null);
  });

  it('explains where each canonical leaf came from', () => {
    const origins: Origin[] = [];
    const body = { baseinfo: { psn_no: 'P1' }, insuinfo: [{ balc: 1 }, { balc: 2 }] };
    identify.response.toModel(wireBody(body), { explain: (origin) => origins.push(origin) });
    assert.deepEqual(origins, [
      { to: 'person.personNumber', from: '/baseinfo/psn_no' },
      { to: 'insurances.0.accountBalance', from: '/insuinfo/0/balc' },
      { to: 'insurances.1.accountBalance', from: '/insuinfo/1/balc' },
    ]);
  });

  it('takes time in proportion to the number of fee lines', () => {
    const line = { feedetl_sn: '1', mdtrt_id: 'V', det_item_fee_sumamt: 12.5, cnt: 2, pric: 6.25, memo: '' };
    const steps = (count: number) => {
      let leaves = 0;
      const body = wireBody({ feedetail: Array.from({ length: count }, () => line) });
      upload.request.toModel(body, { explain: () => (leaves += 1) });
      return leaves;
    };
    assert.equal(steps(1000), 10 * steps(100));
  });

  it('asks a canonical body for its types: a mistake of ours, not of the message', () => {
    const wrong = { total: '328.50' } as unknown as CanonicalObject;
    assert.throws(() => settle.response.toWire({ body: wrong, carried: {}, dialect: '' }), {
      code: 'ERR_ASSERTION',
    });
  });
});
