/** The predecessor's maps as the product has them, compiled, with synthetic records and sample requests. */
import {
  compileMapFile,
  mapFamilyOf,
  type CompiledFileMap,
  type CompiledMap,
  type MapContext,
  type MapFile,
  type MappedContent,
} from '@yiqiao/mapping';
import { parseFen, type CanonicalObject, type MessageHeader, type WireObject } from '@yiqiao/model';
import { createRegistry, type KeptRecord, type RecordKind } from '@yiqiao/registry';
import { strict as assert } from 'node:assert';
import samples from './fixtures/predecessor-samples.json' with { type: 'json' };
import { wireBody } from './wire-values.ts';

export const registry = createRegistry();

export const PROFILE = 'predecessor-xml';

export const family = mapFamilyOf(registry.profile(PROFILE));

export const TRANSACTIONS = ['0211', '0212', '0301', '0304', '0305', '1301'] as const;

/** A map file as parsed. */
export function mapFile(transaction: string): MapFile {
  return registry.mapFile(PROFILE, transaction) as MapFile;
}

/** A compiled map file. */
export function compiled(transaction: string): CompiledFileMap {
  return compileMapFile(mapFile(transaction), { family });
}

/** Header of a synthetic message of region 440000. */
export const HEADER: MessageHeader = {
  transaction: '2207',
  messageId: '4406001906100000000009',
  careRegion: '440600',
  insuredRegion: '430100',
  institutionCode: 'H44060000001',
  institutionName: '示例医院',
  operatorType: '1',
  operator: '测试经办',
  operatorName: '测试经办',
  time: '2019-06-10 10:15:00',
  others: {},
};

const person: KeptRecord = {
  kind: 'person',
  key: '000000199001010018',
  request: { credentialType: '02', credentialNumber: '000000199001010018', certificateType: '01' },
  response: {
    person: {
      personNumber: '43010000000000000000000001',
      certificateType: '01',
      certificateNumber: '000000199001010018',
      personName: '测试甲',
      gender: '1',
      ethnicity: '01',
      birthDate: '1990-01-01',
      age: '29.4',
    },
    insurances: [
      { insuranceType: '390', insuranceStatus: '2', insuredRegion: '430100', personType: '1501' },
      {
        insuranceType: '310',
        insuranceStatus: '1',
        insuredRegion: '430100',
        personType: '1101',
        civilServant: '0',
        employerName: '示例单位',
        accountBalance: parseFen('900.00'),
      },
    ],
  },
};

const visit: KeptRecord = {
  kind: 'visit',
  key: 'S4301001906030000001',
  request: {
    personNumber: '43010000000000000000000001',
    insuranceType: '310',
    credentialType: '02',
    credentialNumber: '000000199001010018',
    certificateType: '01',
    certificateNumber: '000000199001010018',
  },
  response: { visitId: 'S4301001906030000001' },
};

/** Answer of the settlement that is on record: sample 10 in the canonical form. */
export const SETTLED: CanonicalObject = {
  settlementId: 'A4301001906100000001',
  visitId: 'S4301001906030000001',
  personNumber: '43010000000000000000000001',
  total: parseFen('10000.00'),
  fundPaid: parseFen('5250.00'),
  accountPaid: parseFen('100.00'),
  cashPaid: parseFen('4650.00'),
};

const settlement: KeptRecord = {
  kind: 'settlement',
  key: 'A4301001906100000001',
  request: { personNumber: '43010000000000000000000001', visitId: 'S4301001906030000001' },
  response: SETTLED,
};

const RECORDS: Readonly<Record<RecordKind, KeptRecord>> = { person, visit, settlement };

/** A context with everything on record. */
export const CONTEXT: MapContext = {
  header: HEADER,
  record: (kind) => RECORDS[kind],
  answers: { registerOutpatient: { visitId: 'S4301001906030000001' } },
  request: { visitId: 'S4301001906030000001', insuranceType: '310', total: parseFen('10000.00') },
};

/** Transactions with a sample request. */
export type Sampled = Exclude<keyof typeof samples, 'source'>;

/** A step of a compiled map. */
export function stepOf(transaction: string, index = 0): CompiledMap {
  const step = compiled(transaction).steps[index];
  assert(step !== undefined);
  return step;
}

/** The sample request, with some elements changed. */
export function request(transaction: Sampled, change: Record<string, unknown> = {}): WireObject {
  const { request: sample } = samples[transaction] as { request: Record<string, unknown> };
  return wireBody({ ...sample, ...change });
}

/** The sample request as a step reads it. */
export function read(transaction: Sampled, change: Record<string, unknown> = {}, step = 0) {
  return stepOf(transaction, step).request.toModel(request(transaction, change), CONTEXT);
}

/** A canonical body as the national form would hand it over. */
export const canonical = (body: CanonicalObject): MappedContent => ({
  body,
  carried: {},
  dialect: 'national',
});
