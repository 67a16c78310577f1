/** The platform of electronic bills as a far side: its calls, and what its answers mean. Source: e-invoice.json. */
import { fen, GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { Fen, WireObject } from '@yiqiao/model';
import { defineAdapter, jsonCodec, readMembers } from '@yiqiao/sdk';
import type { AdapterDefinition, CallDefinition } from '@yiqiao/sdk';
import type { BillNumbers } from './bill-record.ts';

/** What identifies a bill to the platform. */
export type BillKey = Pick<BillNumbers, 'code' | 'number'>;

/** Who does something to a bill, when and where. */
export interface BillAction {
  readonly bill: BillKey;
  readonly placeCode: string;
  readonly operator: string;
  readonly reason: string;
  /** `yyyyMMddHHmmssSSS`. */
  readonly time: string;
}

/** A bill that was found by its business number. */
export interface FoundBill {
  readonly bill: BillNumbers;
  /** Absent where the platform does not tell it. */
  readonly total?: Fen;
}

/** What the platform says of a bill. */
export interface BillStanding {
  readonly bill: BillNumbers;
  /** 状态: 作废. */
  readonly isVoid: boolean;
  /** The red bill that wrote it off. */
  readonly redBill?: BillNumbers;
  /** The paper that is in force for it. */
  readonly paper?: BillKey;
}

interface Call<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

/** The calls by name. A request to issue is in wire names already. */
export interface BillCalls {
  readonly issueOutpatient: Call<WireObject, BillNumbers>;
  readonly issueRegistration: Call<WireObject, BillNumbers>;
  readonly issueInpatient: Call<WireObject, BillNumbers>;
  readonly findBill: Call<
    { readonly businessNumber: string; readonly placeCode: string },
    FoundBill | undefined
  >;
  readonly findStanding: Call<BillKey, BillStanding>;
  readonly writeOff: Call<BillAction, BillNumbers>;
  readonly voidPaper: Call<BillAction & { readonly paper: BillKey }, null>;
}

/** What the issuer needs of a platform: the calls, with the errors of an adapter. */
export interface BillPlatform {
  call<K extends keyof BillCalls>(
    operation: K,
    request: BillCalls[K]['request'],
  ): Promise<BillCalls[K]['response']>;
}

type Calls = { readonly [K in keyof BillCalls]: CallDefinition<BillCalls, K> };

/**
 * The definition.
 * @param success The result code of success, `S0000`
 */
export function defineBillPlatform(success: string): AdapterDefinition<BillCalls> {
  return defineAdapter<BillCalls>({
    id: 'e-invoice',
    codec: jsonCodec(),
    refusal: (answer) => {
      const code = leafText(answer['result']) ?? '';
      if (code === success) return undefined;
      const { message } = answer;
      return { code, text: leafText(message) ?? JSON.stringify(message ?? '') };
    },
    calls: {
      issueOutpatient: issuing('invoiceEBillOutpatient'),
      issueRegistration: issuing('invEBillRegistration'),
      issueInpatient: issuing('invEBillHospitalized'),
      ...READING,
      ...TAKING_BACK,
    },
  });
}

type Issuing = 'issueOutpatient' | 'issueRegistration' | 'issueInpatient';

/** The three are one call under different paths; a lost answer is asked for by the business number. */
function issuing<K extends Issuing>(operation: string): CallDefinition<BillCalls, K> {
  const definition: CallDefinition<BillCalls, 'issueOutpatient'> = {
    effect: 'write',
    path: pathOf(operation),
    toWire: (request) => request,
    toModel: (answer) => toNumbers(contentOf(answer)),
    wayOut: 'query',
    query: {
      with: 'findBill',
      toRequest: ({ request }) => ({
        businessNumber: leafText(request['busNo']) ?? '',
        placeCode: leafText(request['placeCode']) ?? '',
      }),
      outcome: (found) =>
        found === undefined ? { state: 'not-done' } : { state: 'done', response: found.bill },
    },
  };
  return definition as unknown as CallDefinition<BillCalls, K>;
}

const READING: Pick<Calls, 'findBill' | 'findStanding'> = {
  findBill: {
    effect: 'read',
    path: pathOf('getEBillByBusNo'),
    toWire: ({ businessNumber, placeCode }) => ({ busNo: businessNumber, placeCode }),
    toModel: (answer) => toFound(contentOf(answer)),
  },
  findStanding: {
    effect: 'read',
    path: pathOf('getEBillStatesByBillInfo'),
    toWire: ({ code, number }) => ({ billBatchCode: code, billNo: number }),
    toModel: (answer) => toStanding(contentOf(answer)),
  },
};

const TAKING_BACK: Pick<Calls, 'writeOff' | 'voidPaper'> = {
  writeOff: {
    effect: 'write',
    path: pathOf('writeOffEBill'),
    toWire: ({ bill, placeCode, operator, reason, time }) => ({
      billBatchCode: bill.code,
      billNo: bill.number,
      reason,
      operator,
      busDateTime: time,
      placeCode,
    }),
    toModel: (answer) => toRed(contentOf(answer)),
    wayOut: 'query',
    query: {
      with: 'findStanding',
      toRequest: ({ request }) => request.bill,
      outcome: ({ redBill }) =>
        redBill === undefined ? { state: 'not-done' } : { state: 'done', response: redBill },
    },
  },
  voidPaper: {
    effect: 'write',
    path: pathOf('invalidPaper'),
    toWire: ({ paper, placeCode, operator, reason, time }) => ({
      pBillBatchCode: paper.code,
      pBillNo: paper.number,
      placeCode,
      author: operator,
      reason,
      busDateTime: time,
    }),
    toModel: () => null,
    wayOut: 'query',
    query: {
      with: 'findStanding',
      toRequest: ({ request }) => request.bill,
      outcome: ({ paper }) =>
        paper === undefined ? { state: 'done', response: null } : { state: 'not-done' },
    },
  },
};

function pathOf(operation: string): string {
  return `api/medical/${operation}`;
}

/** The object in `message`; an answer of success without one has none. */
function contentOf(answer: WireObject): WireObject {
  const content = answer['message'];
  return isWireObject(content) ? content : {};
}

function toNumbers(content: WireObject): BillNumbers {
  return readMembers(content, (from) => ({
    code: from.text('billBatchCode'),
    number: from.text('billNo'),
    ...present({
      checkCode: from.optionalText('random'),
      issuedAt: from.optionalText('createTime'),
      url: from.optionalText('pictureUrl'),
    }),
  }));
}

function toRed(content: WireObject): BillNumbers {
  return readMembers(content, (from) => ({
    code: from.text('eScarletBillBatchCode'),
    number: from.text('eScarletBillNo'),
    ...present({
      checkCode: from.optionalText('eScarletRandom'),
      issuedAt: from.optionalText('createTime'),
      url: from.optionalText('pictureUrl'),
    }),
  }));
}

function toFound(content: WireObject): FoundBill | undefined {
  if ((leafText(content['billNo']) ?? '') === '') return undefined;
  const total = readMembers(content, (from) => from.optionalAmount('totalAmt'));
  return { bill: toNumbers(content), ...(total === undefined ? {} : { total: fen(total) }) };
}

function toStanding(content: WireObject): BillStanding {
  return readMembers(content, (from) => {
    const text = (name: string): string => from.optionalText(name) ?? '';
    const isWrittenOff = text('isScarlet') === '1';
    const hasPaper = text('isPrtPaper') === '1';
    return {
      bill: {
        code: from.text('billBatchCode'),
        number: from.text('billNo'),
        ...present({ checkCode: from.optionalText('random'), issuedAt: from.optionalText('ivcDateTime') }),
      },
      isVoid: text('state') === '2',
      ...(isWrittenOff
        ? {
            redBill: {
              code: text('scarletBillBatchCode'),
              number: text('scarletBillNo'),
              ...present({ checkCode: from.optionalText('scarletRandom') }),
            },
          }
        : {}),
      ...(hasPaper ? { paper: { code: text('pBillBatchCode'), number: text('pBillNo') } } : {}),
    };
  });
}

function present<T extends Readonly<Record<string, string | undefined>>>(
  members: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}

/** The far side's own code of a refusal, `undefined` for every other error. */
export function refusalCode(error: unknown): string | undefined {
  if (!(error instanceof GatewayError) || error.code !== 'UPSTREAM_REJECTED') return undefined;
  return error.details.upstream?.code ?? '';
}
