/** An insurance side for tests: books of its own, one answer per message id, and faults on request. */
import { fen, GatewayError, sumFen } from '@yiqiao/model';
import type { ErrorCode, Fen, Operation } from '@yiqiao/model';
import type { InsurancePort } from '@yiqiao/his';

/** What goes wrong with the next message of an operation. */
type Trouble =
  /** Done, and the answer is lost. */
  | 'lost'
  /** The process ends before the message leaves or after it was answered: the test lets go of the desk. */
  | 'crash-before'
  | 'crash-after'
  | ErrorCode;

/** A process that ended; no error of the catalogue. */
export class Crash extends Error {}

interface Line {
  readonly amount: Fen;
  readonly batch: string;
  settledBy?: string;
}

/** The insurer, with what it has on its books. */
export interface Insurer extends InsurancePort {
  /** Operations in the order in which they were carried out, without repetitions of one message. */
  readonly done: readonly string[];
  /** Every call, repetitions too, with its message id. */
  readonly calls: readonly { readonly operation: string; readonly messageId: string }[];
  readonly bodies: readonly {
    readonly operation: string;
    readonly body: Readonly<Record<string, unknown>>;
  }[];
  trouble(operation: Operation, kind: Trouble): void;
  /** Settlements that stand, by id, with their totals. */
  readonly settled: ReadonlyMap<string, Fen>;
  /** Item type that the platform gives to a catalogue code instead of its own. */
  readonly itemTypes: Map<string, string>;
  violations: readonly object[];
  /** 医院负担金额 of settlements to come. */
  hospitalPart: Fen;
}

/** Persons by certificate number: person number and insured region. */
const PEOPLE: Readonly<Record<string, { readonly number: string; readonly region: string }>> = {
  '000000199001010018': { number: 'P0000001', region: '330100' },
  '000000199001010026': { number: 'P0000002', region: '530100' },
  '000000199001010034': { number: 'P0000003', region: '530100' },
};

type Body = Readonly<Record<string, unknown>>;

