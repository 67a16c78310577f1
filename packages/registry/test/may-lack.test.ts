/** What a request of a region may lack in tolerant mode, and what nothing can be done without. */
import assert from 'node:assert/strict';
import type { WireObject } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { CheckedFindings, ValidationMode } from '@yiqiao/registry';
import { places, settlementRequest, wire } from './messages.ts';

const registry = createRegistry();

interface Sent {
  readonly profile?: string;
  readonly transaction?: string;
  readonly mode?: ValidationMode;
  readonly envelope?: WireObject;
}

function check(body: WireObject, sent: Sent = {}): CheckedFindings {
  const { profile = 'henan-411302', transaction = '2207', mode = 'tolerant', envelope } = sent;
  return registry.check(profile, {
    transaction,
    direction: 'request',
    mode,
    body,
    ...(envelope && { envelope }),
  });
}

/** Names of the members that are missing: those that refuse the message, those that are only told. */
function missing({ faults, deviations }: CheckedFindings): readonly [string[], string[]] {
  const names = (found: typeof faults): string[] =>
    found.filter(({ rule, at }) => rule === 'required' && at.startsWith('/input')).map(({ field }) => field);
  return [names(faults), names(deviations)];
}

const strictly: readonly Sent[] = [
  { mode: 'strict' },
  { profile: 'national' },
  { profile: 'national', mode: 'strict' },
];

