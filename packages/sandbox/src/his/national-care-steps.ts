/** The steps of a national HIS up to the fees: 9001, 1101, 2001, 2201, 2203, 2204. */
import { NOTHING, sumSplits } from '../fee-split.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Credential, HisVisit, Patient, VisitPlan } from './his.ts';
import type { NationalHis } from './national-his.ts';
import type { NationalDesk } from './national-desk.ts';
import { feeLine, readSplits } from './national-fees.ts';
import { extensionOf } from './national-settlement.ts';
import type { Exchange } from './told.ts';

type CareStep = 'signIn' | 'identify' | 'entitlement' | 'register' | 'recordVisit' | 'uploadFees';

/** Makes the steps. */
export function careSteps(desk: NationalDesk): Pick<NationalHis, CareStep> {
  return {
    async signIn() {
      const told = await desk.ask(signInCall(desk));
      if (told.state === 'done') desk.channel.signInNumber = told.value;
      return told;
    },
    identify: (credential) => desk.ask(identifyCall(desk, credential)),
    entitlement: (patient, plan) => desk.ask(entitlementCall(desk, { patient, plan })),
    register: (patient, plan) => desk.ask(registerCall(desk, { patient, plan })),
    recordVisit: (visit) => desk.ask(recordCall(desk, visit)),
    async uploadFees(visit, items) {
      const lines = items.map((item) => feeLine(item, { visit, desk }));
      const told = await desk.ask(
        desk.channel.prepare({
          infno: '2204',
          input: { feedetail: lines.map(({ wire }) => wire) },
          insuredPlace: visit.patient.insuredPlace,
          read: (output) => readSplits(children(output, 'result'), lines),
        }),
      );
      if (told.state === 'done') {
        visit.lines = told.value;
        visit.totals = sumSplits(told.value.map(({ split }) => split));
      }
      return told;
    },
  };
}

function signInCall({ channel, options }: NationalDesk): Exchange<string> {
  return channel.prepare({
    infno: '9001',
    input: { signIn: { opter_no: options.operator.number, mac: '00-00-00-00-00-01', ip: '127.0.0.1' } },
    insuredPlace: '',
    read: (output) => leaf(child(output, 'signinoutb'), 'sign_no') || undefined,
  });
}

function identifyCall({ channel }: NationalDesk, credential: Credential): Exchange<Patient> {
  const data = {
    mdtrt_cert_type: credential.kind,
    mdtrt_cert_no: credential.number,
    card_sn: credential.cardSerial ?? '',
    begntime: '',
    psn_cert_type: '01',
    certno: credential.certno,
    psn_name: credential.name,
  };
  return channel.prepare({
    infno: '1101',
    input: { data },
    insuredPlace: credential.insuredPlace,
    read: (output) => readPatient(output, credential),
  });
}

function readPatient(output: JsonObject, credential: Credential): Patient | undefined {
  const base = child(output, 'baseinfo');
  const insured = children(output, 'insuinfo')[0];
  if (insured === undefined || leaf(base, 'certno') !== credential.certno) return undefined;
  return {
    credential,
    psnNo: leaf(base, 'psn_no'),
    name: leaf(base, 'psn_name'),
    certno: leaf(base, 'certno'),
    scheme: leaf(insured, 'insutype'),
    personType: leaf(insured, 'psn_type'),
    insuredPlace: leaf(insured, 'insuplc_admdvs'),
  };
}

interface Coming {
  readonly patient: Patient;
  readonly plan: VisitPlan;
}

function entitlementCall(desk: NationalDesk, { patient, plan }: Coming): Exchange<readonly string[]> {
  return desk.channel.prepare({
    infno: '2001',
    input: {
      data: {
        psn_no: patient.psnNo,
        insutype: patient.scheme,
        fixmedins_code: desk.options.institution.code,
        med_type: plan.medType,
        begntime: desk.now(),
        endtime: '',
        dise_codg: plan.disease?.code ?? '',
        dise_name: plan.disease?.name ?? '',
        oprn_oprt_code: '',
        oprn_oprt_name: '',
        matn_type: '',
        birctrl_type: '',
        exp_content: '',
      },
    },
    insuredPlace: patient.insuredPlace,
    read(output) {
      const rows = children(output, 'trtinfo');
      if (rows.some((row) => leaf(row, 'psn_no') !== patient.psnNo)) return undefined;
      const hindered = rows.filter((row) => leaf(row, 'trt_enjymnt_flag') !== '1');
      return [...new Set(hindered.map((row) => leaf(row, 'trt_chk_rslt')))];
    },
  });
}

function registerCall(desk: NationalDesk, { patient, plan }: Coming): Exchange<HisVisit> {
  const { channel, options } = desk;
  const ownNumber = channel.ownNumber();
  return channel.prepare({
    infno: '2201',
    input: {
      data: {
        psn_no: patient.psnNo,
        insutype: patient.scheme,
        begntime: desk.now(),
        mdtrt_cert_type: patient.credential.kind,
        mdtrt_cert_no: patient.credential.number,
        card_sn: patient.credential.cardSerial ?? '',
        psn_cert_type: '01',
        certno: patient.certno,
        psn_type: patient.personType,
        psn_name: patient.name,
        ipt_otp_no: `MZ${ownNumber}`,
        atddr_no: `D${options.region}000001`,
        dr_name: '测试医师',
        dept_code: 'A03',
        dept_name: '内科',
        caty: 'A03',
        exp_content: '',
      },
    },
    insuredPlace: patient.insuredPlace,
    read(output) {
      const id = leaf(child(output, 'data'), 'mdtrt_id');
      return id === '' ? undefined : { id, patient, plan, batch: ownNumber, lines: [], totals: NOTHING };
    },
  });
}

function recordCall(desk: NationalDesk, visit: HisVisit): Exchange<null> {
  const { plan, patient } = visit;
  return desk.channel.prepare({
    infno: '2203',
    input: {
      mdtrtinfo: {
        mdtrt_id: visit.id,
        psn_no: patient.psnNo,
        med_type: plan.medType,
        begntime: desk.now(),
        main_cond_dscr: '',
        dise_type_code: '',
        dise_codg: (plan.disease ?? plan.diagnosis).code,
        dise_name: (plan.disease ?? plan.diagnosis).name,
        birctrl_type: '',
        birctrl_matn_date: '',
        exp_content: extensionOf(visit),
      },
      diseinfo: [
        {
          diag_type: '1',
          diag_srt_no: 1,
          diag_code: plan.diagnosis.code,
          diag_name: plan.diagnosis.name,
          diag_dept: '内科',
          dise_dor_no: `D${desk.options.region}000001`,
          dise_dor_name: '测试医师',
          diag_time: desk.now(),
          vali_flag: '1',
        },
      ],
    },
    insuredPlace: patient.insuredPlace,
    read: () => null,
  });
}
