/** Calls the hooks of a client; what they do wrong changes nothing. */
import type { ClientHooks } from './client-types.ts';

/** Hooks that cannot throw. */
export function guardHooks(hooks: ClientHooks): ClientHooks {
  return {
    ...guarded('onSend', hooks.onSend),
    ...guarded('onAnswer', hooks.onAnswer),
    ...guarded('onError', hooks.onError),
    ...guarded('onRaw', hooks.onRaw),
  };
}

function guarded<K extends keyof ClientHooks, Event>(
  name: K,
  hook: ((event: Event) => void) | undefined,
): { readonly [P in K]?: (event: Event) => void } {
  if (hook === undefined) return {};
  const safe = (event: Event): void => {
    try {
      hook(event);
    } catch (error) {
      // A settlement that stands must not be told as a failure because a log could not be written.
      process.emitWarning(`hook ${name} of a Yiqiao client threw: ${String(error)}`);
    }
  };
  return { [name]: safe } as { readonly [P in K]?: (event: Event) => void };
}
