import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { CheckedFindings } from '@yiqiao/registry';
import { places, wire } from './messages.ts';

const registry = createRegistry();

/** Checks an answer. */
function check(
  body: WireObject,
  { transaction = '2207', profile = 'national' }: { transaction?: string; profile?: string } = {},
): CheckedFindings {
  return registry.check(profile, { transaction, direction: 'response', mode: 'tolerant', body });
}

function valueAt({ body }: CheckedFindings, node: string, name: string): WireValue | undefined {
  return (body?.[node] as WireObject | undefined)?.[name];
}

describe('In an answer, the name of a node', () => {
  const left = [
    ['2201', 'data', '{"mdtrt_id":"V9","psn_no":"1","ipt_otp_no":"2"}'],
    ['9001', 'signinoutb', '{"sign_no":"1","sign_time":"2021-01-01 00:00:00"}'],
    ['4101', 'data', '{"setl_list_id":"1"}'],
    ['3201', 'stmtinfo', '{"stmt_rslt":"1"}'],
    ['1201', 'medinsinfo', '{"fixmedins_code":"H00000000001","uscc":null}'],
  ] as const;
  for (const [transaction, node, text] of left) {
    it(`that was left out is put there: ${node} of ${transaction}`, () => {
      const members = wire(text);
      const found = check(members, { transaction });
      assert.deepEqual(found.body, { [node]: members });
      const told = places(found.deviations);
      assert.ok(told.includes('node-name /output'), told.join());
      assert.equal(
        told.some((place) => place.startsWith('unknown-member')),
        false,
      );
    });
  }

  it('that was left out of the one object beside lists is put there, the lists stay where they are', () => {
    const list = [{ fund_pay_type: '310100' }];
    const members = { setl_id: '1', medfeeSumamt: new ExactNumber('12.5'), x_1: 'a' };
    const { body, deviations } = check({ ...members, setldetail: list, y_1: list });
    const { medfeeSumamt: total, ...others } = members;
    const setlinfo = { ...others, medfee_sumamt: total };
    assert.deepEqual(body, { setlinfo, setldetail: list, y_1: list });
    assert.ok(places(deviations).includes('unknown-member /output/setlinfo/x_1'));
  });

  it('that was left out of a list is put there', () => {
    const rows = [{ feedetl_sn: '1' }, { feedetl_sn: '2' }];
    const found = check({ '': rows }, { transaction: '2204' });
    assert.ok(places(found.deviations).includes('node-name /output'));
    assert.deepEqual(found.body, { result: rows });
  });

  it('that stands there with null beside its members gets them', () => {
    const found = check({ data: null, setl_list_id: '1' }, { transaction: '4101' });
    assert.deepEqual(found.body, { data: { setl_list_id: '1' } });
  });

  it('that stands there with members of its own gets no others', () => {
    const body = { data: { setl_list_id: '1' }, setl_list_id: '2' };
    assert.equal(check(body, { transaction: '4101' }).body, body);
  });

  it('is not guessed at where two may have the members', () => {
    const body = { spcasExitSco: '1', setl_id: '2' };
    const found = check(body, { transaction: '4103' });
    assert.equal(found.body, body);
  });

  it('is none where the document has the names of classes in place of nodes', () => {
    const body = { setl_id: '1', medfeeSumamt: new ExactNumber('1e1') };
    for (const transaction of ['2406', '3701', '3702', '3704']) {
      const { fields = [], node } = registry.definition('national', transaction)?.response[0] ?? {};
      const members = { ...body, ...Object.fromEntries(fields.map(({ name }) => [name, ' '])) };
      const found = check(members, { transaction });
      assert.equal(Object.hasOwn(found.body ?? {}, node ?? ''), false, `${transaction} ${node ?? ''}`);
    }
  });

  it('is left out by regions that have members of their own beside it', () => {
    const body = { setl_id: '1', expContent: '{}' };
    const found = check(body, { profile: 'hebei-130300' });
    assert.deepEqual(found.body, { setlinfo: { setl_id: '1' }, expContent: '{}' });
  });
});

describe('In an answer, a member name', () => {
  it('in camel case is read as the name of the definition', () => {
    const body = wire('{"setlinfo":{"expContent":"{}","medfeeSumamt":"12.50","SETL_ID":"1"}}');
    const found = check(body);
    assert.deepEqual(found.body, { setlinfo: { exp_content: '{}', medfee_sumamt: '12.50', setl_id: '1' } });
    const forms = places(found.deviations).filter((place) => place.startsWith('name-form'));
    assert.equal(forms.length, 3);
  });

  it('with underscores where its definition has capitals is read as that', () => {
    const found = check(wire('{"parameters":{"page_num":1}}'), {
      transaction: '2172',
    });
    assert.deepEqual(Object.keys((found.body?.['parameters'] ?? {}) as WireObject), ['pageNum']);
  });

  it('in two spellings is left alone, and nothing of it is lost', () => {
    const body = { setlinfo: { exp_content: '{"a":"1"}', expContent: '{"b":"1"}' } };
    const found = check(body);
    assert.equal(found.body, body);
    assert.ok(places(found.deviations).includes('unknown-member /output/setlinfo/expContent'));
  });

  it('that its definition writes in camel case stays so', () => {
    const body = wire('{"parameters":{"pageNum":1,"isFirstPage":true},"n_output":[]}');
    assert.equal(check(body, { transaction: '2172' }).body, body);
  });
});

describe('In an answer, one object', () => {
  it('that comes as a list of one is that object', () => {
    const node = { fixmedins_code: 'H00000000001' };
    const found = check({ medinsinfo: [node] }, { transaction: '1201' });
    assert.deepEqual(found.body, { medinsinfo: node });
    assert.ok(places(found.deviations).includes('list-of-one /output/medinsinfo'));
  });

  it('that comes as a list of several stays that, and is told', () => {
    const body = { medinsinfo: [{ fixmedins_code: 'H00000000001' }, { fixmedins_code: 'H00000000002' }] };
    const found = check(body, { transaction: '1201' });
    assert.equal(found.body, body);
    assert.deepEqual(places(found.deviations), ['node-shape /output/medinsinfo']);
  });

  it('that comes as an empty list is absent', () => {
    const found = check({ medinsinfo: [] }, { transaction: '1201' });
    assert.deepEqual(found.body, { medinsinfo: null });
    assert.deepEqual(places(found.deviations), [
      'empty-list /output/medinsinfo',
      'required /output/medinsinfo',
    ]);
  });
});

describe('A yes or no', () => {
  for (const [came, read] of [
    ['True', true],
    ['FALSE', false],
    [' true ', true],
  ] as const) {
    it(`that comes as the text ${came} is read as ${read}`, () => {
      const body = { parameters: { isFirstPage: came } };
      const found = check(body, { transaction: '2172' });
      assert.equal(valueAt(found, 'parameters', 'isFirstPage'), read);
      assert.ok(places(found.deviations).includes('boolean-form /output/parameters/isFirstPage'));
    });
  }

  it('that comes as another text is not guessed at', () => {
    const body = { parameters: { isFirstPage: 'yes' } };
    const found = check(body, { transaction: '2172' });
    assert.equal(found.body, body);
    assert.ok(places(found.deviations).includes('type /output/parameters/isFirstPage'));
  });

  it('that comes as true where codes of 0 and 1 are due is read as the code in an answer as well', () => {
    const body = { setlinfo: { cvlserv_flag: true } };
    assert.equal(valueAt(check(body), 'setlinfo', 'cvlserv_flag'), '1');
  });
});
