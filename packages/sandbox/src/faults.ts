/** Faults on request: what goes wrong with the next messages of a simulated server. */

/**
 * Before any work: `lose-request` (connection destroyed), `http-500`, `refuse` (infcode -1), `delay` (the work
 * is done late, after `ms`). After the work: `lose-reply` (connection destroyed), `never-answer`,
 * `wrong-signature` (by a stranger's key), `corrupt-bytes` (cut and garbled), `http-500-after-work`,
 * `duplicate-answer-of-another-request` (the bytes of an earlier answer to another message; waits until there
 * is one), `slow` (the answer trickles, one eighth every `ms`).
 */
export const FAULT_KINDS = [
  'lose-request',
  'http-500',
  'refuse',
  'delay',
  'lose-reply',
  'never-answer',
  'wrong-signature',
  'corrupt-bytes',
  'http-500-after-work',
  'duplicate-answer-of-another-request',
  'slow',
] as const;

/** Name of a fault. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault to inject. */
export interface Fault {
  readonly kind: FaultKind;
  /** Only messages of this transaction; any when absent. */
  readonly infno?: string;
  /** How many matching messages, 1 when absent. */
  readonly times?: number;
  /** Milliseconds of `delay` and `slow`; 100 when absent. */
  readonly ms?: number;
  /** Text of `refuse`. */
  readonly text?: string;
}

/** A fault that was injected. */
export interface InjectedFault {
  readonly kind: FaultKind;
  readonly infno: string;
  readonly msgid: string;
}

/** The faults of one server. */
export interface Faults {
  /** Arms a fault for the next matching message or messages. */
  next(fault: Fault): void;
  /** Disarms all. */
  clear(): void;
  /** Faults that are still armed. */
  armed(): readonly Fault[];
  /** Faults that were injected, in order. */
  injected(): readonly InjectedFault[];
  /** Takes the oldest armed fault that fits a message; for the server. */
  take(message: {
    readonly infno: string;
    readonly msgid: string;
    readonly otherAnswerKnown: boolean;
  }): Fault | undefined;
}

/** Makes an empty list of faults. */
export function createFaults(): Faults {
  let armed: Fault[] = [];
  const injected: InjectedFault[] = [];
  return {
    next(fault) {
      armed.push(fault);
    },
    clear() {
      armed = [];
    },
    armed: () => [...armed],
    injected: () => [...injected],
    take({ infno, msgid, otherAnswerKnown }) {
      const fault = armed.find(
        ({ kind, infno: only }) =>
          (only === undefined || only === infno) &&
          (kind !== 'duplicate-answer-of-another-request' || otherAnswerKnown),
      );
      if (fault === undefined) return undefined;
      const left = (fault.times ?? 1) - 1;
      armed = armed.flatMap((other) => {
        if (other !== fault) return [other];
        return left > 0 ? [{ ...fault, times: left }] : [];
      });
      injected.push({ kind: fault.kind, infno, msgid });
      return fault;
    },
  };
}

/** Reads a fault sent to the control endpoint; `undefined` when it is none. */
export function findFault(text: string): Fault | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, infno, times, ms, text: refusal } = value as Record<string, unknown>;
  const known = FAULT_KINDS.find((name) => name === kind);
  if (known === undefined) return undefined;
  return {
    kind: known,
    ...(typeof infno === 'string' && { infno }),
    ...(typeof times === 'number' && { times }),
    ...(typeof ms === 'number' && { ms }),
    ...(typeof refusal === 'string' && { text: refusal }),
  };
}
