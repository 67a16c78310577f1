/** All systems by name, each loaded when it is wanted. Whoever adds one adds a line. */
import type { StartedSystem, StartSystem, SystemWorld } from './system.ts';

const SYSTEMS: Readonly<Record<string, () => Promise<StartSystem>>> = {
  'e-credential': async () => (await import('./credentials.ts')).startCredentialSystem,
  'insured-place': async () => (await import('./cores.ts')).startInsuredPlaceSystem,
  'e-invoice': async () => (await import('./platforms.ts')).startEInvoiceSystem,
  prescription: async () => (await import('./platforms.ts')).startPrescriptionSystem,
  'mobile-payment': async () => (await import('./platforms.ts')).startPaymentSystem,
  'form-door': async () => (await import('./dialects.ts')).startFormSystem,
  'predecessor-door': async () => (await import('./dialects.ts')).startPredecessorSystem,
  'signing-door': async () => (await import('./signing.ts')).startSigningSystem,
  'care-place': async () => (await import('./cores.ts')).startCarePlaceSystem,
  reconciliation: async () => (await import('./reconciliation.ts')).startReconciliationSystem,
  codes: async () => (await import('./codes.ts')).startCodesSystem,
  province: async () => (await import('./cores.ts')).startProvinceSystem,
  gateway: async () => (await import('./gateways.ts')).startCarePlaceGateway,
  hub: async () => (await import('./gateways.ts')).startHubGateway,
  his: async () => (await import('./his.ts')).startHisSystem,
  client: async () => (await import('./client.ts')).startClientSystem,
  pharmacy: async () => (await import('./pharmacy.ts')).startPharmacySystem,
};

/** Starts the system of a kit; `change` makes it faulty. @throws RangeError for a name that is not there */
export async function startSystem(world: SystemWorld, change?: unknown): Promise<StartedSystem> {
  const load = SYSTEMS[world.kit.system];
  if (load === undefined) throw new RangeError(`no system ${world.kit.system}`);
  return await (
    await load()
  )(world, change);
}
