/** The reaction of code that runs in this process. */
import { GatewayError } from '@yiqiao/model';
import type { Reaction } from './target.ts';

/** Processor time of this thread: a machine that is busy with other things makes nothing slow. */
function busyMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** Runs one turn of the event loop's work; without any, the whole is one turn. */
export type Turn = <T>(work: () => T) => T;

/**
 * Runs something and tells what it did. What it returns is what the product would show of it; a `GatewayError` is
 * shown without the far side's own words, which only the caller hears.
 */
export async function reactionOf(
  work: (turn: Turn) => readonly string[] | Promise<readonly string[]>,
): Promise<Reaction> {
  let longest: number | undefined;
  const turn: Turn = (part) => {
    const before = busyMicros();
    try {
      return part();
    } finally {
      longest = Math.max(longest ?? 0, busyMicros() - before);
    }
  };
  const before = busyMicros();
  const busyMs = (): number => (longest ?? busyMicros() - before) / 1_000;
  try {
    const said = await work(turn);
    return { said, busyMs: busyMs() };
  } catch (error) {
    if (error instanceof GatewayError) return { said: [shownOf(error)], busyMs: busyMs() };
    const crash = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { crash, said: [], busyMs: busyMs() };
  }
}

/** A refusal as the caller and the log have it, and the causes that a log would show. */
function shownOf(error: GatewayError): string {
  const { upstream: _, ...details } = error.details;
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return `${error.message}\n${JSON.stringify(details)}\n${cause}`;
}

/** Runs something of which only a `GatewayError` is expected; returns what that says. */
export function refusalTold(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof GatewayError) return [shownOf(error)];
    throw error;
  }
}
