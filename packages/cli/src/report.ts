/** How every command speaks: results on standard output, progress on standard error, one JSON object at the end. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';

/** Exit codes of the command. Documented in the README of this package. */
export const EXIT = {
  /** Done, and the answer is good. */
  ok: 0,
  /** Done, and the answer is bad: faults were found, a visit failed. */
  failed: 1,
  /** Could not be done: wrong arguments, unreadable file, port in use. */
  unusable: 2,
} as const;

/** Where a command writes. */
export interface Report {
  /** For people; not written with `--json`. */
  line(text?: string): void;
  /** Progress, on standard error. */
  progress(text: string): void;
  /** The last line with `--json`, and the exit code. */
  finish(ok: boolean, figures: Readonly<Record<string, unknown>>): number;
  /** Like `finish` for something that could not be done; tells why in either form, and of which file. */
  fail(error: unknown, file?: string): number;
}

/** The writable ends a report needs. */
export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** Creates the report of one command. */
export function createReport(options: { json: boolean; streams: Streams }): Report {
  const { out, err } = options.streams;
  const line = (text = ''): void => {
    if (!options.json) out.write(`${text}\n`);
  };
  const finish = (ok: boolean, figures: Readonly<Record<string, unknown>>): number => {
    if (options.json) out.write(`${JSON.stringify({ ok, ...figures })}\n`);
    return ok ? EXIT.ok : EXIT.failed;
  };
  return {
    line,
    progress: (text) => void err.write(`${text}\n`),
    finish,
    fail(error, file) {
      const { code, message, faults } = explain(error);
      const of = file === undefined ? {} : { file };
      err.write(`${file === undefined ? '' : `${file}: `}${message}\n`);
      for (const fault of faults) err.write(`${formatFault(fault)}\n`);
      if (options.json) out.write(`${JSON.stringify({ ok: false, ...of, code, message, faults })}\n`);
      return EXIT.unusable;
    },
  };
}

/** One fault on one or two lines, Chinese and English. */
export function formatFault(fault: Fault): string {
  const place = placeOf(fault) === '' ? '' : `${placeOf(fault)}  `;
  const found = fault.found === undefined ? '' : `  (${fault.found})`;
  return `  - ${place}${fault.message.zh}${found}\n    ${fault.message.en}`;
}

/** Where a fault is, with the name that it is about where neither place nor message tells it. */
export function placeOf({ at, field, message }: Fault): string {
  return `${at} ${message.zh}`.includes(field) ? at : `${at} ${field}`.trim();
}

function explain(error: unknown): { code: string; message: string; faults: readonly Fault[] } {
  if (error instanceof GatewayError) {
    const { cause } = error.kind;
    return {
      code: error.code,
      message: `${error.code}: ${cause.zh}\n${cause.en}`,
      faults: error.details.faults ?? [],
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'UNUSABLE', message, faults: [] };
}
