/** What the tests of this package share: a still clock, raw calls, and a small switch in a gateway's place. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningCore, Scheduler } from '@yiqiao/sandbox';

type Node = Record<string, unknown>;

/** An answer as plain JSON. */
export interface Answer {
  readonly infcode: number;
  readonly err_msg: string;
  readonly output: Record<string, Node & Node[]> | null;
}

/** 2026-11-20 10:00:00 in China. */
export const clock = { now: (): number => Date.UTC(2026, 10, 20, 2, 0, 0) };

/** Waits for nothing and remembers what it was asked to wait. */
export function impatient(): Scheduler & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    wait(ms) {
      waits.push(ms);
      return Promise.resolve();
    },
  };
}

let serial = 0;

/** The bytes of a request with a new message id. */
export function message(
  infno: string,
  input: Node,
  envelope: Node = {},
): Record<string, unknown> & { readonly msgid: string } {
  serial += 1;
  const msgid = `H5301000000120261120100000${String(serial).padStart(4, '0')}`;
  return {
    infno,
    msgid,
    mdtrtarea_admvs: '530100',
    insuplc_admdvs: '330100',
    fixmedins_code: 'H53010000001',
    ...envelope,
    input,
  };
}

/** Sends a message and reads the answer. */
export async function send(core: { readonly url: string }, body: unknown): Promise<Answer> {
  const response = await fetch(core.url, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}

/** Sends a new message. */
export async function call(core: { readonly url: string }, infno: string, input: Node): Promise<Answer> {
  return await send(core, message(infno, input));
}

/** Has people pay an order of a clearing platform, or all there are; tells how many were paid. */
export async function pay(core: { readonly url: string }, mdtrt_regno?: string): Promise<number> {
  const body = JSON.stringify({ mdtrt_regno });
  const response = await fetch(new URL('payments', core.url), { method: 'POST', body });
  return ((await response.json()) as { paid: number }).paid;
}

/** A node of an answer's output; fails when there was no output. */
export function node(answer: Answer, name: string): Node {
  const found = answer.output?.[name];
  if (found === undefined) throw new Error(`no ${name} in ${JSON.stringify(answer)}`);
  return found;
}

/** A running switch. */
export interface Switch {
  readonly url: string;
  close(): void;
}

/**
 * Does what a gateway does, in a few lines and unsigned: sends each transaction to the side that answers it,
 * adds the care place's split to a trial, records settlements, reverses a 2207 whose answer is lost.
 */
export async function startSwitch(care: RunningCore, insured: RunningCore): Promise<Switch> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void relay(JSON.parse(Buffer.concat(chunks).toString()) as Relayed, care, insured).then((answer) =>
        answer === 'unknown'
          ? response.writeHead(504).end()
          : response.writeHead(200).end(JSON.stringify(answer)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

type Relayed = Node & {
  readonly infno: string;
  readonly msgid: string;
  readonly input: Record<string, Node>;
};

const DECIDED_BY_BOTH = ['2102', '2103', '2207', '2208', '2304', '2305', '2601'];

async function relay(
  request: Relayed,
  care: RunningCore,
  insured: RunningCore,
): Promise<
  Answer | 'unknown' | { readonly infcode: number; readonly err_msg: string; readonly output: null }
> {
  const { infno, input } = request;
  if (['1101', '2001'].includes(infno)) return await send(insured, request);
  if (['2101', '2303'].includes(infno)) {
    const checked = await send(care, request);
    return checked.infcode === 0 ? await send(insured, request) : checked;
  }
  if (infno === '2206') {
    const checked = await send(care, request);
    if (checked.infcode !== 0) return checked;
    const { fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt, inscp_scp_amt } = node(checked, 'setlinfo');
    const split = { fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt, inscp_scp_amt };
    return await send(insured, { ...request, input: { data: { ...input['data'], ...split } } });
  }
  if (!DECIDED_BY_BOTH.includes(infno)) return await send(care, request);
  const settled = await send(insured, request).catch(() => undefined);
  if (settled === undefined) {
    const data = {
      psn_no: (input['data'] ?? input['druginfo'])?.['psn_no'],
      omsgid: request.msgid,
      oinfno: infno,
    };
    const reversed = await call(insured, '2601', { data });
    return reversed.infcode === 0
      ? { infcode: -1, err_msg: '应答丢失，本交易已自动冲正，未结算。', output: null }
      : 'unknown';
  }
  if (settled.infcode === 0) await send(care, { ...request, input: { ...input, ...settled.output } });
  return settled;
}
