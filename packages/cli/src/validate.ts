/** `yiqiao validate`: everything that is wrong or odd about a message, without sending it anywhere. */
import { readFileSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Findings, Profile, Registry } from '@yiqiao/registry';
import { readMessage } from './read-message.ts';
import type { MessageSource, ReadMessage } from './read-message.ts';
import { formatFault } from './report.ts';
import type { Report } from './report.ts';

/** Options of the command. */
export interface ValidateOptions {
  readonly profile: string;
  readonly transaction?: string;
  readonly response?: boolean;
  readonly tolerant?: boolean;
}

/** Exit code 1 when the message has faults, cannot be read, or is of no transaction that the profile has. */
export function validateFile(report: Report, file: string, options: ValidateOptions): number {
  const registry = createRegistry();
  const profile = registry.profile(options.profile);
  const direction = options.response === true ? 'response' : 'request';
  const message = read({ registry, profile, bytes: readFileSync(file) }, options);
  if ('refused' in message) return refuse(report, message.refused);
  if (registry.definition(profile.id, message.transaction) === undefined) {
    return refuse(report, new GatewayError('TRANSACTION_UNKNOWN'));
  }
  const findings = check({ registry, profile, message, direction, options });
  const deviations = [...message.deviations, ...findings.deviations];
  const title = registry.definition(profile.id, message.transaction)?.name;
  report.line(
    `${message.transaction} ${title?.zh ?? ''} ${title?.en ?? ''}, ${profile.id} ${profile.version}`,
  );
  list(report, `${findings.faults.length} 处有误 / faults`, findings.faults);
  list(report, `${deviations.length} 处与规范不同但可接受 / deviations`, deviations);
  const ok = findings.faults.length === 0;
  if (ok) report.line('可以发送 / fit to be sent');
  return report.finish(ok, {
    transaction: message.transaction,
    profile: profile.id,
    faults: findings.faults,
    deviations,
  });
}

/** A message that could be read far enough to say what is wrong with its envelope has faults, too. */
function refuse(report: Report, error: GatewayError): number {
  const faults = error.details.faults ?? [];
  const { zh, en } = error.kind.cause;
  report.line(`${error.code}: ${zh} / ${en}`);
  list(report, `${faults.length} 处有误 / faults`, faults);
  return report.finish(false, { code: error.code, faults, deviations: [] });
}

function read(
  source: MessageSource,
  options: ValidateOptions,
): ReadMessage | { readonly refused: GatewayError } {
  try {
    return readMessage(source, options);
  } catch (error) {
    if (error instanceof GatewayError && error.details.faults !== undefined) return { refused: error };
    throw error;
  }
}

function check(parts: {
  registry: Registry;
  profile: Profile;
  message: ReadMessage;
  direction: 'request' | 'response';
  options: ValidateOptions;
}): Findings {
  const { registry, profile, message, direction, options } = parts;
  const mode = options.tolerant === true ? 'tolerant' : 'strict';
  return registry.check(profile.id, { ...message, direction, mode });
}

function list(report: Report, title: string, found: readonly Fault[]): void {
  if (found.length === 0) return;
  report.line(title);
  for (const fault of found) report.line(formatFault(fault));
}
