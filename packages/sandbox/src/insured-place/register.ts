/** The register of an insured place: people, their accounts and what they have used up this year. */
import type { Accounts } from '../accounts.ts';
import { leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Filing, Person } from './persons.ts';
import { isOwnNumber } from './presented.ts';

/** What moves with every settlement, in 分. */
export interface Balance {
  readonly person: Person;
  /** What is left on the personal account. */
  readonly account: bigint;
  /** Adds to the account; takes from it when negative. */
  credit(amount: bigint): void;
  /** By year. */
  readonly deductiblePaid: Map<string, bigint>;
  readonly poolPaid: Map<string, bigint>;
  /** Paid by the pool for stays, by year. */
  readonly stayPoolPaid: Map<string, bigint>;
  /** Stays with a settlement in force, by 就诊ID. */
  readonly stays: Map<string, SettledStay>;
  /** 异地就医备案, at first as the person came with. */
  filing?: Filing;
  /** 病种编码 of the last 2001 with med_type 14, since 2206 and 2207 do not carry it. */
  lastChecked?: string;
}

/** A stay as far as it is settled. */
export interface SettledStay {
  readonly year: string;
  /** How many settlements are in force: interim ones and the final one. */
  settlements: number;
  /** Paid towards its deductible, in 分. */
  deductiblePaid: bigint;
}

/** The register. */
export interface Register {
  byNumber(psnNo: string): Balance | undefined;
  /** By the credential of 1101; a text says why nobody is found. */
  byCredential(data: JsonObject): Balance | { readonly refusal: string };
}

/** Adds to a yearly sum. */
export function addTo(sums: Map<string, bigint>, year: string, amount: bigint): void {
  sums.set(year, (sums.get(year) ?? 0n) + amount);
}

/** Makes the register of these people, whose accounts others may pay from as well. */
export function createRegister(persons: readonly Person[], accounts: Accounts): Register {
  const balances = persons.map((person): Balance => ({
    person,
    get account() {
      return accounts.left(person);
    },
    credit: (amount) => accounts.add(person, amount),
    deductiblePaid: new Map(),
    poolPaid: new Map(),
    stayPoolPaid: new Map(),
    stays: new Map(),
    ...(person.filing !== undefined && { filing: person.filing }),
  }));
  const byPsnNo = new Map(balances.map((balance) => [balance.person.psnNo, balance]));
  return {
    byNumber: (psnNo) => byPsnNo.get(psnNo),
    byCredential(data) {
      const kind = leaf(data, 'mdtrt_cert_type');
      const number = leaf(data, 'mdtrt_cert_no');
      const serial = leaf(data, 'card_sn');
      if (!['01', '02', '03'].includes(kind)) return { refusal: `不支持的就诊凭证类型：${kind}` };
      if (kind === '03' && serial === '') return { refusal: '社会保障卡就诊须上送卡识别码 card_sn' };
      const found = balances.find(({ person }) => {
        if (kind === '01') return person.token === number;
        if (kind === '02') return person.certno === number;
        return person.card.number === number && person.card.serial === serial;
      });
      if (found === undefined) return { refusal: '未查询到参保人员信息' };
      if (!isOwnNumber(found.person, data)) return { refusal: '证件号码与参保登记不符' };
      const name = leaf(data, 'psn_name');
      return name === '' || name === found.person.name ? found : { refusal: '姓名与参保登记不符' };
    },
  };
}
