/** The servers that the suite plays while a kit runs: cores of the sandbox that keep what they hear. */
import { EventEmitter, once } from 'node:events';
import type { Clock } from '@yiqiao/model';
import { leaf, parseMessage, startCarePlaceCore, startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { Bend, Fault, RunningCore, SandboxSigning } from '@yiqiao/sandbox';
import type { CounterpartPlan, Kit } from '../kits/types.ts';

/** One message that came, and what was answered; no answer when it was not understood, or lost on purpose. */
export interface Heard {
  readonly infno: string;
  readonly msgid: string;
  readonly bytes: Buffer;
  readonly answer: Buffer | undefined;
}

/** A server of the suite. */
export interface Counterpart {
  readonly url: string;
  /** Everything heard since it was opened. */
  readonly heard: readonly Heard[];
  /** Waits until something more is heard, no longer than `ms`. */
  more(ms: number): Promise<void>;
  /** Arms a fault of the sandbox for messages to come. */
  arm(fault: Fault): void;
  /** Takes away faults that nothing has met. */
  disarm(): void;
}

/** All of a run. */
export interface Counterparts {
  readonly of: Readonly<Record<string, Counterpart>>;
  close(): Promise<void>;
}

/** How they are opened. */
export interface CounterpartOptions {
  readonly clock: Clock;
  /** TCP ports by name; free ones when absent. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly signing?: SandboxSigning;
}

/** Opens the counterparts of a kit. */
export async function openCounterparts(
  { counterparts }: Kit,
  { clock, ports = {}, signing }: CounterpartOptions,
): Promise<Counterparts> {
  const opened: [string, Played][] = [];
  for (const [name, plan] of Object.entries(counterparts)) {
    const port = ports[name];
    const options = {
      clock,
      ...(port !== undefined && { port }),
      ...(signing !== undefined && { signing }),
    };
    opened.push([name, await play(plan, options)]);
  }
  return {
    of: Object.fromEntries(opened.map(([name, { counterpart }]) => [name, counterpart])),
    async close() {
      for (const [, { core }] of opened) await core.stop();
    },
  };
}

interface Played {
  readonly core: RunningCore;
  readonly counterpart: Counterpart;
}

async function play(
  { plays, region }: CounterpartPlan,
  options: { readonly clock: Clock; readonly port?: number; readonly signing?: SandboxSigning },
): Promise<Played> {
  const heard: Heard[] = [];
  const bell = new EventEmitter();
  const start = plays === 'care-place' ? startCarePlaceCore : startInsuredPlaceCore;
  const core = await start({ region, ...options, bend: keeping(heard, bell) });
  const counterpart: Counterpart = {
    url: core.url,
    heard,
    async more(ms) {
      const signal = AbortSignal.timeout(ms);
      await once(bell, 'heard', { signal }).catch(() => undefined);
    },
    arm: (fault) => core.faults.next(fault),
    disarm: () => core.faults.clear(),
  };
  return { core, counterpart };
}

/** Every message passes here before it is read, every answer before it leaves. */
function keeping(heard: Heard[], bell: EventEmitter): Bend {
  return {
    hears(bytes) {
      heard.push({ ...namesOf(bytes), bytes, answer: undefined });
      bell.emit('heard');
      return bytes;
    },
    spoil(bytes, { msgid }) {
      const at = heard.findLastIndex((one) => one.msgid === msgid && one.answer === undefined);
      const found = heard[at];
      if (found !== undefined) heard[at] = { ...found, answer: bytes };
      return bytes;
    },
  };
}

function namesOf(bytes: Buffer): Pick<Heard, 'infno' | 'msgid'> {
  try {
    const envelope = parseMessage(bytes.toString('utf8'));
    return { infno: leaf(envelope, 'infno'), msgid: leaf(envelope, 'msgid') };
  } catch {
    return { infno: '', msgid: '' };
  }
}
