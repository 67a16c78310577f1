/** Routes whose handlers are known only after the listener has its address. */
import { GatewayError } from '@yiqiao/model';
import type { ListenerRoute } from '@yiqiao/sdk';

/** Routes for these paths; until they are opened, whoever calls is told to come again. */
export function lateRoutes(paths: readonly string[]): {
  readonly routes: readonly ListenerRoute[];
  open(handlers: readonly ListenerRoute[]): void;
} {
  let opened: readonly ListenerRoute[] = [];
  return {
    routes: paths.map((path) => ({
      method: 'POST',
      path,
      handle: (request) => {
        const route = opened.find((one) => one.path === path);
        if (route === undefined) throw new GatewayError('BUSY');
        return route.handle(request);
      },
    })),
    open(handlers) {
      opened = handlers;
    },
  };
}
