/** `yiqiao map explain`: field by field, where each value of a message comes from and where it goes. */
import { checkProfile, explainMessage } from '@yiqiao/insurance-platform';
import type { ExplainedField } from '@yiqiao/insurance-platform';
import type { Profile, Registry } from '@yiqiao/registry';
import { brokenIn, openProfile, registryWith } from './profile-places.ts';
import { readFile } from './read-file.ts';
import { readMessage } from './read-message.ts';
import type { ReadMessage } from './read-message.ts';
import { formatFault } from './report.ts';
import type { Report } from './report.ts';

/** Options of the command. */
export interface MapExplainOptions {
  readonly from: string;
  readonly to: string;
  readonly transaction?: string;
  readonly response?: boolean;
  /** Folder of further profiles, which come before the built-in ones. */
  readonly dir?: string;
}

/** Faults with which a profile's maps cannot even be tried; a map that lacks something still can. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['data-file', 'map-rule', 'map-word', 'map-arguments']);

/** A profile whose files can be tried. @throws GatewayError as `Registry.profile` */
function profileIn(registry: Registry, dir: string | undefined, id: string): Profile {
  if (!registry.profiles().includes(id)) return registry.profile(id);
  const faults = checkProfile(registry, id).faults.filter(({ rule }) => IN_THE_WAY.has(rule));
  if (faults.length > 0) throw brokenIn(dir, id, faults);
  return openProfile(registry, dir, id);
}

/** Exit code 1 when the message cannot be told in the target's form. Values are never shown, only their places. */
export function explainFile(report: Report, file: string, options: MapExplainOptions): number {
  const registry = registryWith(options.dir);
  const from = profileIn(registry, options.dir, options.from);
  const to = profileIn(registry, options.dir, options.to);
  const message = readMessage({ registry, profile: from, bytes: readFile(file) }, options);
  const direction = options.response === true ? 'response' : 'request';
  const { transaction, envelope } = message;
  const known = registry.definition(from.id, transaction) !== undefined;
  // A gateway maps what it put right.
  const right = known
    ? registry.check(from.id, { transaction, direction, mode: 'tolerant', body: message.body }).body
    : message.body;
  const body = bodyOf(from, { ...message, body: right });
  const told = explainMessage(registry, { from, to, transaction, direction, envelope, body });
  report.line(`${transaction} ${direction}, ${from.id} → ${to.id}: ${told.operations.join(', ')}`);
  for (const field of told.fields) report.line(`  ${lineOf(field)}`);
  for (const { profile, operation, wire, model, because } of told.unattested) {
    report.line(`  待考 / unattested, ${profile} ${operation}: ${[...wire, ...model].join(', ')}`);
    report.line(`    ${because}`);
  }
  for (const found of [...told.faults, ...told.notes]) report.line(formatFault(found));
  const figures = { transaction, direction, from: from.id, to: to.id, ...told };
  return report.finish(told.faults.length === 0, figures);
}

/** In a family of its own, header elements and business elements stand side by side. */
function bodyOf(from: Profile, { envelope, body }: ReadMessage): ReadMessage['body'] {
  return from.dialect === 'national' ? body : { ...envelope, ...body };
}

function lineOf({ operation, model, source, target }: ExplainedField): string {
  const place = model === undefined ? '（不入模型 / beside the model）' : `${operation}.${model}`;
  return `${source ?? originOf(model)} → ${place} → ${target ?? '—'}`;
}

/** Where a value comes from that no member of the body gave. */
function originOf(model: string | undefined): string {
  return model?.startsWith('header:') === true
    ? '（报文头 / envelope）'
    : '（由目标映射写入 / added by the target’s map）';
}
