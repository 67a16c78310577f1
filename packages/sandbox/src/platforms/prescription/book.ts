/** What the simulated prescription centre has on its books. */
import { randomUUID } from 'node:crypto';
import { scaledText } from '../../amount.ts';
import { shortDate } from '../../china-time.ts';
import { children, leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { Life } from './life.ts';
import type { Allowance, Stage } from './life.ts';

/** A prescription as the centre keeps it. */
export interface Prescription {
  /** 医保处方编号 `hiRxno`. */
  readonly number: string;
  /** 处方追溯码 `rxTraceCode`; the QR code on the sheet says the same. */
  readonly traceCode: string;
  readonly hospital: { readonly code: string; readonly name: string };
  /** Body of the pre-check, and its text, by which the same again is known. */
  readonly checked: JsonObject;
  readonly checkedText: string;
  readonly life: Life;
  /** What was signed, and the file and digest that came of it. */
  signed?: {
    readonly value: string;
    readonly file: string;
    readonly rxFile: string;
    readonly digest: string;
  };
  uploaded?: JsonObject;
  uploadedText?: string;
  audit?: Audit;
  readonly dispensings: Dispensing[];
}

/** A pharmacist's audit. Source: 7206. */
export interface Audit {
  readonly number: string;
  readonly pharmacy: string;
  /** 处方签名验签流水号 `rxSignVerifySn`, by which the same again is known. */
  readonly verification: string;
  readonly passed: boolean;
  readonly body: JsonObject;
}

/** What a pharmacy reported as handed out. Source: 7207. */
export interface Dispensing {
  /** 药品销售出库流水号 `selStooutSn`. */
  readonly number: string;
  readonly pharmacy: string;
  readonly document: string;
  readonly text: string;
  readonly body: JsonObject;
  readonly at: number;
  undone: boolean;
}

/** A row of the ledger. */
export interface CentreRow {
  readonly hiRxno: string;
  readonly hospRxno: string;
  readonly stage: Stage;
  readonly usesMade: number;
  /** Audit of the present claim or use. */
  readonly auditedBy: string;
  readonly dispensings: readonly {
    readonly number: string;
    readonly pharmacy: string;
    readonly undone: boolean;
  }[];
}

/** A right to see one prescription, for one institution. */
export interface Token {
  readonly token: string;
  readonly authorization: string;
  readonly prescription: Prescription;
  readonly institution: string;
  readonly until: number;
}

/** The books. */
export interface CentreBook {
  readonly claimMs: number;
  find(number: string): Prescription | undefined;
  byHospitalNumber(institution: string, hospitalNumber: string): Prescription | undefined;
  byTraceCode(code: string): Prescription | undefined;
  /** Prescriptions of a person, the newest first. */
  ofPerson(certificateNumber: string): readonly Prescription[];
  open(checked: JsonObject, at: { readonly text: string; readonly now: number }): Prescription;
  grant(prescription: Prescription, institution: string, now: number): Token;
  token(token: string): Token | undefined;
  /** A number that was never given before. */
  serial(prefix: string): string;
  rows(now: number): readonly CentreRow[];
}

const TOKEN_MS = 24 * 3_600_000;

/** Opens empty books. `claimMs`: how long a passed audit keeps a prescription for its pharmacy. */
export function createCentreBook({ claimMs }: { readonly claimMs: number }): CentreBook {
  const prescriptions: Prescription[] = [];
  const tokens = new Map<string, Token>();
  let serials = 0;
  const serial = (prefix: string): string => `${prefix}${String((serials += 1)).padStart(8, '0')}`;
  return {
    claimMs,
    serial,
    find: (number) => prescriptions.find((one) => one.number === number),
    byTraceCode: (code) => prescriptions.find(({ traceCode }) => traceCode === code),
    byHospitalNumber: (institution, hospitalNumber) =>
      prescriptions.find(
        ({ hospital, checked }) =>
          hospital.code === institution && leaf(checked, 'hospRxno') === hospitalNumber,
      ),
    ofPerson: (certificateNumber) =>
      prescriptions
        .filter(({ checked }) => leaf(firstNode(checked, 'mdtrtinfo'), 'certno') === certificateNumber)
        .toReversed(),
    open(checked, { text, now }) {
      const visit = firstNode(checked, 'mdtrtinfo');
      const prescription: Prescription = {
        number: serial(`RX${shortDate(now)}`),
        traceCode: serial('0300'),
        hospital: { code: leaf(visit, 'fixmedinsCode'), name: leaf(visit, 'fixmedinsName') },
        checked,
        checkedText: text,
        life: new Life(allowanceOf(checked), { claimMs }),
        dispensings: [],
      };
      prescriptions.push(prescription);
      return prescription;
    },
    grant(prescription, institution, now) {
      const granted: Token = {
        token: randomUUID(),
        authorization: serial('AUTH'),
        prescription,
        institution,
        until: now + TOKEN_MS,
      };
      tokens.set(granted.token, granted);
      return granted;
    },
    token: (token) => tokens.get(token),
    rows: (now) => prescriptions.map((one) => rowOf(one, now)),
  };
}

/** The first of some nodes; an empty one when there is none. */
export function firstNode(body: JsonObject, name: string): JsonObject {
  return children(body, name)[0] ?? {};
}

/** Quantities of a list of lines by drug, in 1/10000; lines of one drug add up. `undefined`: one is no number. */
export function quantitiesOf(
  lines: readonly JsonObject[],
  member: string,
): Record<string, bigint> | undefined {
  const sums: Record<string, bigint> = {};
  for (const line of lines) {
    const quantity = scaledText(leaf(line, member), 4);
    if (quantity === undefined || quantity < 0n) return undefined;
    const code = leaf(line, 'medListCodg');
    sums[code] = (sums[code] ?? 0n) + quantity;
  }
  return sums;
}

function allowanceOf(checked: JsonObject): Allowance {
  const isReusable = leaf(checked, 'reptFlag') === '1';
  return {
    validUntil: timeOf(leaf(checked, 'valiEndTime')),
    maximumUses: isReusable ? Number(leaf(checked, 'maxReptCnt') || '1') : 1,
    minimumIntervalDays: isReusable ? Number(leaf(checked, 'minInrvDays') || '0') : 0,
    quantities: quantitiesOf(children(checked, 'rxdrugdetail'), 'drugCnt') ?? {},
  };
}

/** `yyyy-MM-dd HH:mm:ss` in China → epoch milliseconds; NaN for anything else. */
export function timeOf(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}+08:00`);
}

function rowOf({ number, checked, life, audit, dispensings }: Prescription, now: number): CentreRow {
  return {
    hiRxno: number,
    hospRxno: leaf(checked, 'hospRxno'),
    stage: life.stage(now),
    usesMade: life.usesMade(),
    auditedBy: audit?.passed === true ? audit.pharmacy : '',
    dispensings: dispensings.map((one) => ({
      number: one.number,
      pharmacy: one.pharmacy,
      undone: one.undone,
    })),
  };
}
