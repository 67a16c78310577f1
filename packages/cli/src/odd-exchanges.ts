/** `yiqiao exchanges`: answers that were delivered although something about them is odd, and who has looked at them. */
import { askAdmin, tellRefusal } from './admin-client.ts';
import type { AdminOptions } from './admin-client.ts';
import type { Report } from './report.ts';

interface Text {
  readonly zh: string;
  readonly en: string;
}

interface Place {
  readonly rule: string;
  readonly at: string;
}

/** What the line of an exchange tells of odd answers. */
export interface OddLine {
  readonly id: number;
  readonly state: string;
  readonly transaction: string;
  readonly messageId: string;
  readonly region?: string;
  readonly odd?: { readonly waitingSince?: string; readonly places: readonly Place[] };
}

/** What one exchange tells of them. */
export interface OddDetail {
  readonly odd?: OddLine['odd'];
  readonly oddities?: readonly {
    readonly leg?: number;
    readonly peer?: string;
    readonly found: readonly (Place & {
      readonly label?: Text;
      readonly field?: string;
      readonly found?: string;
      readonly message?: Text;
    })[];
    readonly more?: number;
    readonly furtherOn?: readonly Place[];
  }[];
  readonly looks?: readonly { readonly reason: string; readonly operator: string; readonly at: string }[];
}

/** What a person found. */
export interface LookedOptions extends AdminOptions {
  readonly reason: string;
  /** Only with the one token of the old form; other tokens say who it is. */
  readonly operator?: string;
}

/** Places shown in a line; `show` has them all. */
const PLACES_IN_LINE = 3;

/** The section of a list. */
export function tellOddList(report: Report, exchanges: readonly OddLine[], next?: number): void {
  report.line('应答存疑 odd answers');
  for (const { id, region = '–', transaction, messageId, state, odd } of exchanges) {
    const { places = [], waitingSince } = odd ?? {};
    const more = places.length - PLACES_IN_LINE;
    const shown = places.slice(0, PLACES_IN_LINE).map(placeText).join(', ');
    const since = waitingSince === undefined ? '已查看 looked at' : `自 since ${waitingSince}`;
    const rest = more > 0 ? ` +${more}` : '';
    report.line(`#${id}  ${region}  ${transaction}  ${messageId}  ${state}  ${since}  ${shown}${rest}`);
  }
  if (next !== undefined) report.line(`更多 more: --odd waiting --before ${next}`);
}

/** What is odd about one exchange, with formula, operands and difference, and who has looked at it. */
export function tellOddities(report: Report, { odd, oddities = [], looks = [] }: OddDetail): void {
  if (odd?.waitingSince !== undefined)
    report.line(`  应答存疑，待查看 odd, nobody has looked since ${odd.waitingSince}`);
  for (const { leg, peer, found, more, furtherOn = [] } of oddities) {
    const whose = leg === undefined ? '写给请求方时 when the caller was written to' : `${leg}. ← ${peer}`;
    for (const { label, found: value, message, ...place } of found) {
      const name = label === undefined ? '' : `  ${label.zh} ${label.en}`;
      report.line(`  ${whose}  ${placeText(place)}${name}${value === undefined ? '' : ` = ${value}`}`);
      if (message !== undefined) report.line(`     ${message.zh}\n     ${message.en}`);
    }
    if (more !== undefined) report.line(`  ${whose}  另有 and ${more} more`);
    for (const place of furtherOn)
      report.line(`  ${whose}  下游已列出 listed further on: ${placeText(place)}`);
  }
  for (const { operator, at, reason } of looks)
    report.line(`  已查看 looked at by ${operator}, ${at}: ${reason}`);
}

/** Puts on record that a person has looked at odd answers, and what they found; outcomes stay as they are. */
export async function lookAtExchanges(
  report: Report,
  ids: readonly string[],
  options: LookedOptions,
): Promise<number> {
  const { reason, operator } = options;
  const exchanges: unknown[] = [];
  for (const id of ids) {
    const path = `/admin/exchanges/${encodeURIComponent(id)}/looked`;
    const answer = await askAdmin(options, { role: 'operator', path, body: { reason, operator } });
    if (!answer.ok) {
      report.line(`#${id}`);
      return tellRefusal(report, answer);
    }
    exchanges.push(answer.body);
    report.line(`#${id}`);
    tellOddities(report, answer.body as OddDetail);
  }
  return report.finish(true, { exchanges });
}

function placeText({ rule, at }: Place): string {
  return `${rule} ${at}`;
}
