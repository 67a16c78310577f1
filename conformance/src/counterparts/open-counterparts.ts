/** The servers that the suite plays while a kit runs: cores of the sandbox that keep what they hear. */
import { EventEmitter, once } from 'node:events';
import { formatTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import {
  leaf,
  parseMessage,
  startCarePlaceCore,
  startInsuredPlaceCore,
  startProvinceCore,
} from '@yiqiao/sandbox';
import type { CoreOptions, Fault, Ledger, RunningCore, SandboxKeys } from '@yiqiao/sandbox';
import type { CounterpartPlan, Kit } from '../kits/types.ts';
import { openLine } from './line.ts';
import type { Line, Pass, PassingAnswer } from './line.ts';
import { createStage, isStageFault } from './stage.ts';
import type { StageFault } from './stage.ts';

/** One message that came, and what was answered; no answer when it was not understood, or lost on purpose. */
export interface Heard {
  /** `yyyy-MM-dd HH:mm:ss` by the suite's clock. */
  readonly at: string;
  readonly infno: string;
  readonly msgid: string;
  readonly bytes: Buffer;
  readonly answer: Buffer | undefined;
  /** HTTP status of the answer. */
  readonly status?: number;
}

/** A server of the suite. */
export interface Counterpart {
  readonly url: string;
  /** Everything heard since it was opened. */
  readonly heard: readonly Heard[];
  /** Waits until something more is heard, no longer than `ms`. */
  more(ms: number): Promise<void>;
  /** What it has settled. */
  readonly ledger: Pick<Ledger, 'rows'>;
  /** Arms a fault for messages to come. */
  arm(fault: Fault | StageFault): void;
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
  /** Address on which they listen; 127.0.0.1 when absent. */
  readonly host?: string;
  /** What counterparts sign with whose plan says so. */
  readonly signing?: SandboxKeys;
}

/** Opens the counterparts of a kit. */
export async function openCounterparts(
  { counterparts }: Kit,
  { clock, ports = {}, host, signing }: CounterpartOptions,
): Promise<Counterparts> {
  const opened: [string, Played][] = [];
  for (const [name, plan] of Object.entries(counterparts)) {
    const port = ports[name];
    const keys = plan.signs === true ? signing : undefined;
    try {
      opened.push([name, await play(plan, { clock, host, port, keys })]);
    } catch (cause) {
      await close(opened);
      throw new Error(cannotListen(name, port), { cause });
    }
  }
  return {
    of: Object.fromEntries(opened.map(([name, { counterpart }]) => [name, counterpart])),
    close: () => close(opened),
  };
}

async function close(opened: readonly (readonly [string, Played])[]): Promise<void> {
  for (const [, { line, core }] of opened) {
    await line.stop();
    await core.stop();
  }
}

function cannotListen(name: string, port = 0): string {
  return `无法在端口 ${port} 上扮演 ${name}，端口可能已被占用，请在 inputs 的 ports 中另选 / cannot play ${name} on port ${port}, which may be in use; choose another one in \`ports\` of the inputs`;
}

interface Played {
  readonly line: Line;
  readonly core: RunningCore;
  readonly counterpart: Counterpart;
}

async function play(
  { plays, region, insuredRegion }: CounterpartPlan,
  {
    clock,
    host,
    port,
    keys,
  }: {
    readonly clock: Clock;
    readonly host: string | undefined;
    readonly port: number | undefined;
    readonly keys: SandboxKeys | undefined;
  },
): Promise<Played> {
  const heard: Heard[] = [];
  const bell = new EventEmitter();
  // What came is judged from its bytes: the core itself believes every signature.
  const signing =
    keys === undefined ? {} : { signing: { privateKey: keys.privateKey, publicKey: keys.publicKey } };
  const core = await CORES[plays]({
    region,
    ...(insuredRegion !== undefined && { insuredRegion }),
    clock,
    ...signing,
  });
  const stage = createStage(keys);
  const line = await openLine({
    to: () => core.url,
    pass: keeping(stage.pass, { heard, bell, clock }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
  }).catch(async (cause: unknown) => {
    await core.stop();
    throw cause;
  });
  const counterpart: Counterpart = {
    url: line.url,
    heard,
    ledger: core.ledger,
    async more(ms) {
      const signal = AbortSignal.timeout(Math.max(1, Math.ceil(ms)));
      await once(bell, 'heard', { signal }).catch(() => undefined);
    },
    arm: (fault) => (isStageFault(fault) ? stage.arm(fault) : core.faults.next(fault)),
    disarm() {
      stage.disarm();
      core.faults.clear();
    },
  };
  return { line, core, counterpart };
}

const CORES: Readonly<Record<CounterpartPlan['plays'], (options: CoreOptions) => Promise<RunningCore>>> = {
  'care-place': startCarePlaceCore,
  'insured-place': startInsuredPlaceCore,
  province: startProvinceCore,
};

/** Keeps every message as it comes, and the answer that leaves. */
function keeping(
  pass: Pass,
  { heard, bell, clock }: { readonly heard: Heard[]; readonly bell: EventEmitter; readonly clock: Clock },
): Pass {
  return async (message, go) => {
    const { bytes } = message;
    const came = formatTime(clock.now());
    const at = heard.push({ ...namesOf(bytes), at: came, bytes, answer: undefined }) - 1;
    bell.emit('heard');
    const answer = await pass(message, go);
    const found = heard[at];
    if (found !== undefined && isWhole(answer))
      heard[at] = { ...found, answer: answer.bytes, status: answer.status };
    bell.emit('heard');
    return answer;
  };
}

function isWhole(answer: Awaited<ReturnType<Pass>>): answer is PassingAnswer {
  return answer !== undefined && answer !== 'silence' && answer.cutAfter === undefined;
}

function namesOf(bytes: Buffer): Pick<Heard, 'infno' | 'msgid'> {
  try {
    const envelope = parseMessage(bytes.toString('utf8'));
    return { infno: leaf(envelope, 'infno'), msgid: leaf(envelope, 'msgid') };
  } catch {
    return { infno: '', msgid: '' };
  }
}
