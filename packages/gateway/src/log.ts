/**
 * The one way into the log, which rids it of persons. Nobody hands it contents on purpose: it catches what callers put
 * where it does not belong (an identity number as message id), and what errors quote.
 */
import { GatewayError, maskIdentifiers } from '@yiqiao/model';
import { pino } from 'pino';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import type { Config } from './config.ts';

/** What may be logged of anything thrown: never the far side's text, faults only by rule and place. */
function factsOfError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { cause } = error;
  const own =
    error instanceof GatewayError
      ? {
          code: error.code,
          ...error.details.facts,
          faults: error.details.faults?.map(({ rule, at }) => `${rule} ${at}`),
        }
      : { type: error.name, message: messageOf(error) };
  return { ...own, stack: framesOf(error), ...(cause !== undefined && { cause: factsOfError(cause) }) };
}

/** Message of an error, where it is one of those that quote nothing: a parser's shows what it could not read. */
export function messageOf(error: unknown): string | undefined {
  if (error instanceof GatewayError) return error.message;
  return error instanceof Error && (isOfSystem(error) || PLAIN.has(error.name)) ? error.message : undefined;
}

/** Where an error comes from, without its message. */
export function framesOf(error: Error): string | undefined {
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return frames === undefined ? undefined : [error.name, ...frames].join('\n');
}

/** The logger of a gateway; each line passes the mask, whoever writes it. */
export function createLogger(
  { logLevel, name, role }: Pick<Config, 'logLevel' | 'name' | 'role'>,
  destination: DestinationStream = pino.destination(1),
): Logger {
  const options: LoggerOptions = {
    level: logLevel,
    base: { gateway: name, role },
    serializers: { err: factsOfError, error: factsOfError },
    hooks: { streamWrite: maskIdentifiers },
  };
  return pino(options, destination);
}

const PLAIN: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError']);

/** Errors of the operating system, of TLS and of SQLite name files, sockets and states. */
function isOfSystem(error: Error): boolean {
  return (
    'syscall' in error || 'errcode' in error || ('code' in error && /^E[A-Z]+$/.test(String(error.code)))
  );
}
