/** A far side that does as the test says: it notes what arrives and answers, refuses, stays silent or lies. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came in. */
export interface Arrived {
  readonly infno: string;
  readonly msgid: string;
  readonly bytes: Buffer;
  /** `input.data`, numbers as JavaScript has them. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** How the far side answers one message. */
export type Answer =
  /** `output` as JSON text. */
  | { readonly output: string }
  | { readonly refused: string }
  /** A body of any kind. */
  | { readonly raw: string }
  /** The connection breaks after the message has arrived. */
  | 'lost';

/** A running far side. */
export interface FarSide {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  /** Numbers of the transactions that arrived, in order. */
  numbers(): string[];
  /** Decides the next answers; `undefined` answers as a well-behaved one does. */
  behave(how: (message: Arrived) => Answer | undefined | Promise<Answer | undefined>): void;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startFarSide(): Promise<FarSide> {
  const arrived: Arrived[] = [];
  let decide: Parameters<FarSide['behave']>[0] = () => undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = readMessage(Buffer.concat(chunks));
      arrived.push(message);
      void Promise.resolve(decide(message)).then((answer = wellBehaved(message)) => {
        if (answer === 'lost') response.destroy();
        else response.setHeader('content-type', 'application/json').end(bodyOf(answer));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    arrived,
    numbers: () => arrived.map(({ infno }) => infno),
    behave: (how) => (decide = how),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function readMessage(bytes: Buffer): Arrived {
  const message = JSON.parse(bytes.toString()) as {
    infno: string;
    msgid: string;
    input: { data?: Record<string, unknown> };
  };
  return { infno: message.infno, msgid: message.msgid, bytes, data: message.input.data ?? {} };
}

function bodyOf(answer: Exclude<Answer, 'lost'>): string {
  if ('raw' in answer) return answer.raw;
  if ('refused' in answer) return JSON.stringify({ infcode: -1, err_msg: answer.refused, output: null });
  return `{"infcode":0,"inf_refmsgid":"000000202601010000000000000001","err_msg":"","output":${answer.output}}`;
}

/** An answer that belongs to the message. */
export function wellBehaved({ infno, data }: Arrived): Answer {
  const { mdtrt_id: visit, psn_no: person, medfee_sumamt: total } = data;
  switch (infno) {
    case '1101':
      return { output: '{"baseinfo":{"psn_no":"00000000000000000000000001","psn_name":"测试甲"}}' };
    case '2201':
      return { output: '{"data":{"mdtrt_id":"S0001","psn_no":"00000000000000000000000001"}}' };
    case '2207':
      assert(typeof total === 'number', 'a settlement has a total');
      return { output: settled({ mdtrt_id: visit, psn_no: person, total: total.toFixed(2) }) };
    default:
      return { output: 'null' };
  }
}

/** Output of 2207; the person pays all of it in cash. */
export function settled(of: { mdtrt_id: unknown; psn_no: unknown; total: string }): string {
  const text = JSON.stringify({
    psn_no: of.psn_no,
    mdtrt_id: of.mdtrt_id,
    setl_id: `J${String(of.mdtrt_id)}`,
  });
  return `{"setlinfo":{${text.slice(1, -1)},"medfee_sumamt":${of.total},"fund_pay_sumamt":0.00,"psn_part_amt":${of.total},"acct_pay":0,"psn_cash_pay":${of.total},"hosp_part_amt":0},"setldetail":[]}`;
}

/** A settlement whose parts are 5.00 short of its total, with a code that no list has. */
export function oddly({ infno, data }: Arrived): Answer | undefined {
  if (infno === '1101')
    return { output: '{"baseinfo":{"psn_no":"1","psn_name":"测试甲","gend":"7"},"insuinfo":[]}' };
  if (infno !== '2207') return undefined;
  const { mdtrt_id, psn_no, medfee_sumamt } = data;
  const text = settled({ mdtrt_id, psn_no, total: Number(medfee_sumamt).toFixed(2) });
  const short = text.replace('"psn_part_amt":', '"psn_part_amt":-5.00,"was":');
  return { output: short.replace('"setl_id"', '"mdtrt_cert_type":"77","setl_id"') };
}
