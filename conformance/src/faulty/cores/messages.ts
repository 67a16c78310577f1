/** What faulty cores read in messages, and change in them. */
import type { CoreAnswer, CoreRequest } from '@yiqiao/sandbox';
import { amountNumber, child, children, fenOf, isNode, leaf } from '../../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import { COURSES } from '../../sound/courses.ts';

/** A success without body. */
export const DONE: CoreAnswer = { output: null };

/** A member of the node `data`, as text. */
export function datum({ input }: CoreRequest, member: string): string {
  return leaf(child(input, 'data'), member);
}

/** Members put over those of a node. */
export function withNode(request: CoreRequest, node: string, members: OwnObject): CoreRequest {
  return { ...request, input: { ...request.input, [node]: { ...child(request.input, node), ...members } } };
}

/** Members put over those of `data`. */
export function withData(request: CoreRequest, members: OwnObject): CoreRequest {
  return withNode(request, 'data', members);
}

/** A body with each row of a list changed. */
export function withRows(input: OwnObject, node: string, change: (row: OwnObject) => OwnObject): OwnObject {
  return { ...input, [node]: children(input, node).map((row) => change(row)) };
}

/** 定点医药机构编号 of the sender. */
export function institutionOf({ envelope }: CoreRequest): string {
  return leaf(envelope, 'fixmedins_code');
}

/** The same request of another institution. */
export function fromInstitution(request: CoreRequest, fixmedins_code: string): CoreRequest {
  return { ...request, envelope: { ...request.envelope, fixmedins_code } };
}

/** Visit and charge batch of a settlement. */
export function matterOf(request: CoreRequest): string {
  return `${datum(request, 'mdtrt_id')} ${datum(request, 'chrg_bchno')}`;
}

/** 原发送方报文ID of a 2601. */
export function originalOf(request: CoreRequest): string {
  return datum(request, 'omsgid');
}

/** The same request as another message. */
export function renamed(request: CoreRequest): CoreRequest {
  return { ...request, msgid: `${request.msgid}x` };
}

/** The same request as another message, about a matter of its own. */
export function anew(request: CoreRequest): CoreRequest {
  const serial = request.answerNumber.slice(-9);
  const other = renamed(request);
  if (request.infno === COURSES.purchase.settle)
    return {
      ...other,
      input: withRows(request.input, 'drugdetail', (row) => ({ ...row, feedetl_sn: serial })),
    };
  return withData(other, { mdtrt_id: `${datum(request, 'mdtrt_id').slice(0, 19)}${serial}` });
}

/** Whether it was done. */
export function isDone(answer: CoreAnswer): answer is Extract<CoreAnswer, { readonly output: unknown }> {
  return 'output' in answer;
}

/** Whether it was refused with these words. */
export function isRefused(answer: CoreAnswer, words = ''): boolean {
  return 'refusal' in answer && answer.refusal.includes(words);
}

/** The body of an answer; empty for a refusal. */
export function outputOf(answer: CoreAnswer): OwnObject {
  return isDone(answer) && isNode(answer.output as OwnValue) ? (answer.output as OwnObject) : {};
}

/** `setlinfo` of an answer. */
export function infoOf(answer: CoreAnswer): OwnObject {
  return child(outputOf(answer), 'setlinfo');
}

/** An answer with members of a node set. */
export function withNodeIn(answer: CoreAnswer, node: string, members: OwnObject): CoreAnswer {
  const output = outputOf(answer);
  return { output: { ...output, [node]: { ...child(output, node), ...members } } };
}

/** An answer with members of `setlinfo` set. */
export function withInfo(answer: CoreAnswer, members: OwnObject): CoreAnswer {
  return withNodeIn(answer, 'setlinfo', members);
}

/** 1101 with the account of each scheme moved by an amount in 分. */
export function withBalance(answer: CoreAnswer, offset: bigint): CoreAnswer {
  if (!isDone(answer) || offset === 0n) return answer;
  return {
    output: withRows(outputOf(answer), 'insuinfo', (row) => ({
      ...row,
      balc: amountNumber(fenOf(row, 'balc') + offset),
    })),
  };
}
