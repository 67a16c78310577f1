/** The exchange that is measured: a signed 2207 and its signed answer, national JSON on both sides. */
import { createRegistry } from '@yiqiao/registry';
import { createKeyPair, createMessageSigner } from '@yiqiao/signer';

/** Synthetic institution of a region that does not exist. */
const INSTITUTION = 'H00000000001';

/** Charge batch of the template; each request has one of its own, since none is settled twice. */
const BATCH = 'B202601010001';

function batchNumber(index: number): string {
  return `B${String(index).padStart(BATCH.length - 1, '0')}`;
}

const input = {
  data: {
    psn_no: '00000000000000000000000001',
    mdtrt_cert_type: '02',
    mdtrt_cert_no: '000000199001010018',
    card_sn: '',
    psn_cert_type: '01',
    certno: '000000199001010018',
    med_type: '11',
    medfee_sumamt: 328.5,
    psn_setlway: '01',
    mdtrt_id: '00000020260101000001',
    chrg_bchno: BATCH,
    insutype: '310',
    acct_used_flag: '1',
    invono: '',
    fulamt_ownpay_amt: 20,
    overlmt_selfpay: 0,
    preselfpay_amt: 8.85,
    inscp_scp_amt: 299.65,
    exp_content: '{"OTP_ER_REFL_FLAG":"2"}',
    pub_hosp_rfom_flag: '',
  },
};

const output = {
  setlinfo: {
    mdtrt_id: '00000020260101000001',
    setl_id: 'A0000002601010000001',
    psn_no: '00000000000000000000000001',
    psn_name: '测试甲',
    psn_cert_type: '01',
    certno: '000000199001010018',
    gend: '1',
    naty: '01',
    brdy: '1990-01-01',
    age: 36,
    insutype: '310',
    psn_type: '11',
    cvlserv_flag: '0',
    setl_time: '2026-01-01 09:45:10',
    mdtrt_cert_type: '02',
    med_type: '11',
    medfee_sumamt: 328.5,
    fulamt_ownpay_amt: 20,
    overlmt_selfpay: 0,
    preselfpay_amt: 8.85,
    inscp_scp_amt: 299.65,
    act_pay_dedc: 50,
    hifp_pay: 149.79,
    pool_prop_selfpay: 0.6,
    cvlserv_pay: 0,
    hifes_pay: 0,
    hifmi_pay: 0,
    hifob_pay: 0,
    maf_pay: 0,
    oth_pay: 0,
    fund_pay_sumamt: 149.79,
    psn_part_amt: 178.71,
    acct_pay: 100,
    psn_cash_pay: 78.71,
    hosp_part_amt: 0,
    balc: 900,
    acct_mulaid_pay: 0,
    medins_setl_id: 'H00000000001202601010945050003',
    clr_optins: '000000',
    clr_way: '1',
    clr_type: '11',
    hifdm_pay: 0,
    exp_content: '',
  },
  setldetail: [
    {
      fund_pay_type: '310100',
      inscp_scp_amt: 299.65,
      crt_payb_lmt_amt: 5000,
      fund_payamt: 149.79,
      fund_pay_type_name: '城镇职工基本医疗保险统筹基金',
      setl_proc_info: '',
    },
    {
      fund_pay_type: '310200',
      inscp_scp_amt: 0,
      crt_payb_lmt_amt: 1000,
      fund_payamt: 100,
      fund_pay_type_name: '城镇职工基本医疗保险个人账户基金',
      setl_proc_info: '',
    },
  ],
};

/** Keys of the three parties and the messages they sign. */
export function createMeasuredExchange() {
  const caller = createKeyPair();
  const gateway = createKeyPair();
  const farSide = createKeyPair();
  const registry = createRegistry();
  const signerOf = (privateKey: string): ((body: string) => string) => {
    const signer = createMessageSigner(registry.signingProfile('fsi-main-cainfo'), { privateKey });
    return (body) => JSON.stringify(signer(Buffer.from(body))).slice(1, -1);
  };
  const sign = signerOf(caller.privateKey);
  const inputText = JSON.stringify(input);
  /** 1321 downloads a catalogue from a version on; the rest is ballast of the same size. */
  const downloadText = JSON.stringify({ data: { ver: '0', ...input.data } });
  const outputText = JSON.stringify(output);
  const answerText = `{"infcode":0,"inf_refmsgid":"000000202601010945100000000004","refmsg_time":"20260101094510123","respond_time":"20260101094510456","err_msg":null,${signerOf(farSide.privateKey)(outputText)},"output":${outputText}}`;
  return {
    keys: { caller, gateway, farSide },
    answer: answerText,
    /** The request with a message id and a charge batch of its own, signed. */
    request(
      index: number,
      at: { stamp: string; time: string },
      infno: '2207' | '1321' = '2207',
      insuredRegion = '330100',
    ): string {
      const body = infno === '2207' ? inputText.replace(BATCH, batchNumber(index)) : downloadText;
      const messageId = `${INSTITUTION}${at.stamp.slice(0, 8)}${String(index).padStart(10, '0')}`;
      return `{"infno":"${infno}","msgid":"${messageId}","mdtrtarea_admvs":"530100","insuplc_admdvs":"${insuredRegion}","recer_sys_code":"99","dev_no":"","dev_safe_info":"",${sign(body)},"infver":"1.0.0","opter_type":"1","opter":"0001","opter_name":"测试经办","inf_time":"${at.time}","fixmedins_code":"${INSTITUTION}","fixmedins_name":"示例医院","sign_no":"600001","input":${body}}`;
    },
  };
}
