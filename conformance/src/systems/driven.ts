/** What the clients of ours have in common that are systems under test: an institution, a bent line, a driver. */
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { createClient, describeError } from '@yiqiao/sdk';
import type { Client, ClientSettings } from '@yiqiao/sdk';
import { openLine } from '../counterparts/line.ts';
import { named } from '../faulty/by-name.ts';
import { CLIENT_BEHAVIOURS } from '../faulty/clients/behaviours.ts';
import type { Template } from '../kits/types.ts';
import { createProgramCashier } from '../listen/program-cashier.ts';
import type { CashierChange, Driver } from '../listen/program-cashier.ts';
import type { Inputs } from '../run/inputs.ts';
import { bendLine } from './bent-line.ts';
import type { LineChange, Signers } from './bent-line.ts';
import type { StartedSystem, SystemWorld } from './system.ts';

/** What makes a client faulty. */
export interface ClientChange extends LineChange, CashierChange {
  /** The client believes every answer: it has no key of the platform. */
  readonly believes?: true;
}

/** A client that is driven. */
export interface Driven {
  readonly driver: Driver;
  close(): Promise<void>;
}

/** How a client is opened. */
export interface DrivenOptions {
  readonly open: (to: string) => Driven;
  /** What is wrong with it; nothing when absent. */
  readonly change: ClientChange | undefined;
  readonly signers?: Signers;
  /** Of the system's inputs, what is the client's alone. */
  readonly inputs?: Partial<Inputs>;
}

/** Starts a client of ours before the counterpart `platform`, over a line. @throws RangeError for a behaviour that is not there */
export async function startDriven(
  { counterparts }: SystemWorld,
  { open, change = {}, signers = {}, inputs = {} }: DrivenOptions,
): Promise<StartedSystem> {
  const platform = counterparts.of['platform'];
  if (platform === undefined) throw new Error('the kit has no counterpart platform');
  const { does, about = [] } = change;
  const act = does === undefined ? undefined : named(CLIENT_BEHAVIOURS, does)(about);
  const line = await openLine({ to: () => platform.url, pass: bendLine(change, { ...signers, act }) });
  const { driver, close } = open(line.url);
  return {
    url: line.url,
    cashier: createProgramCashier(driver, change),
    // Everything that a deed sends was sent when it ends.
    inputs: { listening: { waitMs: 1 }, ...inputs },
    async stop() {
      await close();
      await line.stop();
    },
  };
}

/** Who stands at the till: institution, six-digit region of care, operator. */
export interface Station {
  readonly institution: { readonly code: string; readonly name: string };
  readonly careRegion: string;
  readonly operator: { readonly type: string; readonly id: string; readonly name: string };
}

/** The station of the inputs. */
export function stationOf(values: Readonly<Record<string, Template>>): Station {
  const {
    institution,
    operator,
    mdtrtarea_admvs: careRegion,
  } = values as {
    readonly institution: Station['institution'];
    readonly operator: { readonly number: string; readonly name: string };
    readonly mdtrtarea_admvs: string;
  };
  return { institution, careRegion, operator: { type: '1', id: operator.number, name: operator.name } };
}

/** A client of the SDK that speaks to a platform. */
export function openClient(
  to: string,
  {
    station,
    clock,
    more = {},
  }: { readonly station: Station; readonly clock: Clock; readonly more?: Partial<ClientSettings> },
): Client {
  const { institution, careRegion, operator } = station;
  return createClient({
    to,
    as: { institution, careRegion, operator },
    farSide: 'platform',
    signIn: { macAddress: '00-00-00-00-00-01', ipAddress: '127.0.0.1' },
    timeoutMs: 10_000,
    // The clock of the suite stands still: a message that a platform does not know never arrived.
    inFlightMs: 0,
    clock,
    ...more,
  });
}

/** Whether nobody knows what came of it; not so where nothing went wrong. */
export function isUnknown(error: unknown): boolean {
  return error !== undefined && describeError(error).mayHaveActed === 'unknown';
}

/** What the screen has to say of an error: the platform's own words where it spoke. */
export function wordsOf(error: unknown): string {
  return error instanceof GatewayError ? (error.details.upstream?.text ?? '') : '';
}
