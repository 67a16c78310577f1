/** What goes wrong between a counterpart and its caller, beyond the faults that the sandbox's cores know. */
import type { SandboxKeys } from '@yiqiao/sandbox';
import { leaf } from '@yiqiao/sandbox';
import { alter } from '../listen/alterations.ts';
import type { AlterationKind } from '../listen/alterations.ts';
import { editMessage, findMessage } from './edit-message.ts';
import type { MessageEdit } from './edit-message.ts';
import type { Go, OnTheWay, Pass, PassingAnswer } from './line.ts';

/**
 * After the work: `page` (an HTML page of `bytes` in place of the answer, with `status`), `empty` (nothing, HTTP 200),
 * `half` (the connection is cut in the middle of the answer), `edit` (the answer changed, and signed anew),
 * `alter` (changed as `how` says).
 * Before any work: `redirect` (HTTP 307 to another path of the same server, which would do the work).
 */
export interface StageFault extends MessageEdit {
  readonly kind: 'page' | 'empty' | 'half' | 'edit' | 'alter' | 'redirect';
  readonly how?: AlterationKind;
  readonly infno?: string;
  /** How many matching messages, 1 when absent. */
  readonly times?: number;
  readonly status?: number;
  readonly bytes?: number;
}

const KINDS: readonly string[] = [
  'page',
  'empty',
  'half',
  'edit',
  'alter',
  'redirect',
] satisfies StageFault['kind'][];

/** True for a fault of this list, false for one of the sandbox's. */
export function isStageFault(fault: { readonly kind: string }): fault is StageFault {
  return KINDS.includes(fault.kind);
}

/** The stage of one counterpart. */
export interface Stage {
  readonly pass: Pass;
  arm(fault: StageFault): void;
  disarm(): void;
}

/** Makes a stage; `keys`: what the counterpart signs with. */
export function createStage(keys: SandboxKeys | undefined): Stage {
  let armed: StageFault[] = [];
  const take = (infno: string): StageFault | undefined => {
    const fault = armed.find(({ infno: only }) => only === undefined || only === infno);
    if (fault === undefined) return undefined;
    const left = (fault.times ?? 1) - 1;
    armed = armed.flatMap((one) => (one !== fault ? [one] : left > 0 ? [{ ...fault, times: left }] : []));
    return fault;
  };
  return {
    async pass(message, go) {
      const fault = message.path === ELSEWHERE ? undefined : take(infnoOf(message));
      return fault === undefined ? await go(message) : await spoil(fault, { message, go, keys });
    },
    arm: (fault) => void armed.push(fault),
    disarm: () => void (armed = []),
  };
}

const ELSEWHERE = '/elsewhere';

async function spoil(
  fault: StageFault,
  {
    message,
    go,
    keys,
  }: { readonly message: OnTheWay; readonly go: Go; readonly keys: SandboxKeys | undefined },
): Promise<PassingAnswer | undefined> {
  if (fault.kind === 'redirect') return { status: 307, headers: { location: ELSEWHERE }, bytes: EMPTY };
  const answer = await go(message);
  if (answer === undefined) return undefined;
  switch (fault.kind) {
    case 'page':
      return { status: fault.status ?? 200, headers: HTML, bytes: pageOf(fault.bytes ?? 0) };
    case 'empty':
      return { ...answer, bytes: EMPTY };
    case 'half':
      return { ...answer, cutAfter: Math.floor(answer.bytes.length / 2) };
    case 'alter':
      return { ...answer, bytes: fault.how === undefined ? answer.bytes : alter(answer.bytes, fault.how) };
    case 'edit':
      return { ...answer, bytes: editMessage(answer.bytes, fault, { body: 'output', keys }) };
  }
}

const EMPTY = Buffer.alloc(0);
const HTML = { 'content-type': 'text/html; charset=utf-8' };

function pageOf(bytes: number): Buffer {
  return Buffer.from(
    `<!DOCTYPE html><html><body><h1>502</h1><p>${'系统繁忙 '.repeat(bytes / 13)}</p></body></html>`,
  );
}

function infnoOf({ bytes }: OnTheWay): string {
  const envelope = findMessage(bytes);
  return envelope === undefined ? '' : leaf(envelope, 'infno');
}
