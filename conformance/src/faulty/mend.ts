/** A system that takes what it should refuse, with the usual value in place of what is missing or wrong. */
import { formatTime } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import type { MessageTemplate, Template } from '../kits/types.ts';
import { fill } from '../run/fill.ts';
import { child, isNode, leaf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import { objections, withEntrance } from '../sound/entrance.ts';
import type { Objection } from '../sound/entrance.ts';

/** What the usual values are taken from. */
export interface Usual {
  readonly registry: Registry;
  readonly messages: Readonly<Record<string, MessageTemplate>>;
  readonly values: Readonly<Record<string, Template>>;
}

/** An entrance that mends what `overlooks` names. */
export function withMending(
  usual: Usual,
  overlooks: (objection: Objection) => boolean,
): (handler: TransactionHandler) => TransactionHandler {
  const memory = createMemory();
  return (handler) => {
    const entered = withEntrance(usual.registry, overlooks)((request) => handler(mended(request)));
    return (request) => {
      const answer = entered(request);
      memory.note(request, answer);
      return answer;
    };
  };

  function mended(request: CoreRequest): CoreRequest {
    const wrong = objections(usual.registry, request).filter((one) => overlooks(one));
    if (wrong.length === 0) return request;
    const template = usual.messages[request.infno]?.input ?? {};
    const good = fill(
      template,
      (name) => memory.value(name, request) ?? valueOf(usual.values, name),
    ) as OwnObject;
    let { input } = request;
    for (const { place, rule } of wrong) {
      const [node = '', member = ''] = place.split('.');
      if (rule === 'envelope') input = isNode(request.envelope['input']) ? input : good;
      else input = { ...input, [node]: { ...child(input, node), [member]: child(good, node)[member] ?? '' } };
    }
    return { ...request, input };
  }
}

interface Memory {
  note(request: CoreRequest, answer: CoreAnswer): void;
  value(name: string, request: CoreRequest): Template | undefined;
}

/** Values of answers that later messages name: name in templates, transaction, node, member. */
const REMEMBERED = [
  ['declared.result.trt_dcla_detl_sn', '2501', 'result', 'trt_dcla_detl_sn'],
  ['registered.data.mdtrt_id', '2201', 'data', 'mdtrt_id'],
  ['registered.data.ipt_otp_no', '2201', 'data', 'ipt_otp_no'],
  ['signed.signinoutb.sign_no', '9001', 'signinoutb', 'sign_no'],
] as const;

/** The last settlement, declaration, registration and sign-in, for messages that name one. */
function createMemory(): Memory {
  const known = new Map<string, string>();
  return {
    note({ infno, msgid, input }, answer) {
      if (infno === '2204')
        known.set('sent:fees.feedetail.0.chrg_bchno', leaf(child(input, 'feedetail'), 'chrg_bchno'));
      if (!('output' in answer) || !isNode(answer.output as OwnValue)) return;
      const output = answer.output as OwnObject;
      if (['2207', '2304'].includes(infno)) {
        known.set('settled.setlinfo.setl_id', leaf(child(output, 'setlinfo'), 'setl_id'));
        known.set('settled.setlinfo.mdtrt_id', leaf(child(output, 'setlinfo'), 'mdtrt_id'));
        known.set('sent:settled:msgid', msgid);
      }
      for (const [name, transaction, node, member] of REMEMBERED)
        if (infno === transaction) known.set(name, leaf(child(output, node), member));
    },
    value(name, { msgid, now }) {
      if (name.startsWith('fresh.')) return `M${msgid.slice(-18)}`;
      if (name === 'clock.now') return formatTime(now);
      if (name === 'clock.today') return formatTime(now).slice(0, 10);
      if (name === 'clock.month') return formatTime(now).slice(0, 7).replace('-', '');
      return known.get(name);
    },
  };
}

function valueOf(values: Usual['values'], name: string): Template {
  let found: Template = values as Template;
  for (const step of name.split('.')) found = (found as Readonly<Record<string, Template>>)[step] ?? '';
  return found;
}
