/** What a till sends to have a purchase settled. */
import { sumFen, lineAmount } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import {
  amount,
  choice,
  day,
  decimal,
  flag,
  list,
  object,
  optional,
  readForm,
  text,
  time,
} from './read-form.ts';
import type { Label, Read } from './read-form.ts';

const label = (zh: string, en: string): Label => ({ zh, en });

/** Most lines of one purchase. Project design: no limit of 2101 is public. */
const MOST_LINES = 100;
const REGION = /^\d{6}$/;

const credential = object(label('就诊凭证', 'credential'), {
  type: text(label('就诊凭证类型', 'credential type'), 3),
  number: text(label('就诊凭证编号', 'credential number'), 50),
  cardSerial: optional(text(label('卡识别码', 'card serial number'), 32)),
});

const identity = {
  certificateType: text(label('证件类型', 'certificate type'), 6),
  certificateNumber: text(label('证件号码', 'certificate number'), 50),
  name: text(label('姓名', 'name'), 50),
};

const person = object(label('参保人', 'insured person'), {
  ...identity,
  personNumber: text(label('人员编号', 'person number'), 30),
  personType: text(label('人员类别', 'person type'), 6),
  insuranceType: text(label('险种类型', 'insurance type'), 6),
  insuredRegion: text(label('参保地区划', 'insured region'), 6, REGION),
  credential,
});

const payer = object(label('共济付款人', 'payer of mutual aid'), {
  ...identity,
  insuredRegion: text(label('付款人参保地区划', 'insured region of the payer'), 6, REGION),
  relation: text(label('与参保人关系', 'relation to the insured person'), 20),
  credential: optional(credential),
  authorisation: optional(
    object(label('共济授权', 'authorisation'), {
      number: text(label('授权编号', 'number of the authorisation'), 50),
      validUntil: day(label('授权有效期止', 'last day of the authorisation')),
    }),
  ),
});

const pharmacist = object(label('药师', 'pharmacist'), {
  ...identity,
  code: text(label('医保药师代码', 'code of the pharmacist'), 50),
  practiceCertificateNumber: text(label('药师执业资格证号', 'practice certificate number'), 50),
});

const prescription = object(label('外配处方', 'outside prescription'), {
  number: optional(text(label('医保处方编号', 'prescription number'), 30)),
  code: optional(text(label('处方二维码', 'code of the prescription'), 40)),
  token: optional(
    object(label('处方令牌', 'token of the prescription'), {
      epcToken: text(label('电子处方令牌', 'prescription token'), 100),
      authRxno: text(label('医保处方授权编号', 'authorisation number'), 30),
    }),
  ),
  audit: object(label('药师审核', 'pharmacist’s audit'), {
    passed: flag(label('审核通过', 'approved')),
    opinion: text(label('审核意见', 'opinion'), 2000),
  }),
});

const line = object(label('购药明细', 'line'), {
  number: text(label('费用明细流水号', 'number of the line'), 26),
  catalogueCode: text(label('医疗目录编码', 'catalogue code'), 50),
  itemCode: text(label('医药机构目录编码', 'item code of the pharmacy'), 30),
  name: text(label('商品名称', 'name of the goods'), 200),
  specification: text(label('规格', 'specification'), 200),
  unit: text(label('单位', 'unit'), 40),
  listType: text(label('目录类别', 'kind of goods'), 6),
  prescriptionDrug: choice(label('处方药标志', 'prescription-only'), ['0', '1', '2']),
  prescribed: optional(flag(label('外配处方所开', 'on the outside prescription'))),
  price: decimal(label('单价', 'price'), 6),
  quantity: decimal(label('数量', 'quantity'), 4),
  amount: amount(label('金额', 'amount')),
  splitPackage: optional(flag(label('拆零', 'split package'))),
  traceCodes: optional(list(text(label('药品追溯码', 'trace code'), 200), { least: 0, most: 200 })),
  stock: object(label('批次', 'batch'), {
    batchNumber: text(label('定点医药机构批次流水号', 'batch number'), 30),
    lot: text(label('生产批号', 'production lot'), 30),
    producedOn: day(label('生产日期', 'day of production')),
    expiresOn: day(label('有效期止', 'expiry')),
    approvalNumber: optional(text(label('批准文号', 'approval number'), 100)),
  }),
});

