/** What is fuzzed: a target makes inputs from chance and tells what came of one. */
import type { Random } from './random.ts';

/** One input, complete: what it is tried on stands in `about`, so that it can be tried again from a file. */
export interface FuzzInput {
  readonly target: string;
  /** Profile, transaction, which part: whatever the target needs beside the bytes. */
  readonly about: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** What became of an input. */
export interface Reaction {
  /** What was thrown or told that may not be: anything but a `GatewayError`, a death, HTTP 5xx. */
  readonly crash?: string;
  /** Everything that a log, an error or an answer says of it: no person may stand in it. */
  readonly said: readonly string[];
  /** Longest time for which one input kept the event loop, in milliseconds of processor time. */
  readonly busyMs: number;
}

/** A part of the product. */
export interface Target {
  readonly name: string;
  /** How many of the inputs it gets, in relation to the others. */
  readonly weight: number;
  make(random: Random): Omit<FuzzInput, 'target'>;
  react(input: FuzzInput): Reaction | Promise<Reaction>;
  close?(): Promise<void>;
}
