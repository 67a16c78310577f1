/** The client of our SDK as the target of the kit `client`: it signs, verifies, and is driven by a program. */
import { createSandboxKeys } from '@yiqiao/sandbox';
import type { Client } from '@yiqiao/sdk';
import type { Template } from '../kits/types.ts';
import { nodeIn, textIn } from '../listen/program-cashier.ts';
import type { ActWith, Driver } from '../listen/program-cashier.ts';
import { startDriven } from './driven.ts';
import type { ClientChange } from './driven.ts';
import { createHospital } from './his.ts';
import type { Hospital } from './his.ts';
import type { StartSystem } from './system.ts';

/** Starts it beside the counterpart `platform`. */
export const startClientSystem: StartSystem = async (world, change) => {
  const bent = change as ClientChange | undefined;
  const own = createSandboxKeys();
  const signing = {
    privateKey: own.privateKey,
    ...(bent?.believes !== true && { publicKey: world.suiteKeys.publicKey }),
  };
  return await startDriven(world, {
    change: bent,
    signers: { asker: own, teller: world.suiteKeys },
    inputs: { signing: { ...world.suiteKeys, peerPublicKey: own.publicKey } },
    open(to) {
      const hospital = createHospital(to, world, { signing });
      return { driver: driverOf(hospital), close: () => hospital.close() };
    },
  });
};

/** The hospital's deeds, and calls of the client alone. */
function driverOf(hospital: Hospital): Driver {
  let told: readonly string[] = [];
  let asked: readonly string[] = [];
  return {
    deeds: {
      ...hospital.driver.deeds,
      identify: (given) =>
        hospital.note(async () => {
          told = [await identify(hospital.client(), nodeIn(given, 'person'), given)];
          return {};
        }),
      'identify-many': async (given) => {
        const people = given['people'] as readonly Template[] as readonly ActWith[];
        asked = people.map((person) => textIn(person, 'psn_no'));
        told = await Promise.all(
          people.map((person) => identify(hospital.client(), person, given).catch(() => '')),
        );
      },
    },
    questions: {
      ...hospital.driver.questions,
      'shows-own': () => asked.length > 0 && asked.every((number, at) => told[at] === number),
      'shows-failed': (given) => hospital.driver.questions['shows-done']?.(given) !== true,
    },
  };
}

/** 1101 by identity card: the person's number. */
async function identify(client: Client, person: ActWith, given: ActWith): Promise<string> {
  const { body } = await client.person.identify(
    {
      credentialType: '02',
      credentialNumber: textIn(person, 'certno'),
      certificateType: '01',
      certificateNumber: textIn(person, 'certno'),
      personName: textIn(given, 'name') || textIn(person, 'psn_name'),
    },
    { insuredRegion: textIn(given, 'insuredRegion') },
  );
  return body.person.personNumber;
}
