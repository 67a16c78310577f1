/** A care place whose core keeps books in the predecessor's form, with a stay on them; national callers reach its gateway. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { FarSide } from './far-side.ts';
import { assertDone, post } from './posts.ts';
import type { Posted } from './posts.ts';
import { startPredecessorFarSide } from './predecessor-far-side.ts';
import type { PredecessorAnswer, PredecessorCall } from './predecessor-far-side.ts';
import { openWard } from './predecessor-ward.ts';
import type { Ward } from './predecessor-ward.ts';
import { makeFolder, onEnd, openFarSide, usualConfig } from './rig.ts';
import { stayMessages } from './stay-messages.ts';

/** What the core does instead of keeping its books; `undefined` keeps them. */
type Behaviour = (call: PredecessorCall) => PredecessorAnswer | undefined;

/** The place, for tests. */
export interface Place {
  readonly ward: Ward;
  readonly hub: FarSide;
  url(): string;
  /** What the core got since the last time it was asked for. */
  news(): readonly PredecessorCall[];
  behave(how: Behaviour): void;
  say(text: string): Promise<Posted>;
  restart(): Promise<void>;
}

/** What a test changes of it. */
export interface Changes {
  /** Insured place of the patient; the own one unless told otherwise. */
  readonly insured?: string;
  /** Peer that carries what another place decides. */
  readonly route?: 'hub' | 'care-place-core';
}

/** A care-place gateway that a national HIS reaches, its core that keeps books in the predecessor's form, and a hub. */
export async function openPlace({ route = 'hub' }: Changes = {}): Promise<Place> {
  const ward = openWard();
  let decide: Behaviour = () => undefined;
  const core = await startPredecessorFarSide((call) => decide(call) ?? ward.answer(call));
  onEnd(() => core.close());
  const hub = await openFarSide();
  const configFile = join(makeFolder(), 'gateway.yaml');
  const yaml = usualConfig({ core: core.url, hub: hub.url })
    .replace('  - id: care-place-core\n', '  - id: care-place-core\n    profile: predecessor-xml\n')
    .replace('peer: hub }', `peer: ${route} }`);
  writeFileSync(configFile, yaml);
  let gateway = await startGateway({ configFile });
  onEnd(() => gateway.close());
  let seen = 0;
  return {
    ward,
    hub,
    url: () => gateway.url,
    news: () => core.arrived.slice(seen, (seen = core.arrived.length)),
    behave: (how) => (decide = how),
    say: (text) => post(gateway.url, text),
    async restart() {
      await gateway.close();
      gateway = await startGateway({ configFile });
    },
  };
}

/** Visit id of the first stay on the books. */
export const VISIT = 'S0001';

/** Numbers of the transactions that the core got. */
export function numbers(calls: readonly PredecessorCall[]): string[] {
  return calls.map(({ transaction }) => transaction);
}

/** The settlement that a caller was told. */
export function settled(posted: Posted): Record<string, unknown> {
  return (assertDone(posted) as { output: { setlinfo: Record<string, unknown> } }).output.setlinfo;
}

/** A gateway with a stay that has these lines. */
export async function admitted(
  lines: Readonly<Record<string, number>> = {},
  changes: Changes = {},
): Promise<Place> {
  const place = await openPlace(changes);
  const his = stayMessages(changes.insured ?? '530100');
  const { output } = assertDone(await place.say(his.admission())) as {
    output: { result: { mdtrt_id: string } };
  };
  assert.equal(output.result.mdtrt_id, VISIT);
  if (Object.keys(lines).length > 0) assertDone(await place.say(his.fees(VISIT, lines)));
  place.news();
  return place;
}

/** The same over 150.50 in two lines, and discharged. */
export async function discharged(changes: Changes = {}): Promise<Place> {
  const place = await admitted({ '1': 100, '2': 50.5 }, changes);
  assertDone(await place.say(stayMessages(changes.insured ?? '530100').discharge(VISIT)));
  place.news();
  return place;
}
