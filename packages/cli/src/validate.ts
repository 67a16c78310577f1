/** `yiqiao validate`: everything that is wrong or odd about a message, without sending it anywhere. */
import { GatewayError } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';
import type { Profile, Registry, ValidationMode } from '@yiqiao/registry';
import { openProfile, registryWith } from './profile-places.ts';
import { readFile } from './read-file.ts';
import { readMessage } from './read-message.ts';
import type { MessageSource, MessageTold, ReadMessage } from './read-message.ts';
import { formatFault, placeOf } from './report.ts';
import type { Report } from './report.ts';

/** Options of the command. */
export interface ValidateOptions extends MessageTold {
  readonly profile: string;
  /** Folder of further profiles, which come before the built-in ones. */
  readonly dir?: string;
  /** `strict`, `tolerant`: in place of what the profile implies. */
  readonly strict?: boolean;
  readonly tolerant?: boolean;
}

/** Exit code 1 when the message has faults, cannot be read, or is of no transaction that the profile has. */
export function validateFile(report: Report, file: string, options: ValidateOptions): number {
  try {
    return validate(report, file, options);
  } catch (error) {
    return report.fail(error, file);
  }
}

function validate(report: Report, file: string, options: ValidateOptions): number {
  const registry = registryWith(options.dir);
  const open = (id: string): Profile => openProfile(registry, options.dir, id);
  const others = registry.otherForms(open(options.profile).id);
  const { transaction: told = '' } = options;
  const profile = open((Object.hasOwn(others, told) ? others[told] : undefined) ?? options.profile);
  const subject = { file, profile: profile.id, mode: modeOf(profile, options) };
  const message = read({ registry, profile, bytes: readFile(file) }, options);
  if ('refused' in message) {
    for (const [number, form] of Object.entries(others)) report.line(otherForm(number, form));
    return refuse(report, subject, betterTold(message.refused, registry, profile));
  }
  const { transaction } = message;
  const definition = registry.definition(profile.id, transaction);
  if (definition === undefined) {
    return refuse(report, { ...subject, transaction }, registry.unknownTransaction(profile.id, transaction));
  }
  const direction = options.response === true ? 'response' : 'request';
  const { mode } = subject;
  const found = registry.check(profile.id, { ...message, direction, mode });
  const faults = [...message.faults, ...found.faults];
  const deviations = [...message.deviations, ...found.deviations];
  const { zh, en } = definition.name;
  report.line(`${file}: ${transaction} ${zh} ${en}, ${profile.id} ${profile.version}, ${MODES[mode]}`);
  if (faults.length > 0) report.line(`${faults.length} 处有误 / faults`);
  for (const fault of faults) report.line(formatFault(fault));
  if (deviations.length > 0) report.line(`${deviations.length} 处与规范不同但可接受 / deviations`);
  for (const deviation of deviations) report.line(formatDeviation(deviation));
  const ok = faults.length === 0;
  const refused = message.success === false;
  if (refused) report.line('应答为拒绝，正文不核对 / a refusal: its body is not looked at');
  if (ok) report.line('可以发送 / fit to be sent');
  return report.finish(ok, { ...subject, transaction, ...(refused && { refused }), faults, deviations });
}

const MODES = { strict: '严格 / strict', tolerant: '宽容 / tolerant' } as const;

/** A region's profile is there to take what the region sends; the baseline tells what ought to be sent. */
function modeOf({ id }: Profile, { strict, tolerant }: ValidateOptions): ValidationMode {
  if (strict === true) return 'strict';
  return tolerant === true || id !== 'national' ? 'tolerant' : 'strict';
}

/** A message that could be read far enough to say what is wrong with its envelope has faults, too. */
function refuse(
  report: Report,
  subject: { readonly file: string; readonly transaction?: string },
  error: GatewayError,
): number {
  const faults = error.details.faults ?? [];
  const { zh, en } = error.kind.cause;
  const { file, transaction } = subject;
  report.line(`${file}: ${transaction === undefined ? '' : `${transaction} `}${error.code}: ${zh} / ${en}`);
  if (faults.length > 0) report.line(`${faults.length} 处有误 / faults`);
  for (const fault of faults) report.line(formatFault(fault));
  return report.finish(false, { ...subject, code: error.code, faults, deviations: [] });
}

function otherForm(number: string, form: string): string {
  return `交易 ${number} 在此另有形式：--transaction ${number} 按 ${form} 读取 / has a form of its own here: read as ${form}`;
}

/** A codec knows the number alone; the registry knows which others there are. */
function betterTold(error: GatewayError, registry: Registry, profile: Profile): GatewayError {
  const { transaction } = error.details.facts ?? {};
  return error.code === 'TRANSACTION_UNKNOWN' && typeof transaction === 'string'
    ? registry.unknownTransaction(profile.id, transaction)
    : error;
}

function read(source: MessageSource, told: MessageTold): ReadMessage | { readonly refused: GatewayError } {
  try {
    return readMessage(source, told);
  } catch (error) {
    if (error instanceof GatewayError && isOfMessage(error)) return { refused: error };
    throw error;
  }
}

function isOfMessage({ kind, details }: GatewayError): boolean {
  return kind.origin === 'caller' || details.faults !== undefined;
}

/** What was tolerated: by which rule, where, and what was made of it. */
function formatDeviation(deviation: Deviation): string {
  const { rule, found, message } = deviation;
  const place = placeOf(deviation);
  const came = found === undefined ? '' : `  (${found})`;
  return `  - ${rule}${place === '' ? '' : `  ${place}`}  ${message.zh}${came}\n    ${message.en}`;
}
