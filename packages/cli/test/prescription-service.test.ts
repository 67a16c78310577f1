/** The configuration in the README of the prescription adapter, run as printed against the simulated centre. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@yiqiao/model';
import { prescriptionService } from '@yiqiao/prescription';
import { createSandboxKeys, startPrescriptionCentre } from '@yiqiao/sandbox';
import type { PrescriptionCentre } from '@yiqiao/sandbox';
import { parse } from 'yaml';

const README = new URL('../../../adapters/prescription/README.md', import.meta.url);
const log = { info: () => {}, warn: () => {}, error: () => {} };

interface Settings {
  adapter: string;
  role: string;
  centre: { url: string; publicKey: string; appId: string; appSecret: string; privateKeyFile: string };
  institution: { code: string };
  listen: { port: number };
}

/** The example, with the address and key of a centre that really runs, on a free port. */
function printed(centre: PrescriptionCentre): Settings {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8')) ?? [];
  const settings = parse(yaml) as Settings;
  return {
    ...settings,
    centre: { ...settings.centre, url: centre.url, publicKey: centre.publicKey },
    listen: { ...settings.listen, port: 0 },
  };
}

describe('The prescription service', () => {
  const keys = createSandboxKeys();
  let folder: string;
  let centre: PrescriptionCentre;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-prescription-'));
    writeFileSync(join(folder, 'hospital.key'), keys.privateKey);
    centre = await startPrescriptionCentre({
      notifications: 'by-request',
      callers: [
        {
          institution: 'H53010000001',
          appId: 'app-H53010000001-0001',
          appSecret: 'secret-of-the-hospital',
          publicKey: keys.publicKey,
        },
      ],
    });
  });
  afterEach(async () => {
    await centre.close();
    rmSync(folder, { recursive: true });
  });

  const parts = {
    clock: systemClock,
    log,
    readFile: (path: string) => readFileSync(join(folder, path), 'utf8').trim(),
    pathOf: (path: string) => join(folder, path),
  };

  async function running(settings: unknown, use: (url: string) => Promise<void>): Promise<void> {
    const service = await prescriptionService.create(settings, parts);
    const { url = '' } = await service.start();
    try {
      await use(url);
    } finally {
      await service.stop();
    }
  }

  const post = async (url: string, body: unknown): Promise<[number, Record<string, unknown>]> => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };

  it('runs with the configuration as printed: pre-check, sheet, revocation', async () => {
    const { adapter, ...settings } = printed(centre);
    assert.equal(adapter, prescriptionService.name);
    await running(settings, async (url) => {
      const [status, checked] = await post(`${url}prescriptions`, order('RX-1'));
      assert.equal(status, 200, JSON.stringify(checked));
      const at = `${url}prescriptions/${String(checked['number'])}`;
      const [, uploaded] = await post(`${at}/sheet`, sheet);
      assert.equal(uploaded['stage'], 'uploaded', JSON.stringify(uploaded));
      const [, revoked] = await post(`${at}/revoke`, revocation);
      assert.equal(revoked['stage'], 'revoked');
      assert.deepEqual(
        centre.ledger.rows().map(({ stage }) => stage),
        ['revoked'],
      );
      const [unknown, refusal] = await post(`${url}prescriptions/RX-NONE/revoke`, revocation);
      assert.deepEqual([unknown, refusal['code']], [404, 'PRESCRIPTION_UNKNOWN']);
    });
  });

  it('owes an upload that is not answered, and does it after a restart without anyone typing', async () => {
    const { adapter: _, ...settings } = printed(centre);
    await running(settings, async (url) => {
      const [, checked] = await post(`${url}prescriptions`, order('RX-1'));
      centre.faults.next({ kind: 'lose-request', infno: '7103', times: 1_000 });
      const [status, told] = await post(`${url}prescriptions/${String(checked['number'])}/sheet`, sheet);
      assert.deepEqual([status, told['stage'], told['owed']], [202, 'signed', 'upload']);
    });
    assert.equal(centre.ledger.rows()[0]?.stage, 'signed');
    centre.faults.clear();
    const service = await prescriptionService.create(settings, {
      ...parts,
      clock: { now: () => systemClock.now() + 600_000 },
    });
    await service.start();
    try {
      for (let i = 0; i < 500 && centre.ledger.rows()[0]?.stage === 'signed'; i += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        await fetch(centre.url + 'ledger');
      }
      assert.equal(centre.ledger.rows()[0]?.stage, 'uploaded');
    } finally {
      await service.stop();
    }
  });

  it('tells everything that is wrong with its settings at once', () => {
    const { adapter: _, centre: at, ...settings } = printed(centre);
    const broken = { ...settings, role: 'doctor', careRegion: 530_100, centre: { ...at, dialect: 'xml' } };
    assert.throws(
      () => prescriptionService.create(broken, parts),
      (error: { details: { faults: readonly { at: string }[] } }) => {
        assert.deepEqual(
          error.details.faults.map((fault) => fault.at),
          ['/role', '/careRegion', '/centre/dialect'],
        );
        return true;
      },
    );
  });
});

