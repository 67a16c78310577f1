/** The client of the SDK as the insurance side of a desk. */
import type { Client } from '@yiqiao/sdk';
import type { InsurancePort } from './insurance-port.ts';

/** Makes it. */
export function portOf(client: Pick<Client, 'call' | 'newMessageId' | 'resolve'>): InsurancePort {
  return {
    // The model's bodies are among those that the client takes; the compiler cannot tell for any operation.
    call: (operation, body, options) => client.call(operation, body as never, options),
    newMessageId: () => client.newMessageId(),
    resolve: (messageId) => client.resolve(messageId),
  };
}
