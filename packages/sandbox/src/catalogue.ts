/** 医保目录 of a simulated care place: how each item is charged. All items and prices are synthetic. */

/** One item of the catalogue. */
export interface CatalogueItem {
  /** 医疗目录编码 `med_list_codg`. */
  readonly code: string;
  readonly name: string;
  /** 收费项目等级 `chrgitm_lv`: 01 甲类, 02 乙类, 03 丙类 (paid in full by the patient). */
  readonly level: '01' | '02' | '03';
  /** 先行自付比例 `selfpay_prop` in 1/10000. */
  readonly selfPayRate: bigint;
  /** 定价上限金额 `pric_uplmt_amt` in 分 per unit; absent when there is no limit. */
  readonly priceLimit?: bigint;
  /** 医疗收费项目类别 `med_chrgitm_type`. */
  readonly itemType: string;
  /** 限制使用标志 `lmt_used_flag`: reimbursed only when the hospital approved it (`hosp_appr_flag` 1). */
  readonly restricted?: boolean;
}

/** A care place's catalogue by code. */
export type Catalogue = ReadonlyMap<string, CatalogueItem>;

const ITEMS: readonly CatalogueItem[] = [
  { code: 'XA02BCA215N001010100001', name: '甲类降压片', level: '01', selfPayRate: 0n, itemType: '09' },
  {
    code: 'XC08CAA308A001020100002',
    name: '乙类降压缓释片',
    level: '02',
    selfPayRate: 1000n,
    itemType: '09',
  },
  {
    code: 'XL01BCA042B002010100003',
    name: '限制使用注射剂',
    level: '02',
    selfPayRate: 2000n,
    itemType: '09',
    restricted: true,
  },
  { code: '001102000010000', name: '普通门诊诊察费', level: '01', selfPayRate: 0n, itemType: '02' },
  { code: '001101000010000', name: '特需服务费', level: '03', selfPayRate: 10_000n, itemType: '14' },
  {
    code: '002106000010000',
    name: '彩色超声检查',
    level: '02',
    selfPayRate: 1000n,
    priceLimit: 12_000n,
    itemType: '03',
  },
  {
    code: 'C0101010100100100001',
    name: '一次性敷料',
    level: '01',
    selfPayRate: 0n,
    priceLimit: 850n,
    itemType: '08',
  },
  {
    code: '001109000010000',
    name: '普通病房床位费',
    level: '01',
    selfPayRate: 0n,
    priceLimit: 4_000n,
    itemType: '01',
  },
  { code: '001201000030000', name: '二级护理', level: '01', selfPayRate: 0n, itemType: '07' },
  { code: '003310020040000', name: '腹腔镜阑尾切除术', level: '02', selfPayRate: 500n, itemType: '06' },
  { code: 'XB05BBA001B004010100004', name: '甲类输液', level: '01', selfPayRate: 0n, itemType: '09' },
  {
    code: 'C0206020050000200005',
    name: '一次性吻合器',
    level: '02',
    selfPayRate: 3000n,
    priceLimit: 120_000n,
    itemType: '08',
  },
];

/** Regions where 乙类 items and limits differ from the list above. */
const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, Partial<CatalogueItem>>>>> = {
  '44': {
    XC08CAA308A001020100002: { selfPayRate: 500n },
    '002106000010000': { selfPayRate: 2000n, priceLimit: 11_000n },
  },
};

/** The catalogue of a care place; regions that begin with 44 differ in two items. */
export function careCatalogue(region: string): Catalogue {
  const differing = DIFFERENCES[region.slice(0, 2)] ?? {};
  return new Map(ITEMS.map((item) => [item.code, { ...item, ...differing[item.code] }]));
}
