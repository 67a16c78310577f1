/** How commands are added. */
import type { Command } from 'commander';
import type { Report } from './report.ts';

/** Makes an action of a command: it gets a report, and its result is the exit code. */
export type Run = <T extends unknown[]>(
  command: (report: Report, ...rest: T) => Promise<number> | number,
) => (...rest: T) => Promise<void>;

/** Adds a command below another. */
export type Add = (parent: Command, name: string, description: string) => Command;
