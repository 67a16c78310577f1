/** Sends an observed message through a gateway and brings back what the caller was told. */
import { plainSuccess } from './far-side.ts';
import type { FarAnswer } from './far-side.ts';
import { bytesOf } from './observed.ts';
import type { ObservedMessage } from './observed.ts';

/** What the caller was told. */
export interface Told {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Institution that asks the synthetic questions of a region. */
export function askingInstitution(region: string): string {
  return `H${region}00001`;
}

/** Posts an observed request as it is, or the question that an observed response answers. */
export async function replay(
  message: ObservedMessage,
  gateway: { readonly url: string; readonly time: string },
): Promise<Told> {
  const xml = message.raw === undefined && message.direction === 'request';
  const response = await fetch(gateway.url, {
    method: 'POST',
    body: message.direction === 'request' ? bytesOf(message) : questionOf(message, gateway.time),
    headers: xml
      ? { 'content-type': 'text/xml; charset=GBK', transno: message.transaction }
      : { 'content-type': 'application/json; charset=utf-8' },
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

/** What the far side answers: the observed response to the question, plain success to all else. */
export function farAnswer(message: ObservedMessage, infno: string): FarAnswer {
  if (message.direction === 'request' || infno !== message.question?.infno) return plainSuccess();
  return { bytes: bytesOf(message), contentType: 'application/json; charset=utf-8' };
}

/** `time`: 交易时间 `inf_time`, which must be near the gateway's clock. */
function questionOf({ region, question }: ObservedMessage, time: string): string {
  if (question === undefined) throw new RangeError('a response is replayed by the question it answers');
  const institution = askingInstitution(region);
  return JSON.stringify({
    infno: question.infno,
    msgid: `${institution}${time.replaceAll(/\D/g, '')}0001`,
    mdtrtarea_admvs: region,
    insuplc_admdvs: region,
    recer_sys_code: '99',
    dev_no: '',
    dev_safe_info: '',
    cainfo: '',
    signtype: '',
    infver: '1.0.0',
    opter_type: '1',
    opter: '0001',
    opter_name: '测试经办',
    inf_time: time,
    fixmedins_code: institution,
    fixmedins_name: '示例医院',
    sign_no: '',
    input: question.input,
  });
}
