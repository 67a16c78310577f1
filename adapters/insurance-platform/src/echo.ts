/** An answer must speak of what was asked: the visit, the person, the fee lines. */
import { fen, formatFen } from '@yiqiao/model';
import type { CanonicalObject, CanonicalRequest, CanonicalValue, Content, Deviation } from '@yiqiao/model';

/**
 * Names of members whose value in the answer is not the one that was asked about; empty when none differs.
 * @param echoes what an answer of the operation repeats, as its entry has it
 */
export function foreignMembers(
  request: CanonicalRequest,
  answer: Content,
  echoes: readonly string[] = [],
): string[] {
  if (request.content.form !== 'canonical' || answer.form !== 'canonical') return [];
  const asked = request.content.body;
  const told = answer.body;
  return echoes.filter((echo) => {
    const [name = '', member] = echo.split('.');
    if (member === undefined) return differs(asked[name], told[name]);
    const sent = new Set(leavesOf(asked[name], member));
    return leavesOf(told[name], member).some((leaf) => !sent.has(leaf));
  });
}

function differs(question: CanonicalValue | undefined, reply: CanonicalValue | undefined): boolean {
  return typeof question === 'string' && typeof reply === 'string' && question !== reply;
}

/** A member of each line of a list, as far as it is text. */
function leavesOf(lines: CanonicalValue | undefined, member: string): string[] {
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line: CanonicalValue) => {
    const leaf =
      typeof line === 'object' && !Array.isArray(line) ? (line as CanonicalObject)[member] : undefined;
    return typeof leaf === 'string' ? [leaf] : [];
  });
}

/**
 * A settlement over another total than was asked for: delivered, since the far side has done it, and flagged.
 * Empty when the totals agree or one side does not tell it.
 */
export function differingTotal(request: CanonicalRequest, answer: Content): Deviation[] {
  if (request.content.form !== 'canonical' || answer.form !== 'canonical') return [];
  const [asked, told] = [request.content.body['total'], answer.body['total']];
  if (typeof asked !== 'bigint' || typeof told !== 'bigint' || asked === told) return [];
  const difference = formatFen(fen(told - asked));
  return [
    {
      rule: 'total-differs',
      at: '/output',
      field: 'medfee_sumamt',
      label: { zh: '医疗费总额', en: 'total medical fee' },
      found: formatFen(fen(told)),
      message: {
        zh: `应答的总额与请求的 ${formatFen(fen(asked))} 相差 ${difference}，请人工核对。`,
        en: `The answer's total differs from the ${formatFen(fen(asked))} asked for by ${difference}; have a person check it.`,
      },
    },
  ];
}