/** Makes one. */
export function createInsurer(): Insurer {
  let serial = 0;
  const next = (prefix: string): string => `${prefix}${String((serial += 1)).padStart(8, '0')}`;
  const done: string[] = [];
  const calls: { operation: string; messageId: string }[] = [];
  const bodies: { operation: string; body: Body }[] = [];
  const answers = new Map<string, unknown>();
  const troubles = new Map<string, Trouble[]>();
  const lines = new Map<string, Line>();
  const settled = new Map<string, Fen>();
  const messages = new Map<string, string>();
  const itemTypes = new Map<string, string>();
  const insurer: Insurer = {
    done,
    calls,
    bodies,
    settled,
    itemTypes,
    violations: [],
    hospitalPart: fen(0n),
    trouble: (operation, kind) => troubles.set(operation, [...(troubles.get(operation) ?? []), kind]),
    newMessageId: () => next('M').padEnd(30, '0'),
    call: (operation, body, options) =>
      Promise.resolve().then(() => answer(operation, body as Body, options?.messageId)),
    resolve: (messageId) =>
      Promise.resolve(
        answers.has(messageId) ? { state: 'answered', body: answers.get(messageId) } : { state: 'not-done' },
      ),
  };
  return insurer;

  function answer(
    operation: string,
    body: Body,
    messageId = next('R'),
  ): { body: unknown; messageId: string } {
    calls.push({ operation, messageId });
    const kind = troubles.get(operation)?.shift();
    if (kind === 'crash-before') throw new Crash(operation);
    if (kind !== undefined && kind !== 'lost' && kind !== 'crash-after') throw new GatewayError(kind);
    if (!answers.has(messageId)) {
      answers.set(messageId, carryOut(operation, body, messageId));
      done.push(operation);
      bodies.push({ operation, body });
    }
    if (kind === 'lost') throw new GatewayError('UPSTREAM_TIMEOUT');
    if (kind === 'crash-after') throw new Crash(operation);
    return { body: answers.get(messageId), messageId };
  }

  function carryOut(operation: string, body: Body, messageId: string): unknown {
    switch (operation) {
      case 'identifyPerson':
        return identified(body);
      case 'checkEntitlement':
        return { entitlements: [] };
      case 'registerOutpatient':
      case 'admitInpatient':
        return { visitId: next('V'), personNumber: body['personNumber'], visitRecordNumber: 'X' };
      case 'uploadOutpatientFees':
      case 'uploadInpatientFees':
        return upload(body['feeLines'] as readonly Body[]);
      case 'withdrawOutpatientFees':
        return withdraw((line) => line.batch === body['chargeBatch']);
      case 'withdrawInpatientFees':
        return withdraw((_line, number) =>
          (body['feeLines'] as readonly Body[]).some((one) =>
            [number, '0000'].includes(one['feeLineNumber'] as string),
          ),
        );
      case 'presettleOutpatient':
      case 'presettleInpatient':
        return settlement(body, { id: '' });
      case 'settleOutpatient':
      case 'settleInpatient':
        return settle(body, messageId);
      case 'cancelOutpatientSettlement':
      case 'cancelInpatientSettlement':
        return undo(body['settlementId'] as string);
      case 'reverseTransaction':
        return undo(messages.get(body['originalMessageId'] as string) ?? '-') && null;
      case 'auditBeforeCare':
      case 'auditDuringCare':
        return { violations: insurer.violations };
      case 'uploadSettlementList':
        return { settlementListNumber: next('L') };
      default:
        return null;
    }
  }

  function identified(body: Body): unknown {
    const person = PEOPLE[body['certificateNumber'] as string];
    if (person === undefined)
      throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '查无此人' } });
    return {
      person: {
        personNumber: person.number,
        certificateType: '01',
        certificateNumber: body['certificateNumber'],
        personName: body['personName'],
        gender: '1',
        birthDate: '1990-01-01',
        age: '36',
      },
      insurances: [
        {
          accountBalance: 100_00n,
          insuranceType: '310',
          personType: '11',
          civilServant: '0',
          insuredRegion: person.region,
        },
      ],
      identities: [],
    };
  }

  function upload(rows: readonly Body[]): unknown {
    for (const row of rows) {
      const key = `${String(row['visitId'])} ${String(row['feeLineNumber'])}`;
      if (lines.has(key))
        throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: `明细重复 ${key}` } });
      lines.set(key, { amount: row['lineAmount'] as Fen, batch: batchOf(row) });
    }
    return {
      feeLines: rows.map((row) => ({
        feeLineNumber: row['feeLineNumber'],
        lineAmount: row['lineAmount'],
        quantity: row['quantity'],
        price: row['price'],
        priceLimit: '0',
        selfFunded: 0n,
        overLimitAmount: 0n,
        firstSelfPaid: 0n,
        inScope: row['lineAmount'],
        chargeItemLevel: '01',
        chargeItemType: itemTypes.get(row['catalogueCode'] as string) ?? '09',
        useRestricted: '0',
      })),
    };
  }

  function withdraw(goes: (line: Line, number: string) => boolean): null {
    for (const [key, line] of lines) {
      if (!goes(line, key.split(' ')[1] ?? '')) continue;
      if (line.settledBy !== undefined)
        throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '已结算' } });
      lines.delete(key);
    }
    return null;
  }

  function concerned(body: Body): readonly Line[] {
    const batch = batchOf(body);
    return [...lines]
      .filter(
        ([key, line]) =>
          key.startsWith(`${String(body['visitId'])} `) &&
          line.batch === batch &&
          line.settledBy === undefined,
      )
      .map(([, line]) => line);
  }

  function settlement(body: Body, { id }: { readonly id: string }): Readonly<Record<string, unknown>> {
    const total = sumFen(concerned(body).map(({ amount }) => amount));
    if (total !== body['total'] || total === 0n) {
      throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '合计不符' } });
    }
    return {
      visitId: body['visitId'],
      ...(id === '' ? {} : { settlementId: id }),
      personNumber: body['personNumber'],
      settlementTime: '2026-01-05 10:00:00',
      total,
      fundPaid: (total * 7n) / 10n,
      poolPaid: (total * 7n) / 10n,
      accountPaid: 0n,
      cashPaid: total - (total * 7n) / 10n - insurer.hospitalPart,
      hospitalPart: insurer.hospitalPart,
      fundPayments: [],
    };
  }

  function settle(body: Body, messageId: string): unknown {
    const id = next('S');
    const told = settlement(body, { id });
    for (const line of concerned(body)) line.settledBy = id;
    settled.set(id, told['total'] as Fen);
    messages.set(messageId, id);
    return told;
  }

  function undo(id: string): unknown {
    const total = settled.get(id);
    if (total === undefined)
      throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '无此结算' } });
    settled.delete(id);
    for (const line of lines.values()) if (line.settledBy === id) delete line.settledBy;
    return {
      settlementId: id,
      visitId: 'V',
      total: -total,
      settlementTime: '2026-01-05 11:00:00',
      fundPayments: [],
    };
  }
}

/** A stay has none. */
function batchOf({ chargeBatch }: Body): string {
  return typeof chargeBatch === 'string' ? chargeBatch : '';
}
