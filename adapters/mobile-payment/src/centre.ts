/**
 * The payment centre itself: the nodes of 6101 to 6401 in a gm-envelope. Paths, and the names of an answer's members
 * beside `data`, are ours: no source has them (`schemas/peripheral/mobile-payment`).
 */
import { GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { OperationBodies, WireObject } from '@yiqiao/model';
import { defineAdapter, jsonCodec, nationalShape } from '@yiqiao/sdk';
import type {
  AdapterDefinition,
  CallDefinition,
  ConnectedAdapter,
  NotificationDefinition,
} from '@yiqiao/sdk';
import { paymentFacts } from './facts.ts';
import type { PaymentOperation, PaymentPort } from './payment-port.ts';

/** The calls by name, with the bodies of the model. */
export type CentreCalls = { readonly [O in PaymentOperation]: OperationBodies[O] };

/** What 6302 tells. */
export type PaymentNotice = OperationBodies['notifyPaymentResult']['request'];

/** The notifications by name. */
export interface CentreEvents {
  readonly result: PaymentNotice;
}

/** The definition of the centre. */
export function definePaymentCentre(): AdapterDefinition<CentreCalls, CentreEvents> {
  const { success } = paymentFacts();
  return defineAdapter<CentreCalls, CentreEvents>({
    id: 'mobile-payment',
    codec: jsonCodec(),
    refusal(answer) {
      const code = leafText(answer['code']) ?? '';
      return code === success ? undefined : { code, text: leafText(answer['message']) ?? '' };
    },
    calls: {
      decodeCredentialCode: callOf('decodeCredentialCode', { effect: 'read' }),
      uploadOnlineFees: callOf('uploadOnlineFees', { effect: 'write', wayOut: 'person' }),
      placePaymentOrder: callOf('placePaymentOrder', { effect: 'write', wayOut: 'person' }),
      refundPaymentOrder: callOf('refundPaymentOrder', { effect: 'write', wayOut: 'person' }),
      synchronizePaymentOrder: callOf('synchronizePaymentOrder', { effect: 'write', wayOut: 'repeat' }),
      findPaymentOrder: callOf('findPaymentOrder', { effect: 'read' }),
      cancelOnlineFees: callOf('cancelOnlineFees', { effect: 'write', wayOut: 'repeat' }),
    },
    notifications: { result: RESULT },
  });
}

/** A connected centre as the port of the desk. */
export function toPaymentPort(centre: Pick<ConnectedAdapter<CentreCalls>, 'call'>): PaymentPort {
  return {
    async call(operation, body) {
      return { body: await centre.call(operation, body) };
    },
  };
}

type Effect =
  { readonly effect: 'read' } | { readonly effect: 'write'; readonly wayOut: 'person' | 'repeat' };

/** Members of `data` go in and out by the shape of the national transaction. */
function callOf<O extends PaymentOperation>(operation: O, how: Effect): CallDefinition<CentreCalls, O> {
  const { path, transType } = paymentFacts().calls[operation];
  return {
    ...how,
    path,
    toWire(request) {
      const nodes = nationalShape(operation).writeRequest(request);
      const data = nodes['data'] ?? nodes['InData'] ?? {};
      return { ...(transType === null ? {} : { transType }), data };
    },
    toModel(answer) {
      const data = answer['data'];
      const node = operation === 'decodeCredentialCode' ? 'OutData' : 'data';
      return nationalShape(operation).readResponse(isWireObject(data) ? { [node]: data } : {}).body;
    },
  } as CallDefinition<CentreCalls, O>;
}

const RESULT: NotificationDefinition<PaymentNotice> = {
  path: `/${paymentFacts().calls.notifyPaymentResult.path}`,
  read(message) {
    const { data } = message;
    if (!isWireObject(data)) throw new GatewayError('MESSAGE_INVALID', { facts: { missing: 'data' } });
    const { body } = nationalShape('notifyPaymentResult').readRequest({ data });
    return { id: `${body.paymentOrderId} ${body.callbackType} ${body.tradeTime}`, event: body };
  },
  answer: (result): WireObject => {
    const succeeded = result.state !== 'refused';
    const message = result.state === 'refused' ? result.refusal.text : '成功';
    return { code: '0', message, data: { success: succeeded, message } };
  },
};
