/** What the service answers over HTTP: on the hospital's own network, behind its own doors. Amounts are text in 元. */
import { GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { answerJson, nationalShape, outboxRoutes, readJsonBody, readMembers } from '@yiqiao/sdk';
import type { ListenerAnswer, ListenerRoute, Outbox } from '@yiqiao/sdk';
import type { CredentialDesk } from './credentials.ts';
import type { OrderRecord } from './order-record.ts';
import type { PaymentDesk } from './payment-desk.ts';

/** What the entry is made with. */
export interface EntryParts {
  readonly desk: PaymentDesk;
  readonly credentials: CredentialDesk;
  readonly outbox: Outbox;
}

/** The routes: bodies of 6101 and 6201 in the names of the national transactions, the rest in our own. */
export function paymentRoutes({ desk, credentials, outbox }: EntryParts): readonly ListenerRoute[] {
  return [
    {
      method: 'POST',
      path: '/credentials',
      async handle(request) {
        const { body } = nationalShape('decodeCredentialCode').readRequest({ InData: readJsonBody(request) });
        const { holder, endsAt } = await credentials.scan(body);
        return answerJson({ ...holder, endsAt });
      },
    },
    {
      method: 'POST',
      path: '/orders',
      async handle(request) {
        const { body } = nationalShape('uploadOnlineFees').readRequest({ data: readJsonBody(request) });
        return told(await desk.upload(body));
      },
    },
    {
      method: 'GET',
      path: '/orders/:order',
      handle({ params: { order = '' } }) {
        const record = desk.find(order);
        if (record === undefined)
          throw new GatewayError('PAYMENT_UNKNOWN', { facts: { orderNumber: order } });
        return told(record);
      },
    },
    ...movingRoutes(desk),
    ...outboxRoutes(outbox),
  ];
}

/** What moves money. */
function movingRoutes(desk: PaymentDesk): readonly ListenerRoute[] {
  return [
    {
      method: 'POST',
      path: '/orders/:order/pay',
      async handle(request) {
        const { order = '' } = request.params;
        const authorization = readMembers(readJsonBody(request), (from) => ({
          visitId: from.text('visitId'),
          ...optional('paymentAuthorization', from.optionalText('paymentAuthorization')),
          ...optional('chargeBatch', from.optionalText('chargeBatch')),
        }));
        return told(await desk.pay({ orderNumber: order, ...authorization }));
      },
    },
    {
      method: 'POST',
      path: '/orders/:order/cash-paid',
      handle(request) {
        const { order = '' } = request.params;
        const paid = readMembers(readJsonBody(request), (from) => ({
          reference: from.text('reference'),
          method: from.text('method'),
        }));
        desk.cashPaid(order, paid);
        return answerOf(desk, order);
      },
    },
    {
      method: 'POST',
      path: '/orders/:order/refunds',
      async handle(request) {
        const { order = '' } = request.params;
        const asked = readRefund(readJsonBody(request));
        return answerJson(await desk.refund({ orderNumber: order, ...asked }));
      },
    },
    {
      method: 'POST',
      path: '/orders/:order/abandon',
      handle({ params: { order = '' } }) {
        desk.abandon(order);
        return answerOf(desk, order);
      },
    },
  ];
}

function readRefund(members: WireObject): Omit<Parameters<PaymentDesk['refund']>[0], 'orderNumber'> {
  return readMembers(members, (from) => ({
    refundNumber: from.text('refundNumber'),
    parts: from.node('parts', (parts) => ({
      fund: parts.amount('fund'),
      account: parts.amount('account'),
      cash: parts.amount('cash'),
    })),
    ...optional('credentialToken', from.optionalText('credentialToken')),
  }));
}

function answerOf(desk: PaymentDesk, orderNumber: string): ListenerAnswer {
  const record = desk.find(orderNumber);
  return record === undefined ? answerJson({ orderNumber }) : told(record);
}

/** A record without the fees and the person. */
function told(record: OrderRecord): ListenerAnswer {
  const { upload: _, paymentToken: __, jobs: ___, ...rest } = record;
  return answerJson(rest);
}

function optional<N extends string>(name: N, value: string | undefined): { readonly [K in N]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: string };
}
