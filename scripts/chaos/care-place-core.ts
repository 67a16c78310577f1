/** The care place's core: agrees to every trial and acknowledges every record. It decides nothing. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settlementOutput, visitOf } from './messages.ts';

type Members = Readonly<Record<string, unknown>>;

/** A core at work. */
export interface CarePlaceCore {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startCarePlaceCore(): Promise<CarePlaceCore> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(answer(Buffer.concat(chunks).toString('utf8')));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(text: string): string {
  const { infno, input } = JSON.parse(text) as { readonly infno: string; readonly input: Members };
  return JSON.stringify({
    infcode: 0,
    inf_refmsgid: '000000202601010945100000000002',
    refmsg_time: '20260101094510123',
    respond_time: '20260101094510456',
    err_msg: null,
    output: infno === '2601' ? null : outputOf(input),
  });
}

function outputOf(input: Members): object {
  const data = (input['data'] ?? input['druginfo']) as Members;
  const told = input['setlinfo'] as Readonly<Record<string, string | number>> | undefined;
  const person = String(data['psn_no']);
  const total = Math.round(Number(told?.['medfee_sumamt'] ?? data['medfee_sumamt']) * 100);
  const settlementId = String(told?.['setl_id'] ?? 'TRIAL');
  const output = settlementOutput({ settlementId, visitId: visitOf(person), person, total });
  const lines = input['drugdetail'] as readonly Members[] | undefined;
  return lines === undefined ? output : { ...output, detlcutinfo: lines.map(splitOf) };
}

function splitOf({
  feedetl_sn: number,
  det_item_fee_sumamt: amount,
  cnt: count,
  pric: price,
}: Members): object {
  const split = { pric_uplmt_amt: 999_999, chrgitm_lv: '01', med_chrgitm_type: '09' };
  return { feedetl_sn: String(number), det_item_fee_sumamt: amount, cnt: count, pric: price, ...split };
}
