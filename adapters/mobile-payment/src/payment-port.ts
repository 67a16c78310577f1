/** The payment centre as the desk needs it: through a gateway (the client of the SDK) or directly (`centre.ts`). */
import type { OperationBodies } from '@yiqiao/model';
import type { Client } from '@yiqiao/sdk';

/** Operations that are asked of the centre. */
export type PaymentOperation =
  | 'decodeCredentialCode'
  | 'uploadOnlineFees'
  | 'placePaymentOrder'
  | 'refundPaymentOrder'
  | 'synchronizePaymentOrder'
  | 'findPaymentOrder'
  | 'cancelOnlineFees';

/** Throws as an adapter does: `UPSTREAM_REJECTED`, `UPSTREAM_UNREACHABLE`, or an unknown outcome. */
export interface PaymentPort {
  call<O extends PaymentOperation>(
    operation: O,
    body: OperationBodies[O]['request'],
  ): Promise<{ readonly body: OperationBodies[O]['response'] }>;
}

/** Where the self-paid part is collected by the institution itself: a cashier of WeChat, Alipay, UnionPay. */
export interface CashPort {
  /** Gives money back; the same number again gives nothing more. */
  refund(request: {
    readonly orderNumber: string;
    readonly reference: string;
    readonly refundNumber: string;
    /** 元, decimal text. */
    readonly amount: string;
  }): Promise<void>;
}

/** The client of the SDK as the port of a desk: orders go by way of a gateway. */
export function throughClient(client: Pick<Client, 'call'>): PaymentPort {
  return {
    async call<O extends PaymentOperation>(operation: O, body: OperationBodies[O]['request']) {
      const answer = await client.call<PaymentOperation>(operation, body);
      return { body: answer.body as OperationBodies[O]['response'] };
    },
  };
}