describe('A tolerant request of a region', () => {
  const nameless = { psn_cert_type: undefined, certno: '""', card_sn: undefined };

  it('may lack what its person number tells as well: it is told and goes on', () => {
    const found = check(settlementRequest({ ...nameless, mdtrt_cert_type: '"03"' }));
    assert.deepEqual(missing(found), [[], ['psn_cert_type', 'certno', 'card_sn']]);
    assert.match(found.deviations.find(({ rule }) => rule === 'required')?.message.en ?? '', /passed on/);
  });

  for (const person of [undefined, '""', '" "', 'null', '"null"']) {
    it(`is refused without any of it where its person number is ${person ?? 'absent'}`, () => {
      const [refused] = missing(check(settlementRequest({ ...nameless, psn_no: person })));
      for (const name of ['psn_cert_type', 'certno']) assert.ok(refused.includes(name), refused.join());
    });
  }

  it('is refused without what is money, settlement, visit, credential or person', () => {
    const lost = ['psn_no', 'medfee_sumamt', 'mdtrt_id', 'chrg_bchno', 'insutype', 'mdtrt_cert_no'];
    const found = check(settlementRequest(Object.fromEntries(lost.map((name) => [name, undefined]))));
    assert.deepEqual(missing(found)[0].toSorted(), lost.toSorted());
    const undo = check(wire('{"data":{"psn_no":"1"}}'), { transaction: '2208' });
    assert.deepEqual(missing(undo)[0].toSorted(), ['mdtrt_id', 'setl_id']);
  });

  it('may lack a code or flag that one source alone has', () => {
    for (const [transaction, name] of [
      ['3202', 'fixmedins_refd_setl_flag'],
      ['2401', 'cert_type'],
      ['2304', 'mdtrtarea_admvs'],
    ] as const) {
      const node = registry.definition('hebei', transaction)?.request[0]?.node ?? '';
      const [refused, told] = missing(
        check(wire(`{"${node}":{"psn_no":"1"}}`), { transaction, profile: 'hebei' }),
      );
      assert.ok(told.includes(name) && !refused.includes(name), `${transaction} ${name}`);
    }
  });

  it('may lack the person where the settlement names it, and one source alone asks for it', () => {
    const list = wire('{"setlinfo":{"setl_id":"1"}}');
    const [refused, told] = missing(check(list, { transaction: '4101' }));
    assert.deepEqual([refused.includes('psn_no'), told.includes('psn_no')], [false, true]);
    assert.ok(missing(check(wire('{"setlinfo":{}}'), { transaction: '4101' }))[0].includes('psn_no'));
    // 2208 has its person from several sources.
    const undo = check(wire('{"data":{"setl_id":"1","mdtrt_id":"2"}}'), { transaction: '2208' });
    assert.deepEqual(missing(undo)[0], ['psn_no']);
  });

  it('is refused without a code of a transaction that one source has as a whole', () => {
    const [refused] = missing(check(wire('{"druginfo":{"psn_no":"1"}}'), { transaction: '2101' }));
    for (const name of ['mdtrt_cert_type', 'med_type', 'insutype']) assert.ok(refused.includes(name), name);
    assert.equal(refused.includes('certno'), false);
  });

  it('may lack a region that its envelope tells', () => {
    const stay = wire('{"data":{"psn_no":"1"}}');
    const told = wire('{"insuplc_admdvs":"411302"}');
    assert.ok(missing(check(stay, { transaction: '2303', envelope: told }))[1].includes('insuplc_admdvs'));
    for (const envelope of [{}, { insuplc_admdvs: '' }]) {
      assert.ok(missing(check(stay, { transaction: '2303', envelope }))[0].includes('insuplc_admdvs'));
    }
  });

  describe('of a transaction that has its own rule', () => {
    /** Transaction, node, its members, and what is then only told. */
    const own: readonly (readonly [string, string, string, readonly string[]])[] = [
      ['1101', 'data', '"mdtrt_cert_type":"01","mdtrt_cert_no":"T"', ['psn_cert_type', 'certno', 'psn_name']],
      ['2203', 'mdtrtinfo', '"mdtrt_id":"1","med_type":"11"', ['dise_codg', 'dise_name']],
      ['4101', 'diseinfo', '"diag_code":"I10.x00"', ['adm_cond_type']],
      ['5204', 'data', '"psn_no":"1","mdtrt_id":"1"', ['setl_id']],
    ];
    for (const [transaction, node, members, names] of own) {
      it(`${transaction} may lack ${names.join(', ')}`, () => {
        const body = wire(`{"${node}":{${members}}}`);
        const [refused, told] = missing(check(body, { transaction }));
        for (const name of names) assert.ok(told.includes(name) && !refused.includes(name), name);
        for (const sent of strictly) {
          const [strict] = missing(check(body, { transaction, ...sent }));
          for (const name of names) assert.ok(strict.includes(name), name);
        }
      });
    }

    for (const lacking of ['"mdtrt_cert_type":"01"', '"mdtrt_cert_no":" "', '"mdtrt_cert_no":"null"']) {
      it(`is refused a person whom nothing names: ${lacking}`, () => {
        const [refused] = missing(check(wire(`{"data":{${lacking}}}`), { transaction: '1101' }));
        for (const name of ['psn_cert_type', 'certno', 'psn_name']) assert.ok(refused.includes(name), name);
      });
    }

    for (const careType of ['14', '51', '9901', '']) {
      it(`is refused the disease that money depends on: care type "${careType}"`, () => {
        const visit = wire(`{"mdtrtinfo":{"mdtrt_id":"1","med_type":"${careType}"}}`);
        const [refused] = missing(check(visit, { transaction: '2203' }));
        assert.ok(refused.includes('dise_codg') && refused.includes('dise_name'), refused.join());
      });
    }

    it('leaves others as they are: 2208 needs its settlement, 3202 the class of clearing', () => {
      const undo = wire('{"data":{"psn_no":"1","mdtrt_id":"1"}}');
      assert.deepEqual(missing(check(undo, { transaction: '2208' }))[0], ['setl_id']);
      const compared = check(wire('{"data":{"setl_optins":"411302"}}'), { transaction: '3202' });
      assert.ok(missing(compared)[0].includes('clr_type'));
    });
  });

  it('is held to the same after something was put right in it', () => {
    const found = check(settlementRequest({ ...nameless, psn_no: undefined, psnNo: '"1"' }));
    assert.deepEqual(missing(found), [[], ['psn_cert_type', 'certno']]);
  });
});

describe('What regions may lack', () => {
  const body = settlementRequest({ psn_cert_type: undefined, certno: undefined });
  for (const sent of strictly) {
    it(`is a fault in ${sent.mode ?? 'tolerant'} mode, ${sent.profile ?? 'a region'}`, () => {
      assert.deepEqual(places(check(body, sent).faults), [
        'required /input/data/psn_cert_type',
        'required /input/data/certno',
      ]);
    });
  }
});

describe('The envelope of a tolerant request', () => {
  it('may lack all but who asks, from where, when, for what and under which number, under any profile', () => {
    for (const profile of ['national', 'henan-411302']) {
      const { faults } = registry.envelopeValidator(profile, 'request', 'tolerant')({}, '');
      assert.deepEqual(
        faults.map(({ field }) => field).toSorted(),
        ['fixmedins_code', 'inf_time', 'infno', 'mdtrtarea_admvs', 'msgid'],
        profile,
      );
    }
  });
});
