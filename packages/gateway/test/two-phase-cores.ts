/** Cores of two-phase regions that keep books: what they have computed, what stands, what was taken back. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens on the line to a call: it never arrives, or its answer does not. */
export type Line = 'lost before' | 'lost after' | 'open';

/** A call as it arrived. */
export interface CoreCall {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** A core behind a relay. */
export interface BookCore {
  readonly url: string;
  /** Names of the calls that left the gateway, those lost before they arrived too. */
  readonly names: readonly string[];
  /** What stands, by the number of its trade. */
  readonly standing: readonly string[];
  /** What is computed and waits. */
  readonly staged: ReadonlySet<string>;
  /** Decides the line of the next calls. */
  line: (call: CoreCall, count: number) => Line;
  close(): Promise<void>;
}

/** Answers one call, in JSON or in a text. */
type Handle = (call: CoreCall) => object | string;

async function start(
  books: Omit<BookCore, 'url' | 'names' | 'line' | 'close'>,
  read: (text: string, transaction: string) => CoreCall,
  handle: Handle,
): Promise<BookCore> {
  const names: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const call = read(text, String(request.headers['x-yiqiao-transaction']));
      names.push(call.name);
      const line = core.line(call, names.filter((name) => name === call.name).length);
      if (line === 'lost before') return void response.destroy();
      const answer = handle(call);
      if (line === 'lost after') return void response.destroy();
      const isText = typeof answer === 'string';
      response.setHeader('content-type', isText ? 'text/plain' : 'application/json');
      response.end(isText ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const core: BookCore = {
    ...books,
    names,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    line: () => 'open',
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return core;
}

/** Answers of a settlement, by position. */
const RESULT = [0, 0, 7.5, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 0, '', 0];

/** Yunnan: a number first, the settlement under it, then commit or roll back. */
export function startTradeCore(): Promise<BookCore> {
  const staged = new Set<string>();
  const standing: string[] = [];
  let given = 0;
  return start(
    { staged, standing },
    (text) => {
      const { call, in: values } = JSON.parse(text) as { call: string; in: unknown[] };
      return { name: call, values };
    },
    ({ name, values }) => {
      const done = (out: readonly unknown[]): object => ({ out, error_code: '0000' });
      const refused = (code: string): object => ({ out: [], error_code: code });
      if (name === 'int_gettranssequence') return done([String((given += 1)).padStart(18, '0')]);
      const number = String(name === 'int_transaction' ? values[2] : values[4]);
      if (!/^\d{18}$/.test(number)) return refused('9006');
      if (name === 'int_feebalance') {
        staged.add(number);
        return done(RESULT);
      }
      const commits = values[3] === '1';
      if (values[0] !== '2' || values[1] !== 'S0001') return refused('1101');
      if (!staged.delete(number)) return refused(commits ? '9005' : '9004');
      if (commits) standing.push(number);
      return done([]);
    },
  );
}

/** Zhejiang: the answer to the settlement tells its number, and 49 confirms or drops it by that. */
export function startSerialCore(): Promise<BookCore> {
  const staged = new Set<string>();
  const standing: string[] = [];
  let given = 0;
  return start(
    { staged, standing },
    (text, name) => ({ name, values: text.slice(2, -2).split('~') }),
    ({ name, values }) => {
      if (name !== '49') {
        given += 1;
        staged.add(`JS${given}`);
        return `$$0~~~~~JS${given}~20260101~${['12.50', ...Array<string>(29).fill('0.00')].join('%%')}~$$`;
      }
      const [type, number = '', result] = values.slice(4) as string[];
      const isKnown = staged.has(number) || standing.includes(number);
      if (type !== '36' || !isKnown) return '$$-1~no such trade$$';
      if (staged.delete(number) && result === '1') standing.push(number);
      return `$$0~~~~~${number}~$$`;
    },
  );
}

/** What the insurance side does with rows: takes them at once, or when they are looked for, or never. */
export type Taking = 'at once' | 'between look and clear' | 'never';

/** A core of shared tables: rows are staged, taken, looked for, cleared. */
export async function startRowsCore(taking: () => Taking = () => 'at once'): Promise<BookCore> {
  const staged = new Set<string>();
  const rows = new Set<string>();
  const standing: string[] = [];
  const take = (key: string): void => {
    staged.delete(key);
    standing.push(key);
  };
  const stateOf = (key: string): string => (staged.has(key) ? 'staged' : rows.has(key) ? 'settled' : 'none');
  const settled = (YBKH: string, CFBH: string): object => ({
    MZ_JSLSB: [{ YBKH, CFBH, JSBZ: 'T', FYHJ: 12.5, KSZF: 0, TCZF: 10, YBJE: 2.5, JSHKSYE: 95 }],
  });
  return start(
    { staged, standing },
    (text) => {
      const { exchange, tables } = JSON.parse(text) as { exchange: string; tables: object };
      return { name: exchange, values: [tables] };
    },
    ({ name, values: [tables] }) => {
      const row = name === 'MZ' ? (tables as { MZ_FYMXB: Row[] }).MZ_FYMXB[0] : (tables as Row);
      const { YBKH = '', CFBH = '' } = row ?? {};
      const key = `${YBKH} ${CFBH}`;
      const told = (state: string, more: object = {}): object => ({
        state: 'taken',
        tables: { rows: state, ...more },
      });
      if (name === 'MZ') {
        rows.add(key);
        staged.add(key);
        if (taking() !== 'at once') return { state: 'waiting', tables: {} };
        take(key);
        return { state: 'taken', tables: settled(YBKH, CFBH) };
      }
      const state = stateOf(key);
      if (name === 'LOOK') {
        if (taking() === 'between look and clear' && state === 'staged') take(key);
        return told(state, state === 'settled' ? settled(YBKH, CFBH) : {});
      }
      if (state === (name === 'CLEAR' ? 'settled' : 'staged')) return told(state);
      rows.delete(key);
      staged.delete(key);
      return told(state === 'none' ? 'none' : 'cleared');
    },
  );
}

interface Row {
  readonly YBKH?: string;
  readonly CFBH?: string;
}
