/** The wards of a national HIS: 2401-2405, 2301, 2302, and the charges 2303-2305. */
import { NOTHING, sumSplits } from '../fee-split.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { HisVisit, InpatientSteps, Patient, VisitPlan } from './his.ts';
import type { NationalDesk } from './national-desk.ts';
import { readSplits, stayLine } from './national-fees.ts';
import { moneySteps } from './national-money-steps.ts';
import type { MoneyForm } from './national-money-steps.ts';
import { credentialMembers, shortNumber, splitMembers } from './national-settlement.ts';
import type { Exchange, Told } from './told.ts';

/** Makes the steps of a ward. */
export function inpatientSteps(desk: NationalDesk): InpatientSteps {
  const tell = (
    visit: HisVisit,
    call: { readonly infno: string; readonly input: JsonObject },
  ): Promise<Told<null>> =>
    desk.ask(desk.channel.prepare({ ...call, insuredPlace: visit.patient.insuredPlace, read: () => null }));
  const stay = (visit: HisVisit): JsonObject => ({
    mdtrt_id: visit.id,
    psn_no: visit.patient.psnNo,
    exp_content: '',
  });
  return {
    admit: (patient, plan) => desk.ask(admitCall(desk, { patient, plan })),
    changeBed: (visit, bed) => tell(visit, { infno: '2403', input: changeInput(desk, { visit, bed }) }),
    cancelAdmission: (visit) => tell(visit, { infno: '2404', input: { data: stay(visit) } }),
    async uploadFees(visit, items) {
      const lines = items.map((item) => stayLine(item, { visit, desk }));
      const told = await desk.ask(
        desk.channel.prepare({
          infno: '2301',
          input: { feedetail: lines.map(({ wire }) => wire) },
          insuredPlace: visit.patient.insuredPlace,
          read: (output) => readSplits(children(output, 'result'), lines),
        }),
      );
      if (told.state === 'done') setLines(visit, [...visit.lines, ...told.value]);
      return told;
    },
    async withdrawFees(visit) {
      const input = { data: [{ feedetl_sn: '0000', ...stay(visit) }] };
      const told = await tell(visit, { infno: '2302', input });
      if (told.state === 'done') setLines(visit, []);
      return told;
    },
    discharge: (visit) => tell(visit, { infno: '2402', input: dischargeInput(desk, visit) }),
    cancelDischarge: (visit) => tell(visit, { infno: '2405', input: { data: stay(visit) } }),
    ...moneySteps(desk, stayMoney(desk)),
  };
}

function setLines(visit: HisVisit, lines: HisVisit['lines']): void {
  visit.lines = lines;
  visit.totals = sumSplits(lines.map(({ split }) => split));
}

function stayMoney(desk: NationalDesk): MoneyForm {
  return {
    trial: '2303',
    charge: '2304',
    cancellation: '2305',
    trialInput: (visit) => ({ data: stayData(desk, visit) }),
    chargeInput: (visit, invoice) => ({ data: { ...stayData(desk, visit), invono: invoice } }),
  };
}

/** The data node of 2303 and, with an invoice, 2304. Source: transactions 2303, 2304. */
function stayData({ options, now }: NationalDesk, visit: HisVisit): JsonObject {
  const { patient, plan, totals } = visit;
  return {
    psn_no: patient.psnNo,
    ...credentialMembers(visit),
    psn_type: patient.personType,
    psn_name: patient.name,
    medfee_sumamt: shortNumber(totals.total),
    psn_setlway: '01',
    mdtrt_id: visit.id,
    acct_used_flag: plan.useAccount ? '1' : '0',
    insutype: patient.scheme,
    mid_setl_flag: '0',
    ...splitMembers(totals),
    dscgTime: now().slice(0, 10),
    insuplc_admdvs: patient.insuredPlace,
    mdtrtarea_admvs: options.region,
    exp_content: stayExtension(plan),
  };
}

