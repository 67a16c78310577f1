/** Everyone in the story, opened and closed together. */
import { readCirculationFacts } from '@yiqiao/prescription';
import { startListener } from '@yiqiao/sdk';
import { openHospital } from './hospital.ts';
import type { Hospital } from './hospital.ts';
import { lateRoutes } from './late-routes.ts';
import { openPharmacy } from './pharmacy.ts';
import type { Pharmacy } from './pharmacy.ts';
import { startStoryWorld } from './story-world.ts';
import type { StoryWorld } from './story-world.ts';

/** The world and both institutions. */
export interface Cast {
  readonly world: StoryWorld;
  readonly hospital: Hospital;
  readonly pharmacy: Pharmacy;
}

/** Opens them in an empty folder, lets `use` have them, closes them whatever comes of it. */
export async function withCast<T>(folder: string, use: (cast: Cast) => Promise<T>): Promise<T> {
  const facts = readCirculationFacts();
  const late = lateRoutes(Object.values(facts.centre.notifications).map(({ path }) => `/${path}`));
  const listener = await startListener({ port: 0, routes: late.routes });
  try {
    const world = await startStoryWorld({ folder, notifyUrl: listener.url });
    const hospital = openHospital(world, facts);
    const pharmacy = openPharmacy(world, facts);
    late.open(hospital.news.routes);
    try {
      return await use({ world, hospital, pharmacy });
    } finally {
      await hospital.close();
      await pharmacy.close();
      await world.close();
    }
  } finally {
    await listener.close();
  }
}
