/** The synthetic people of an insured place. Identity numbers use region 000000, which does not exist. */

/** 异地就医备案 of a person. */
export interface Filing {
  /** 备案号: Y, city, date, serial. */
  readonly number: string;
  /** First and last day, `yyyy-MM-dd`. */
  readonly from: string;
  readonly to: string;
}

/** A person on the insured place's register. */
export interface Person {
  readonly psnNo: string;
  readonly name: string;
  /** Identity number, credential 02. */
  readonly certno: string;
  /** 性别 `gend`: 1 male, 2 female. */
  readonly gender: '1' | '2';
  /** `yyyy-MM-dd`. */
  readonly birthday: string;
  /** 险种 `insutype`: 310 employees, 390 residents. */
  readonly scheme: '310' | '390';
  /** 人员类别 `psn_type`. */
  readonly personType: string;
  /** 参保地医保区划 of the pooling area. */
  readonly insuredPlace: string;
  readonly employer: string;
  /** Personal account at the start, in 分; zero for residents. */
  readonly account: bigint;
  /** 人员编号 of the relative whose account pays for this person by 家庭共济. */
  readonly aidedBy?: string;
  /** Token of the e-credential, credential 01. */
  readonly token: string;
  /** Social-security card, credential 03: number and 卡识别码. */
  readonly card: { readonly number: string; readonly serial: string };
  readonly filing?: Filing;
  /** Opened 门诊慢特病 codes. */
  readonly openedDiseases: readonly string[];
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Identity number of region 000000: birthday `yyyyMMdd`, three digits of order, check digit of GB 11643. */
export function identityNumber(birthday: string, order: string): string {
  const body = `000000${birthday}${order}`;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return `${body}${'10X98765432'[sum % 11]}`;
}

type Sketch = Pick<Person, 'name' | 'scheme' | 'openedDiseases' | 'account' | 'birthday'> & {
  readonly order: string;
  readonly filed: boolean;
  /** Last day of the filing; 2099-12-31 when absent. */
  readonly filedUntil?: string;
  /** Place in this list of the relative who pays by 家庭共济. */
  readonly aidedByPlace?: number;
};

const SKETCHES: readonly Sketch[] = [
  {
    name: '测试甲',
    birthday: '1990-01-01',
    order: '001',
    scheme: '310',
    account: 20_000n,
    openedDiseases: [],
    filed: true,
  },
  {
    name: '测试乙',
    birthday: '1956-03-12',
    order: '002',
    scheme: '390',
    account: 0n,
    openedDiseases: ['M03900', 'M01600'],
    filed: true,
  },
  {
    name: '测试丙',
    birthday: '1985-11-21',
    order: '003',
    scheme: '310',
    account: 5_000n,
    openedDiseases: [],
    filed: false,
  },
  {
    name: '测试丁',
    birthday: '1978-07-18',
    order: '005',
    scheme: '310',
    account: 60_000n,
    openedDiseases: ['M01600'],
    filed: true,
  },
  {
    name: '测试戊',
    aidedByPlace: 3,
    birthday: '2001-09-30',
    order: '004',
    scheme: '390',
    account: 0n,
    openedDiseases: [],
    filed: false,
  },
  {
    name: '测试己',
    birthday: '1982-05-06',
    order: '007',
    scheme: '310',
    account: 20_000n,
    openedDiseases: [],
    filed: true,
  },
  {
    name: '测试庚',
    birthday: '1975-02-14',
    order: '009',
    scheme: '310',
    account: 30_000n,
    openedDiseases: ['M01600'],
    filed: false,
  },
  {
    name: '测试辛',
    birthday: '1960-10-08',
    order: '006',
    scheme: '390',
    account: 0n,
    openedDiseases: ['M03900'],
    filed: false,
  },
  {
    name: '测试壬',
    birthday: '1969-04-23',
    order: '011',
    scheme: '310',
    account: 40_000n,
    openedDiseases: ['M03900'],
    filed: true,
    filedUntil: '2025-12-31',
  },
  {
    name: '测试癸',
    birthday: '1953-12-05',
    order: '008',
    scheme: '390',
    account: 0n,
    openedDiseases: ['M01600'],
    filed: true,
    filedUntil: '2025-12-31',
  },
];

/**
 * The people of an insured place: 甲 an employee, 乙 a resident with M03900 高血压 and M01600 糖尿病 opened, 丙 an
 * employee without filing, 丁 an employee with M01600 opened, 戊 a resident without filing for whom 丁 pays by
 * 家庭共济, 己 an employee; 庚 an employee and 辛 a resident without filing, 壬 an employee and 癸 a resident whose
 * filing has ended, each with one disease opened. A province (`330000`) insures them in its first city (`330100`).
 */
export function sandboxPersons(region: string): readonly Person[] {
  const city = cityOf(region);
  return SKETCHES.map(({ order, filed, filedUntil, aidedByPlace, ...sketch }, at): Person => {
    const serial = String(at + 1);
    return {
      ...sketch,
      psnNo: `${city}${serial.padStart(20, '0')}`,
      ...(aidedByPlace !== undefined && { aidedBy: `${city}${String(aidedByPlace + 1).padStart(20, '0')}` }),
      certno: identityNumber(sketch.birthday.replaceAll('-', ''), order),
      gender: Number(order) % 2 === 1 ? '1' : '2',
      personType: sketch.scheme === '310' ? '11' : '15',
      insuredPlace: city,
      employer: sketch.scheme === '310' ? '示例单位' : '',
      token: `${city}EC${serial.padStart(20, '0')}`,
      card: { number: `K${city}${serial.padStart(4, '0')}`, serial: `${city}SN${serial.padStart(20, '0')}` },
      ...(filed && {
        filing: {
          number: `Y${city}260101${serial.padStart(7, '0')}`,
          from: '2020-01-01',
          to: filedUntil ?? '2099-12-31',
        },
      }),
    };
  });
}

/** A person of any insured place by 人员编号, which begins with it. */
export function findSandboxPerson(psnNo: string): Person | undefined {
  return sandboxPersons(psnNo.slice(0, 6)).find((person) => person.psnNo === psnNo);
}

/** The pooling area that insures the people of a place: a province's (`330000`) is its first city (`330100`). */
export function cityOf(region: string): string {
  return region.endsWith('0000') ? `${region.slice(0, 2)}0100` : region;
}
