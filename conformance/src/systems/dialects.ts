/** Cores of the sandbox behind a door that speaks another form than the national one. */
import { startCarePlaceCore, startInsuredPlaceCore } from '@yiqiao/sandbox';
import { bendOf } from '../faulty/cores/bend.ts';
import type { DialectChange } from '../faulty/types.ts';
import { readForm } from '../kits/form-kit.ts';
import { openFormDoor } from '../sound/form-door.ts';
import { openPredecessorDoor } from '../sound/predecessor-door.ts';
import type { Kit } from '../kits/types.ts';
import type { Inputs } from '../run/inputs.ts';
import { leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
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
    usual: usualElements(kit, inputs),
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

/** A stand-in for a platform of which only the form is known; `change` is a `DialectChange`. */
export const startFormSystem: StartSystem = async ({ registry, kit }, change) =>
  await openFormDoor({
    profile: registry.profile(kit.profile),
    form: readForm(kit.profile),
    names: (transaction, direction) =>
      registry.definition(kit.profile, transaction)?.[direction][0]?.fields.map(({ name }) => name) ?? [],
    ...(change !== undefined && { change: change as DialectChange }),
  });

/** The text that an element has in the kit's messages, as far as it needs nothing but the inputs. */
function usualElements({ messages }: Kit, { values }: Inputs): OwnObject {
  const known = Object.values(messages).flatMap(({ input }) => Object.entries(input));
  return Object.fromEntries(
    known.flatMap(([name, template]) => {
      if (typeof template !== 'string') return [];
      const [, person, member = ''] = /^\{\{([^.}]+)\.([^}]+)\}\}$/.exec(template) ?? [];
      if (person === undefined) return [[name, template.replaceAll(/\{\{[^}]*\}\}/g, '1')]];
      const value = values[person];
      return typeof value === 'object' ? [[name, leaf(value as OwnObject, member)]] : [];
    }),
  );
}
