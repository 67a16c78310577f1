/** The field's own terms, each with the one English word the project has for it. Written by hand. */

/** A term: English word, Chinese term, where it meets it in messages and code, what it is. */
export type Term = readonly [english: string, chinese: string, seenAs: string, meaning: string];

/** Terms by subject, in reading order. A name in `seenAs` is a wire name, a canonical name or a transaction. */
export const TERMS: Readonly<Record<string, readonly Term[]>> = {
  '参与方 · Who takes part': [
    [
      'care place',
      '就医地',
      '`mdtrtarea_admvs`',
      'region where care is given; its catalogue splits each fee line',
    ],
    [
      'insured place',
      '参保地',
      '`insuplc_admdvs`',
      'region that insures the person; its rules and funds pay',
    ],
    ['hub', '国家跨省异地就医管理子系统', 'role `hub`', 'the national subsystem that connects provinces'],
    [
      'pooling area',
      '统筹区',
      '`pooling-areas.json`',
      'area whose insured share one fund: mostly a city, at times a whole province',
    ],
    ['agency', '经办机构', '`clr_optins`', 'office that runs the insurance of a pooling area'],
    ['institution', '定点医药机构', '`fixmedins_code`', 'hospital or pharmacy with a contract'],
    ['core', '核心业务系统', '`carePlaceCore`', 'system of an agency that splits fees or computes benefits'],
    ['HIS', '医院信息系统', 'peer', 'hospital information system; where a visit is charged'],
    [
      'predecessor',
      '前代接口',
      '`predecessor-xml`',
      'off-site interface of 2016–2021: SOAP carrying GBK XML',
    ],
  ],
  '参保与待遇 · Insurance and entitlement': [
    ['scheme', '险种', '`insutype`', '310 employees, 390 residents, …; the field is called insurance type'],
    ['off-site care', '异地就医', '—', 'care outside the pooling area; across provinces: 跨省异地就医'],
    [
      'filing',
      '备案',
      '2501, 2503, 2505, 2507',
      'entry with the insured place before care: off-site stay, referral, chronic disease',
    ],
    ['entitlement', '待遇', '2001', 'whether a person may claim this benefit today'],
    [
      'credential',
      '就诊凭证',
      '`mdtrt_cert_type`',
      'what the person shows: 01 e-credential, 02 identity card, 03 social-security card',
    ],
    [
      'certificate',
      '证件',
      '`psn_cert_type`, `certno`',
      'proof of identity; not to be confused with a credential',
    ],
    ['person number', '人员编号', '`psn_no`', 'given by the insured place'],
    [
      'chronic disease',
      '门诊慢特病',
      '`med_type` 14, `opsp_dise_code`',
      'outpatient benefit by disease; the person must be filed for it',
    ],
    ['care type', '医疗类别', '`med_type`', '11 outpatient, 14 outpatient chronic disease, 21 inpatient, …'],
  ],
  '费用 · Fees': [
    ['visit', '就诊', '`mdtrt_id`', 'one registration with its diagnoses and fees'],
    ['fee line', '费用明细', '`feedetl_sn`, 2204', 'one item of the bill'],
    ['charge batch', '收费批次', '`chrg_bchno`', 'fee lines that are settled together'],
    [
      'catalogue',
      '医保目录',
      '13xx',
      'drugs, services and materials the insurance covers; each care place has its own prices',
    ],
    [
      'split',
      '费用拆分',
      'answer to 2204',
      'total = self-funded + first self-paid + over-limit + in scope (inferred)',
    ],
    ['self-funded', '全自费', '`fulamt_ownpay_amt`', 'outside the catalogue; the person pays all of it'],
    [
      'first self-paid',
      '先行自付',
      '`preselfpay_amt`',
      'share of an item, mostly of class B, the person pays before the fund is asked',
    ],
    ['over-limit', '超限价', '`overlmt_selfpay`', 'part of the price above the catalogue’s limit'],
    ['in scope', '符合政策范围', '`inscp_scp_amt`', 'what remains; deductible, ratio and cap apply to it'],
    ['deductible', '起付线', '`act_pay_dedc`', 'amount the person pays first, mostly per year'],
    [
      'cap',
      '封顶线',
      '`crt_payb_lmt_amt`',
      'most a fund pays, mostly per year; the field is called payable limit',
    ],
    [
      'payment ratio',
      '支付比例',
      '`pool_prop_selfpay`',
      'share of the fund between deductible and cap, mostly by hospital level',
    ],
  ],
  '资金与结算 · Funds and settlement': [
    ['pooling fund', '统筹基金', '`hifp_pay`', 'the basic fund of a scheme'],
    ['personal account', '个人账户', '`acct_pay`, `balc`', 'savings of the insured employee'],
    ['fund payment', '基金分项支出', '`setldetail`', 'what one fund paid of a settlement'],
    ['pre-settlement', '预结算', '2206', 'the computation of a settlement; posts nothing'],
    ['settlement', '结算', '2207, `setl_id`', 'posts who pays what'],
    [
      'cancellation',
      '撤销',
      '2208',
      'undoes a settlement that is known, by its number; posts negative amounts',
    ],
    ['reversal', '冲正', '2601', 'undoes a message whose answer never came, by its message id'],
    ['reconciliation', '对账', '3201, 3202', 'comparing books, totals first, then lines'],
    [
      'clearing',
      '清分、清算',
      '3260–3262, `clr_type`',
      '清分 sorts out what provinces owe each other, 清算 pays institutions; one word for both here',
    ],
  ],
  '交换 · Exchange': [
    ['transaction', '交易', '`infno`', 'a number of the interface: 2207'],
    [
      'operation',
      '业务操作',
      '`operations.json`',
      'what a transaction does, whatever its number: `settleOutpatient`',
    ],
    [
      'exchange',
      '一笔交换',
      'journal',
      'one request and its one end: answered, rejected, reversed, handed to a person',
    ],
    ['leg', '一程', 'journal', 'what was sent onward for an exchange, with a message id of its own'],
    [
      'message id',
      '报文ID',
      '`msgid`',
      'names a message of a sender; the same one again is the same message',
    ],
    ['unknown outcome', '结果未知', 'HTTP 504', 'sent and not answered: may have been done or not'],
    ['handed to a person', '转人工', 'journal', 'the end of what no program may decide'],
    [
      'identity',
      '金额恒等式',
      '`identities.json`',
      'a sum between amounts that must hold; also the identities of a person in 1101 (`idetinfo`)',
    ],
    [
      'profile',
      '地区方案',
      '`profile.json`',
      'how a region or platform speaks, as differences from the baseline',
    ],
    [
      'deviation',
      '偏差',
      '`yiqiao_deviations_total`',
      'departs from the specification and is let through, reported',
    ],
    ['fault', '错误', '`yiqiao.faults`', 'departs from it and is refused'],
  ],
};
