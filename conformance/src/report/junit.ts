/** Results as JUnit XML: one case for each requirement. */
import type { RequirementResult, RunResults } from '../run/results.ts';

/** The XML text. Warnings and waived failures pass, with their reason as output. */
export function toJunit(results: RunResults): string {
  const { counts, kit, requirements, startedAt, ms } = results;
  const head =
    `<testsuite name="${escape(kit)}" tests="${requirements.length}" failures="${counts.fail}" errors="${counts.error}" ` +
    `skipped="${counts.skip}" timestamp="${startedAt.replace(' ', 'T')}" time="${(ms / 1000).toFixed(3)}">`;
  const cases = requirements.map((one) => `  ${toCase(one, kit)}`);
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...cases, '</testsuite>', ''].join('\n');
}

function toCase(result: RequirementResult, kit: string): string {
  const { id, status, findings, because } = result;
  const why = findings
    .map((finding) => `${finding.scenario}: ${finding.why.zh} ${finding.why.en}`)
    .join('\n');
  const open = `<testcase classname="${escape(kit)}" name="${escape(id)}">`;
  switch (status) {
    case 'fail':
      return `${open}<failure message="${escape(result.text.en)}">${escape(`${why}\n${result.again}`)}</failure></testcase>`;
    case 'error':
      return `${open}<error message="no verdict: the suite or its inputs are at fault">${escape(why)}</error></testcase>`;
    case 'skip':
      return `${open}<skipped message="${escape(`${because?.zh ?? ''} ${because?.en ?? ''}`)}"/></testcase>`;
    case 'warn':
    case 'waived':
      return `${open}<system-out>${escape(`${status}: ${why}`)}</system-out></testcase>`;
    case 'pass':
      return `${open}</testcase>`;
  }
}

/** Text for XML; characters that XML cannot hold are left out. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
