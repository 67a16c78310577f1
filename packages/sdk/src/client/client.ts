/** The typed client: one method per operation of the interface, over one connection to a gateway or platform. */
import { systemClock } from '@yiqiao/model';
import type { Operation } from '@yiqiao/model';
import type { RequestOf } from './bodies.ts';
import { createCaller } from './caller.ts';
import { connectClient } from './client-connection.ts';
import type { Client, ClientCallOptions, ClientSettings } from './client-types.ts';
import { METHODS } from './families.generated.ts';
import type { Families } from './families.generated.ts';

/**
 * Makes a client; nothing is sent before the first call.
 * @throws GatewayError `CONFIG_INVALID` with every setting that is wrong; `KEY_INVALID`; `PROFILE_BROKEN`
 */
export function createClient(settings: ClientSettings): Client {
  const clock = settings.clock ?? systemClock;
  const connection = connectClient(settings, clock);
  const caller = createCaller({ settings, clock, connection });
  return {
    ...familiesOf(caller.call),
    call: caller.call,
    signIn: (operator = settings.as.operator) => caller.signIn(operator),
    newMessageId: () => connection.ids.messageId(settings.as.institution.code),
    resolve: caller.resolve,
    close: () => connection.close(),
  };
}

/** Each method of a family is the call of its operation. */
function familiesOf(call: Client['call']): Families {
  const families = Object.entries(METHODS).map(([family, methods]) => {
    const calls = Object.entries(methods as Readonly<Record<string, Operation>>).map(
      ([method, operation]) =>
        [
          method,
          (body: RequestOf<Operation>, options?: ClientCallOptions) => call(operation, body, options),
        ] as const,
    );
    return [family, Object.fromEntries(calls)] as const;
  });
  return Object.fromEntries(families) as unknown as Families;
}