const tomorrow = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

const revocation = {
  doctorInsuranceCode: 'D530100000001',
  doctorName: '测试医师甲',
  certificateType: '01',
  certificateNumber: '000000197001010015',
  reason: '患者改变治疗方案',
};

const sheet = {
  sheet: Buffer.from('%PDF-1.7').toString('base64'),
  pharmacist: {
    departmentCode: 'A01',
    departmentName: '药剂科',
    insuranceCode: 'YS530100000001',
    name: '测试药师甲',
    auditTime: today,
  },
};

function order(hospitalPrescriptionNumber: string) {
  return {
    credentialType: '02',
    prescriptionBusinessType: '01',
    hospitalPrescriptionNumber,
    prescriptionTypeCode: '1',
    prescriptionTime: today,
    prescriptionDrugCount: '1',
    validDays: '1',
    validUntil: tomorrow,
    drugs: [
      {
        catalogueCode: 'XA01BA00000001',
        prescriptionItemTypeCode: '11',
        drugGenericName: '示例药',
        drugDosageForm: '片剂',
        drugSpecification: '30片/盒',
        administrationRouteCode: '1',
        administrationRoute: '口服',
        medicationBeginTime: today,
        medicationEndTime: tomorrow,
        medicationDays: '1',
        singleDoseUnit: '片',
        singleDoseQuantity: '1',
        frequencyCode: '11',
        frequencyName: '每日一次',
        drugQuantityUnit: '盒',
        drugQuantity: '1',
        hospitalApproval: '0',
      },
    ],
    visit: {
      institutionName: '示例医院',
      institutionCode: 'H53010000001',
      visitId: '530100G0001',
      careType: '11',
      visitRecordNumber: 'MZ0001',
      personNumber: '33010000000000000001',
      patientName: '测试甲',
      certificateType: '01',
      certificateNumber: '000000199001010018',
      patientAge: '36',
      gender: '1',
      prescribingDepartmentName: '内科',
      prescribingDepartmentCode: 'A02',
      doctorInsuranceCode: 'D530100000001',
      prescribingDoctorName: '测试医师甲',
      visitTime: today,
      specialDisease: '0',
      mainDiagnosisCode: 'I10.x00',
      mainDiagnosisName: '原发性高血压',
      registrationFee: '12.50',
    },
    diagnoses: [
      {
        diagnosisType: '1',
        mainDiagnosis: '1',
        diagnosisSequence: 1,
        diagnosisCode: 'I10.x00',
        diagnosisName: '原发性高血压',
        diagnosisDepartment: '内科',
        diagnosisDepartmentCode: 'A02',
        diagnosisDoctorNumber: 'D530100000001',
        diagnosisDoctorFullName: '测试医师甲',
        diagnosisTime: today,
      },
    ],
  };
}
