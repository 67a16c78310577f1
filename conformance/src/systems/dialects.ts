/** Cores of the sandbox behind a door that speaks another form than the national one. */
import { startCarePlaceCore, startInsuredPlaceCore } from '@yiqiao/sandbox';
import { bendOf } from '../faulty/bend.ts';
import type { DialectChange } from '../faulty/types.ts';
import { openPredecessorDoor } from '../sound/predecessor-door.ts';
import type { StartSystem } from './system.ts';

/** A care place (530000) and an insured place (330000) behind the predecessor's door; `change` is a `DialectChange`. */
export const startPredecessorSystem: StartSystem = async ({ registry, clock, kit, inputs }, given) => {
  const change = given as DialectChange | undefined;
  const usual = { registry, values: inputs.values, messages: kit.messages };
  const bent = (of: DialectChange['care']) => (of === undefined ? {} : { bend: bendOf(of, usual) });
  const care = await startCarePlaceCore({ region: '530000', clock, ...bent(change?.care) });
  const insured = await startInsuredPlaceCore({ region: '330000', clock, ...bent(change?.insured) });
  const door = await openPredecessorDoor({
    registry,
    clock,
    care: care.url,
    insured: insured.url,
    ...(change !== undefined && { change }),
  });
  return {
    url: door.url,
    async stop() {
      await door.stop();
      await care.stop();
      await insured.stop();
    },
  };
};
