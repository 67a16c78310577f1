/** What faulty systems read in the messages of settlements, and change in them. */
import type { CoreAnswer, CoreRequest } from '@yiqiao/sandbox';
import { child, children, fenOf, isNode, leaf } from '../../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import { amountOf } from './bodies.ts';

/** Visit and charge batch of a settlement. */
export function matterOf({ input }: CoreRequest): string {
  const data = child(input, 'data');
  return `${leaf(data, 'mdtrt_id')} ${leaf(data, 'chrg_bchno')}`;
}

/** 原发送方报文ID of a 2601. */
export function originalOf({ input }: CoreRequest): string {
  return leaf(child(input, 'data'), 'omsgid');
}

/** The same request about a matter of its own. */
export function anew(request: CoreRequest): CoreRequest {
  const serial = request.answerNumber.slice(-9);
  if (request.infno === '2102') {
    const lines = children(request.input, 'drugdetail').map((row) => ({ ...row, feedetl_sn: serial }));
    return { ...request, msgid: `${request.msgid}x`, input: { ...request.input, drugdetail: lines } };
  }
  const visit = leaf(child(request.input, 'data'), 'mdtrt_id');
  return withData({ ...request, msgid: `${request.msgid}x` }, { mdtrt_id: `${visit.slice(0, 19)}${serial}` });
}

/** A request with members of `data` set. */
export function withData(request: CoreRequest, members: OwnObject): CoreRequest {
  return { ...request, input: { ...request.input, data: { ...child(request.input, 'data'), ...members } } };
}

/** Whether it was done. */
export function isDone(answer: CoreAnswer): boolean {
  return 'output' in answer;
}

/** The body of an answer; empty for a refusal. */
export function outputOf(answer: CoreAnswer): OwnObject {
  return 'output' in answer && isNode(answer.output as OwnValue) ? (answer.output as OwnObject) : {};
}

/** `setlinfo` of an answer. */
export function infoOf(answer: CoreAnswer): OwnObject {
  return child(outputOf(answer), 'setlinfo');
}

/** An answer with members of `setlinfo` set. */
export function withInfo(answer: CoreAnswer, members: OwnObject): CoreAnswer {
  return { output: { ...outputOf(answer), setlinfo: { ...infoOf(answer), ...members } } };
}

/** 1101 with the account of each scheme moved by an amount in 分. */
export function withBalance(answer: CoreAnswer, offset: bigint): CoreAnswer {
  if (!isDone(answer) || offset === 0n) return answer;
  const rows = children(outputOf(answer), 'insuinfo').map((row) => ({
    ...row,
    balc: amountOf(fenOf(row, 'balc') + offset),
  }));
  return { output: { ...outputOf(answer), insuinfo: rows } };
}
