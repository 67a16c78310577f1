import { strict as assert } from 'node:assert';
import {
  compileMapFile,
  type CompiledFileMap,
  type MapFamily,
  type MapFile,
  type Rule,
} from '@yiqiao/mapping';
import type { CanonicalObject } from '@yiqiao/model';
import { canonical, CONTEXT, family, mapFile, PROFILE, registry, stepOf } from './predecessor-family.ts';
import { faultsOf } from './refusal.ts';
import { wireBody } from './wire-values.ts';

/** Top elements that rules write. */
function elementsWritten(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap((rule) => {
    if ('list' in rule) return rule.list.split('.').slice(0, 1);
    if ('emit' in rule) return [rule.emit];
    return 'fill' in rule || !('from' in rule) ? [] : [rule.from];
  });
}

const single = registry
  .mapFiles(PROFILE)
  .map((name) => [name, mapFile(name)] as const)
  .filter(([, { steps }]) => steps.length === 1);

describe('a request towards the predecessor', () => {
  for (const [name, { steps }] of single) {
    it(`of ${name} has every element without which one of the predecessor’s is refused`, () => {
      const [{ request }] = steps as [MapFile['steps'][number]];
      const written = new Set(elementsWritten([...family.header, ...request.rules]));
      const missing = (request.required ?? []).filter((element) => !written.has(element));
      assert.deepEqual(missing, []);
    });
  }

  it('names the person by the identity number, never by the number of a card or electronic credential', () => {
    const token = 'E530100000000000000000000000';
    for (const name of ['0212-inpatient', '0303', '0304', '0304-inpatient']) {
      const asked = canonical({ certificateNumber: '000000198511210035', credentialNumber: token });
      const { body } = stepOf(name).request.toWire(asked, CONTEXT);
      assert.equal(body?.['aac002'], '000000198511210035', name);
      assert(!JSON.stringify(body).includes(token), name);
    }
  });

  const lines = (...numbers: string[]): CanonicalObject => ({
    feeLines: numbers.map((feeLineNumber) => ({ feeLineNumber, visitId: 'S1', personNumber: 'P1' })),
  });

  for (const [name, number, element] of [
    ['0302-inpatient-line', '7', { ykc610: '7' }],
    ['0302-inpatient', '0000', { otransid: '0' }],
  ] as const) {
    it(`of ${name} tells line ${number} as ${JSON.stringify(element)}`, () => {
      const { body, faults } = stepOf(name).request.toWire(canonical(lines(number)));
      assert.deepEqual(faults, []);
      const { ykc610, otransid } = body ?? {};
      assert.deepEqual(JSON.parse(JSON.stringify({ ykc610, otransid })), element);
    });
  }

  for (const [name, body, element] of [
    ['0302-inpatient-line', lines('0000'), 'ykc610'],
    ['0302-inpatient', lines('7'), 'otransid'],
    ['0302', { visitId: 'S1', personNumber: 'P1', chargeBatch: 'B1' }, 'otransid'],
    ['0304', { visitId: 'S1', careType: '41' }, 'aka130'],
  ] as const) {
    it(`of ${name} is not written without its ${element}, whose code has no equal`, () => {
      const { faults } = stepOf(name).request.toWire(canonical(body));
      assert.deepEqual(
        faults.map(({ rule, at }) => `${rule} ${at}`),
        [`no-equal /input/${element}`],
      );
    });
  }

  it('tells a list item beyond the one it has room for as a fault', () => {
    const { faults } = stepOf('0302-inpatient-line').request.toWire(canonical(lines('7', '8')));
    assert.deepEqual(
      faults.map(({ rule, at }) => `${rule} ${at}`),
      ['one-row /input/feeLines/feeLineNumber'],
    );
  });

  it('says nothing of what all items of a list have in common, and is told once', () => {
    const { faults, notes } = stepOf('0302-inpatient-line').request.toWire(canonical(lines('7')));
    assert.deepEqual([faults, notes], [[], []]);
  });
});

describe('a code table that takes codes out', () => {
  const line: MapFamily['tables'][string] = {
    pairs: [],
    otherwise: 'same',
    gaps: [{ wire: ['0000'], model: ['0000', '9999'], because: 'no lines' }],
    because: 'numbers of lines',
    confidence: 'inferred',
  };
  const file: MapFile = {
    transaction: '0302',
    title: { zh: '测试', en: 'test' },
    steps: [
      {
        operation: 'withdrawInpatientFees',
        request: { rules: [{ from: 'ykc610', to: 'feeLines.0.feeLineNumber', table: 'line' }] },
        response: { rules: [] },
      },
    ],
    source: 'test',
    confidence: 'inferred',
  };
  const own = { ...family, header: [], tables: { line } };
  const [{ request }] = compileMapFile(file, { family: own }).steps as [CompiledFileMap['steps'][number]];
  const told = (feeLineNumber: string) => request.toWire(canonical({ feeLines: [{ feeLineNumber }] }));

  it('leaves all others the same', () => {
    assert.deepEqual(request.toModel(wireBody({ ykc610: '9999' })).body, {
      feeLines: [{ feeLineNumber: '9999' }],
    });
    assert.deepEqual(told('1').body, { ykc610: '1' });
  });

  it('refuses them in a request, and writes none', () => {
    assert.deepEqual(
      faultsOf(() => request.toModel(wireBody({ ykc610: '0000' }))),
      { code: 'MESSAGE_INVALID', faults: ['format /input/ykc610'] },
    );
    const { body, notes } = told('9999');
    assert.deepEqual([body, notes.map(({ rule, at }) => `${rule} ${at}`)], [{}, ['no-equal /input/ykc610']]);
  });
});

describe('an answer whose record is missing', () => {
  it('is delivered, and says so: what was done is done', () => {
    const file: MapFile = {
      ...mapFile('0304-inpatient'),
      steps: mapFile('0304-inpatient').steps.map((step) => ({
        ...step,
        response: {
          ...step.response,
          required: ['akc194'],
          rules: [
            ...step.response.rules.filter((rule) => !('fill' in rule && rule.fill === 'careType')),
            { fill: 'careType', from: 'record:visit.request.careType' },
          ],
        },
      })),
    };
    const [step] = compileMapFile(file, { family }).steps;
    const read = step?.response.toModel(wireBody({ aaz216: 'A1', ake149: '60.00' }), {});
    assert.equal(read?.body['settlementId'], 'A1');
    assert.deepEqual(
      read.notes.map(({ rule, field }) => `${rule} ${field}`),
      ['required akc194', 'record-missing careType'],
    );
  });
});
