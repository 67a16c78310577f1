import { strict as assert } from 'node:assert';
import { compileMapFile, type MapContext, type MapFile } from '@yiqiao/mapping';
import { fen, GatewayError, type CanonicalObject } from '@yiqiao/model';
import type { KeptRecord } from '@yiqiao/registry';
import { canonical, compiled, CONTEXT, family, mapFile, stepOf } from './predecessor-family.ts';
import { wireBody } from './wire-values.ts';

const stay: KeptRecord = { kind: 'visit', key: 'S1', request: { inpatientNumber: 'ZY1' }, response: {} };
const visit: KeptRecord = { kind: 'visit', key: 'S2', request: {}, response: {} };
const withRecord = (record: KeptRecord | undefined): MapContext => ({ record: () => record });

describe('the conditions of a map file', () => {
  const CASES: readonly (readonly [
    string,
    string,
    Record<string, string>,
    KeptRecord | undefined,
    boolean,
  ])[] = [
    ['0304', 'nothing asked', {}, undefined, true],
    ['0304-inpatient', 'a stay on record', {}, stay, true],
    ['0304-inpatient', 'an outpatient visit on record', {}, visit, false],
    ['0304-inpatient', 'nothing on record', {}, undefined, false],
    ['0302-inpatient-line', 'a stay and a line', { ykc610: '7' }, stay, true],
    ['0302-inpatient-line', 'a stay and a blank line', { ykc610: '' }, stay, false],
    ['0302-inpatient-line', 'a line of another visit', { ykc610: '7' }, visit, false],
    ['0212-inpatient', 'a class of the table', { aka130: '21' }, undefined, true],
    ['0212-inpatient', 'a class the table does not know', { aka130: '11' }, undefined, false],
    ['0212-inpatient', 'no class', {}, undefined, false],
  ];
  for (const [name, what, body, record, applies] of CASES) {
    it(`${applies ? 'hold' : 'do not hold'} in ${name} with ${what}`, () => {
      assert.equal(compiled(name).applies(wireBody(body), withRecord(record)), applies);
    });
  }

  it('are counted, so that the file with most is asked first', () => {
    const counts = ['0302', '0302-inpatient', '0302-inpatient-line'].map((name) => compiled(name).conditions);
    assert.deepEqual(counts, [0, 1, 2]);
  });

  for (const when of [{ from: 'elsewhere:aka130' }, { from: 'wire:aka130', table: 'noTable' }]) {
    it(`break the file with ${JSON.stringify(when)}`, () => {
      const file: MapFile = { ...mapFile('0304'), when: [when] };
      assert.throws(
        () => compileMapFile(file, { family }),
        (error) =>
          error instanceof GatewayError &&
          error.code === 'PROFILE_BROKEN' &&
          error.details.faults?.[0]?.at === 'maps/0304.json#/when/0',
      );
    });
  }
});

describe('records of list items', () => {
  const settlements = new Map<string, CanonicalObject>([
    ['A1', { total: fen(100n), fundPaid: fen(60n) }],
    ['A2', { total: fen(200n), fundPaid: fen(90n) }],
  ]);
  const context: MapContext = {
    findRecord: (kind, key) => {
      const response = settlements.get(key);
      return response === undefined ? undefined : { kind, key, request: {}, response };
    },
  };
  const rows = (...keys: string[]) =>
    wireBody({
      yzz060: '2026',
      yzz061: '01',
      totalrow: String(keys.length),
      detail: {
        row: keys.map((aaz216) => ({
          aac002: '1',
          ykc700: 'S1',
          akc194: '20260105101500',
          aaz216,
          ykc707: '1',
        })),
      },
    });

  it('are found by each item’s own key', () => {
    const { body } = stepOf('6521').request.toModel(rows('A1', 'A2'), context);
    const lines = body['clearingLines'] as readonly CanonicalObject[];
    assert.deepEqual(
      lines.map(({ total, agencyPaidTotal }) => [total, agencyPaidTotal]),
      [
        [100n, 60n],
        [200n, 90n],
      ],
    );
  });

  it('refuse the message when one item’s is missing, naming the item', () => {
    assert.throws(
      () => stepOf('6521').request.toModel(rows('A1', 'A3'), context),
      (error) =>
        error instanceof GatewayError &&
        error.code === 'RECORD_MISSING' &&
        error.details.faults?.every(({ at }) => at.startsWith('/input/detail/row[2]/')) === true,
    );
  });
});

describe('list items beyond those a map counts', () => {
  const diagnosis = (diagnosisCode: string, diagnosisName: string) => ({ diagnosisCode, diagnosisName });

  it('are told as not carried, and so is what only some items have a place for', () => {
    const diagnoses = [diagnosis('K35', 'first'), diagnosis('I10', 'second'), diagnosis('E11', 'E11')];
    const told = (list: readonly CanonicalObject[]): readonly string[] =>
      stepOf('0213-inpatient')
        .request.toWire(canonical({ visitId: 'S1', diagnoses: list }), CONTEXT)
        .notes.map(({ at }) => at);
    assert.deepEqual(told(diagnoses.slice(0, 1)), []);
    assert.deepEqual(told(diagnoses.slice(0, 2)).length, 1);
    const beyond = told([...diagnoses, diagnosis('J18', 'fourth')]);
    assert(
      beyond.some((at) => at.endsWith('/diagnoses/diagnosisCode')),
      beyond.join(),
    );
  });
});
