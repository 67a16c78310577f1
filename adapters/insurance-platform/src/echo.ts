/** An answer must speak of what was asked: the visit, the person, the fee lines. */
import type { CanonicalRequest, CanonicalValue, Content } from '@yiqiao/model';

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
