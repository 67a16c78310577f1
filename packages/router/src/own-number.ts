/** 医药机构结算ID: an answer repeats the message id of its sender, and each hop has a message id of its own. */
import type { CanonicalResponse } from '@yiqiao/model';

/** Member of settlements, trials and cancellations. Source: 2207, rules, `medins_setl_id`. */
const MEMBER = 'institutionSettlementId';

/** The answer with the caller's message id where it repeats the one under which the message was passed on. */
export function withCallersNumber(
  response: CanonicalResponse,
  { passedOn, callers }: { readonly passedOn: string; readonly callers: string },
): CanonicalResponse {
  const { content } = response;
  if (content.form !== 'canonical' || content.body[MEMBER] !== passedOn) return response;
  return { ...response, content: { ...content, body: { ...content.body, [MEMBER]: callers } } };
}
