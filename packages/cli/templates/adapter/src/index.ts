/** The service that `yiqiao adapter run` starts; a program of your own may use `adapter` directly. */
import {
  answerJson,
  connectAdapter,
  defineService,
  readJsonBody,
  readSettings,
  setting,
  signingSetting,
  startListener,
} from '@yiqiao/sdk';
import type { Listener, ListenerRoute } from '@yiqiao/sdk';
import { adapter } from './adapter.ts';
import { charge } from './map.ts';

export { adapter } from './adapter.ts';

const shape = {
  /** Where the far side is. */
  url: setting.url(),
  listen: setting.section({ port: setting.integer({ min: 0, max: 65_535 }) }),
  signing: setting.optional(signingSetting),
};

export const service = defineService({
  name: 'adapter-name',
  create: async (raw, { clock }) => {
    const { url, listen, signing = [] } = readSettings(raw, shape);
    const connected = connectAdapter(adapter, { url, signing, clock });
    let listener: Listener | undefined;
    return {
      async start() {
        const submit: ListenerRoute = {
          method: 'POST',
          path: '/charges',
          handle: async (request) =>
            answerJson(await connected.call('submit', charge.toModel(readJsonBody(request)))),
        };
        listener = await startListener({ port: listen.port, routes: [submit] });
        return { url: listener.url };
      },
      async stop() {
        await listener?.close();
        await connected.close();
      },
      health: async () => ({ ok: true, facts: {} }),
    };
  },
});
