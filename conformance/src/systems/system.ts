/** What a kit is tried on in the test of the suite: a sound system, and the same with one change. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { SandboxKeys } from '@yiqiao/sandbox';
import type { Counterparts } from '../counterparts/open-counterparts.ts';
import type { Kit } from '../kits/types.ts';
import type { Cashier } from '../listen/cashier.ts';
import type { Inputs } from '../run/inputs.ts';

/** What a system is started with. */
export interface SystemWorld {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly kit: Kit;
  /** The inputs of the kit's preset. */
  readonly inputs: Inputs;
  /** The servers that the suite plays; they are open before the system starts. */
  readonly counterparts: Counterparts;
  /** Keys of the suite; a kit about signatures has the system sign and verify. */
  readonly suiteKeys: SandboxKeys;
}

/** A running system. */
export interface StartedSystem {
  readonly url: string;
  /** What a tester would write into the inputs after looking at the system: keys, second targets, abilities. */
  readonly inputs?: Partial<Inputs>;
  /** Drives it, when it is a client. */
  readonly cashier?: Cashier;
  /** Ends it and starts it anew at the same address with what it keeps. */
  readonly restart?: () => Promise<void>;
  stop(): Promise<void>;
}

/** Starts a sound system, or one with the change of a faulty system. @throws RangeError for a change it does not know */
export type StartSystem = (world: SystemWorld, change: unknown) => Promise<StartedSystem>;
