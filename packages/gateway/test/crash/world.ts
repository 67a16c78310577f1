/** A cashier, the gateway in a process of its own, and the two far sides that the test directs. */
import { createCoreBooks, createHubBooks } from './books.ts';
import type { Books, CoreBooks, Message } from './books.ts';
import { createCashier } from './cashier.ts';
import type { Cashier } from './cashier.ts';
import { startFarSide } from './far-side.ts';
import type { FarSide, Fate, Phase } from './far-side.ts';
import { createGatewayProcess } from './gateway-process.ts';
import type { GatewayProcess } from './gateway-process.ts';

/** Which far side. */
export type Side = 'hub' | 'core';

/** What the test decides; it may change its mind at any time. */
export interface Direction {
  fate: (side: Side, message: Message) => Fate;
  onPhase: (side: Side, message: Message, phase: Phase) => void;
}

/** Everything under test and around it. */
export interface CrashWorld {
  readonly gateway: GatewayProcess;
  readonly hub: FarSide<Books>;
  readonly core: FarSide<CoreBooks>;
  readonly cashier: Cashier;
  readonly direction: Direction;
  close(): Promise<void>;
}

/** Builds a world; the gateway is not started yet. */
export async function createCrashWorld(): Promise<CrashWorld> {
  const direction: Direction = { fate: () => ({}), onPhase: () => undefined };
  const directorOf = (side: Side) => ({
    fate: (message: Message) => direction.fate(side, message),
    onPhase: (message: Message, phase: Phase) => direction.onPhase(side, message, phase),
  });
  const hub = await startFarSide(createHubBooks(), directorOf('hub'));
  const core = await startFarSide(createCoreBooks(), directorOf('core'));
  const gateway = createGatewayProcess({ hubUrl: hub.url, coreUrl: core.url });
  return {
    gateway,
    hub,
    core,
    direction,
    cashier: createCashier(() => gateway.url()),
    async close() {
      await gateway.remove();
      await Promise.all([hub.goDown(), core.goDown()]);
    },
  };
}