const purchase = object(label('购药', 'purchase'), {
  number: text(label('零售单据号', 'retail document number'), 30, /^[\w-]+$/),
  soldAt: optional(time(label('购药时间', 'time of the purchase'))),
  person,
  payment: object(label('支付方式', 'payment'), {
    fund: flag(label('统筹基金支付', 'paid by the pooled fund')),
    account: choice(label('个人账户使用', 'use of an account'), ['none', 'own-account', 'mutual-aid']),
    payer: optional(payer),
  }),
  prescription: optional(prescription),
  disease: optional(
    object(label('病种', 'disease'), {
      code: text(label('病种编码', 'disease code'), 30),
      name: text(label('病种名称', 'disease name'), 500),
    }),
  ),
  total: amount(label('总金额', 'total')),
  lines: list(line, { most: MOST_LINES }),
  operatorName: text(label('经办人', 'operator'), 50),
  pharmacist,
});

/** A purchase as a till tells it, read and free of contradictions in itself. */
export type Purchase = Read<typeof purchase>;
export type PurchaseLine = Purchase['lines'][number];
export type Payer = NonNullable<Purchase['payment']['payer']>;

/** Reads a purchase; amounts must fit their lines and lines the total. */
export function readPurchase(
  raw: unknown,
): { readonly body: Purchase } | { readonly faults: readonly Fault[] } {
  const read = readForm(purchase, raw);
  if ('faults' in read) return read;
  const faults = contradictions(read.body);
  return faults.length === 0 ? read : { faults };
}

/** Lines whose goods are past their expiry on a day `yyyy-MM-dd`. */
export function expired({ lines }: Purchase, today: string): readonly Fault[] {
  const isPast = (one: PurchaseLine): boolean => one.stock.expiresOn < today;
  return lines.flatMap((one, index) =>
    isPast(one)
      ? [at(`/lines/${index}/stock/expiresOn`, line.label, ['expired', '的有效期已过', 'is past its expiry'])]
      : [],
  );
}

function contradictions(told: Purchase): readonly Fault[] {
  const seen = new Set<string>();
  const faults = told.lines.flatMap((one, index) => {
    const wrong: Fault[] = [];
    if (seen.has(one.number)) {
      wrong.push(
        at(`/lines/${index}/number`, line.label, ['unique', '的流水号重复', 'has the number of another']),
      );
    }
    seen.add(one.number);
    if (lineAmount(one.price, one.quantity) !== one.amount) {
      wrong.push(
        at(`/lines/${index}/amount`, line.label, [
          'identity',
          '的金额不等于单价×数量',
          'is not price × quantity',
        ]),
      );
    }
    if (one.prescribed === true && told.prescription === undefined) {
      wrong.push(
        at(`/lines/${index}/prescribed`, line.label, [
          'identity',
          '标为处方所开，但未出示处方',
          'is marked as prescribed, but there is no prescription',
        ]),
      );
    }
    return wrong;
  });
  if (sumFen(told.lines.map((one) => one.amount)) !== told.total) {
    faults.push(
      at('/total', label('总金额', 'total'), [
        'identity',
        '不等于明细金额之和',
        'is not the sum of the lines',
      ]),
    );
  }
  if (told.prescription !== undefined) faults.push(...prescriptionFaults(told));
  return faults;
}

function prescriptionFaults({ prescription: shown, lines }: Purchase): readonly Fault[] {
  const faults: Fault[] = [];
  if (shown?.number === undefined && shown?.code === undefined && shown?.token === undefined) {
    faults.push(
      at('/prescription', prescription.label, [
        'required',
        '须有处方编号、二维码或令牌之一',
        'needs a number, a code or a token',
      ]),
    );
  }
  if (!lines.some((one) => one.prescribed === true)) {
    faults.push(
      at('/lines', line.label, [
        'identity',
        '均未标为处方所开，却出示了处方',
        'is none of the prescription that is shown',
      ]),
    );
  }
  return faults;
}

function at(place: string, named: Label, [rule, zh, en]: readonly [string, string, string]): Fault {
  return {
    rule,
    at: place,
    field: place.split('/').at(-1) ?? '',
    label: named,
    message: { zh: `${named.zh}${zh}`, en: `${named.en} ${en}` },
  };
}
