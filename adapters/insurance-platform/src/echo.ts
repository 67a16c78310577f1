/** An answer must speak of what was asked: the visit, the person, the fee lines. */
import { fen, formatFen } from '@yiqiao/model';
import type { CanonicalRequest, CanonicalValue, Content, Deviation } from '@yiqiao/model';

/** Canonical members that an answer repeats from its request. */
const ECHOED = ['visitId', 'personNumber', 'chargeBatch'] as const;

/** Names of members whose value in the answer is not the one that was asked about; empty when none differs. */
export function foreignMembers(request: CanonicalRequest, answer: Content): string[] {
  if (request.content.form !== 'canonical' || answer.form !== 'canonical') return [];
  const asked = request.content.body;
  const told = answer.body;
  const foreign: string[] = ECHOED.filter((name) => {
    const [question, reply] = [asked[name], told[name]];
    return typeof question === 'string' && typeof reply === 'string' && question !== reply;
  });
  const sent = new Set(lineNumbers(asked['feeLines']));
  if (lineNumbers(told['feeLines']).some((line) => !sent.has(line))) foreign.push('feeLines');
  return foreign;
}

function lineNumbers(lines: CanonicalValue | undefined): string[] {
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line: CanonicalValue) =>
    typeof line === 'object' && 'feeLineNumber' in line && typeof line.feeLineNumber === 'string'
      ? [line.feeLineNumber]
      : [],
  );
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