/** `exp_content` of 2401, 2303 and 2304. Source: cross-province.json, expContentKeys. */
function stayExtension({ emergency }: VisitPlan): string {
  return JSON.stringify({ IPT_TYPE: emergency === true ? '2' : '1' });
}

interface Coming {
  readonly patient: Patient;
  readonly plan: VisitPlan;
}

function admitCall(desk: NationalDesk, { patient, plan }: Coming): Exchange<HisVisit> {
  const { channel, options } = desk;
  const ownNumber = channel.ownNumber();
  const begins = desk.now();
  const { cert_type, ...credential } = certType(credentialMembers({ patient }));
  return channel.prepare({
    infno: '2401',
    input: {
      mdtrtinfo: {
        psn_no: patient.psnNo,
        insutype: patient.scheme,
        begntime: begins,
        ...credential,
        cert_type,
        med_type: plan.medType,
        ipt_no: `ZY${ownNumber}`,
        ...wardMembers(desk, { plan, bed: '01' }),
        exp_content: stayExtension(plan),
        insuplc_admdvs: patient.insuredPlace,
        mdtrtarea_admvs: options.region,
      },
      diseinfo: [{ psn_no: patient.psnNo, ...diagnosisMembers(desk, plan), adm_cond: '' }],
    },
    insuredPlace: patient.insuredPlace,
    read(output) {
      const id = leaf(child(output, 'result'), 'mdtrt_id');
      if (id === '') return undefined;
      return { id, patient, plan, batch: ownNumber, begins, lines: [], totals: NOTHING };
    },
  });
}

/** 2401 calls the type of the certificate `cert_type`. */
function certType({ psn_cert_type, ...others }: JsonObject): JsonObject {
  return { ...others, cert_type: psn_cert_type };
}

function wardMembers(
  { options }: NationalDesk,
  { plan, bed }: { readonly plan: VisitPlan; readonly bed: string },
): JsonObject {
  return {
    medrcdno: '',
    atddr_no: `D${options.region}000001`,
    chfpdr_name: '测试医师',
    adm_diag_dscr: plan.diagnosis.name,
    adm_dept_codg: 'A03',
    adm_dept_name: '内科',
    adm_bed: bed,
    dscg_maindiag_code: plan.diagnosis.code,
    dscg_maindiag_name: plan.diagnosis.name,
    main_cond_dscr: '',
  };
}

function diagnosisMembers({ options, now }: NationalDesk, { diagnosis }: VisitPlan): JsonObject {
  return {
    diag_type: '1',
    maindiag_flag: '1',
    diag_srt_no: 1,
    diag_code: diagnosis.code,
    diag_name: diagnosis.name,
    diag_dept: '内科',
    dise_dor_no: `D${options.region}000001`,
    dise_dor_name: '测试医师',
    diag_time: now(),
  };
}

function changeInput(
  desk: NationalDesk,
  { visit, bed }: { readonly visit: HisVisit; readonly bed: string },
): JsonObject {
  const { plan, patient } = visit;
  const keys = { mdtrt_id: visit.id, psn_no: patient.psnNo };
  return {
    adminfo: {
      ...keys,
      begntime: visit.begins ?? desk.now(),
      mdtrt_cert_type: patient.credential.kind,
      med_type: plan.medType,
      ipt_otp_no: `ZY${visit.batch}`,
      ...wardMembers(desk, { plan, bed }),
      exp_content: stayExtension(plan),
    },
    diseinfo: [{ ...keys, ...diagnosisMembers(desk, plan), adm_cond: '' }],
  };
}

function dischargeInput(desk: NationalDesk, visit: HisVisit): JsonObject {
  const keys = { mdtrt_id: visit.id, psn_no: visit.patient.psnNo };
  return {
    dscginfo: {
      ...keys,
      insutype: visit.patient.scheme,
      endtime: desk.now(),
      cop_flag: '0',
      dscg_dept_codg: 'A03',
      dscg_dept_name: '内科',
      dscg_bed: '01',
      dscg_way: '1',
      exp_content: '',
    },
    diseinfo: [{ ...keys, ...diagnosisMembers(desk, visit.plan) }],
  };
}
