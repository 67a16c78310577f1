/** The joint-test report (联调测试报告) in one file of HTML that needs nothing else, for the screen and for paper. */
import type { Bilingual } from '../kits/types.ts';
import type { RequirementResult, RunResults, ScenarioResult, Status } from '../run/results.ts';

/** What a report says beside the results. */
export interface ReportFacts {
  /** Who tested and whose system it is; an office or a name the tester gives. */
  readonly tester?: string;
  readonly owner?: string;
}

const STATUS: Readonly<Record<Status, Bilingual>> = {
  pass: { zh: '通过', en: 'pass' },
  fail: { zh: '不通过', en: 'fail' },
  warn: { zh: '提示', en: 'warning' },
  skip: { zh: '未测', en: 'skipped' },
  error: { zh: '套件或输入有误', en: 'error of the suite or its inputs' },
  waived: { zh: '豁免', en: 'waived' },
};

const LEVEL: Readonly<Record<RequirementResult['level'], Bilingual>> = {
  must: { zh: '必须', en: 'must' },
  should: { zh: '应当', en: 'should' },
  may: { zh: '可以', en: 'may' },
};

/** How well attested a requirement is, by the names of the registry. */
const CONFIDENCE: Readonly<Record<string, Bilingual>> = {
  'two sources': { zh: '两处来源', en: 'two sources' },
  'one source': { zh: '一处来源', en: 'one source' },
  inferred: { zh: '推断', en: 'inferred' },
  'project design': { zh: '本项目设计', en: 'project design' },
};

const VERDICT: Readonly<Record<RunResults['verdict'], Bilingual>> = {
  pass: { zh: '通过', en: 'passed' },
  fail: { zh: '不通过', en: 'not passed' },
  error: { zh: '未能得出结论', en: 'no verdict' },
};

/** The whole document. */
export function toHtml(results: RunResults, facts: ReportFacts = {}): string {
  const { requirements } = results;
  const bad = requirements.filter(({ status }) => status !== 'pass' && status !== 'skip');
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>联调测试报告 ${escape(results.title.zh)}</title><style>${STYLE}</style></head><body>
<h1>联调测试报告<small>Joint test report</small></h1>
${factsTable(results, facts)}
<h2>一、结论 <small>Verdict</small></h2>
<p class="verdict ${results.verdict}">${both(VERDICT[results.verdict])}</p>
${results.targetGone === undefined ? '' : `<p>${both(results.targetGone)}</p>`}
<p>${both(results.profile.remark)}</p>
${counts(results)}
<h2>二、问题 <small>Findings</small></h2>
${bad.length === 0 ? '<p>无。None.</p>' : bad.map((one) => finding(one)).join('\n')}
${waivers(results)}
<h2>三、要求 <small>Requirements</small></h2>
<div class="requirements">${table(['要求 Requirement', '级别 Level', '内容 Text', '依据 Source', '可信度 Confidence', '结果 Result'], requirements.map(requirementRow))}</div>
${matrixSection(results)}
<h2>四、场景与报文 <small>Scenarios and messages</small></h2>
${table(['场景 Scenario', '交易', 'msgid', 'setl_id', '时间 Time', 'infcode', '结果 Result'], results.scenarios.flatMap(scenarioRows))}
<h2>五、缺陷与复测 <small>Defects and retests</small></h2>
${table(
  ['要求 Requirement', '责任方 Owner', '处理 Handling', '复测日期 Retested', '复测结果 Result'],
  bad.map(({ id }) => [escape(id), '', '', '', '']),
)}
<h2>六、签章 <small>Signatures and seals</small></h2>
<table class="seals"><tr><th>测试单位 Tester</th><th>被测单位 Owner of the target</th><th>医保经办机构 Agency</th></tr>
<tr><td>签字：<br><br>日期：</td><td>签字：<br><br>日期：</td><td>签字：<br><br>日期：</td></tr></table>
</body></html>
`;
}

function factsTable(
  { target, rules, seed, suite, startedAt, title, profile, catchRate }: RunResults,
  { tester = '', owner = '' }: ReportFacts,
): string {
  const rows: readonly (readonly [string, string])[] = [
    ['测试套 Kit', `${title.zh} ${title.en}`],
    ['被测系统 Target', target],
    ['被测单位 Owner', owner],
    ['测试人 Tester', tester],
    ['接口方案 Profile', profile.id],
    ['规则版本 Rules', `${rules.version}（${rules.digest.slice(0, 16)}）`],
    ['套件版本 Suite', suite],
    ['随机种子 Seed', String(seed)],
    ['开始时间 Started', startedAt],
    ['套件检出率 Catch rate', catchRateText(catchRate)],
  ];
  return `<table class="facts">${rows.map(([name, value]) => `<tr><th>${name}</th><td>${escape(value)}</td></tr>`).join('')}</table>`;
}

/** How many systems that are wrong on purpose these rules have caught. */
function catchRateText(rate: RunResults['catchRate']): string {
  if (rate === undefined) return '本规则尚未经过自检 these rules were not tried themselves';
  const { caught, faultySystems, falseFailures } = rate;
  return `${caught}/${faultySystems}，误报 false failures ${falseFailures}`;
}

function counts({ counts: all }: RunResults): string {
  const cells = (Object.entries(all) as [Status, number][]).map(
    ([status, count]) => `<td><b>${count}</b> ${both(STATUS[status])}</td>`,
  );
  return `<table class="counts"><tr>${cells.join('')}</tr></table>`;
}

function finding({ id, level, status, text, findings, again }: RequirementResult): string {
  const [first] = findings;
  const reasons = findings
    .map(
      ({ scenario, why, cause }) =>
        `<li>${escape(scenario)}：${both(why)}${cause === undefined ? '' : `<br>可能原因 likely cause：${both(cause)}`}</li>`,
    )
    .join('');
  const { sent, received } = first?.exchange ?? {};
  const messages = messageTexts(sent, received);
  return `<section><h3>${escape(id)} <span class="${status}">${both(STATUS[status])}</span> <small>${both(LEVEL[level])}</small></h3>
<p>${both(text)}</p><ul>${reasons}</ul>${messages}<p class="again">${escape(again)}</p></section>`;
}

function waivers({ waiverFaults }: RunResults): string {
  if (waiverFaults.length === 0) return '';
  const said = {
    'not-needed': '已不需要 no longer needed',
    expired: '已过期 expired',
    unknown: '要求不存在 no such requirement',
  };
  const rows = waiverFaults.map(({ requirement, owner, reason, expiry, fault }) =>
    [requirement, owner, reason, expiry, said[fault]].map(escape),
  );
  return `<h3>豁免问题 Waivers</h3>${table(['要求', '责任方', '理由', '到期', '问题'], rows)}`;
}

function requirementRow({
  id,
  level,
  text,
  source,
  confidence,
  status,
  because,
}: RequirementResult): readonly string[] {
  const why = because === undefined ? '' : `<br><small>${both(because)}</small>`;
  return [
    escape(id),
    both(LEVEL[level]),
    both(text),
    escape(source),
    both(CONFIDENCE[confidence] ?? { zh: '', en: confidence }),
    `<span class="${status}">${both(STATUS[status])}</span>${why}`,
  ];
}

/** Which combinations are required (必测) or optional (选测), with their results. */
function matrixSection({ matrix = [], requirements }: RunResults): string {
  const [first] = matrix;
  if (first === undefined) return '';
  const status = new Map(requirements.map((one) => [one.id, one.status]));
  const heads = first.values.map(({ factor }) => `${factor.zh} ${factor.en}`);
  const rows = matrix.map(({ requirement, test, values }) => {
    const result = status.get(requirement) ?? 'skip';
    return [
      both(TEST[test]),
      ...values.map(({ id, text }) => `${escape(id)} ${both(text)}`),
      `<span class="${result}">${both(STATUS[result])}</span>`,
    ];
  });
  return `<h3>测试矩阵：${both(first.role)} <small>Matrix</small></h3>
${table(['必测/选测 Test', ...heads, '结果 Result'], rows)}`;
}

const TEST: Readonly<Record<'required' | 'optional', Bilingual>> = {
  required: { zh: '必测', en: 'required' },
  optional: { zh: '选测', en: 'optional' },
};

function scenarioRows({ title, exchanges, status }: ScenarioResult): readonly (readonly string[])[] {
  if (exchanges.length === 0) return [[both(title), '', '', '', '', '', both(STATUS[status])]];
  return exchanges.map(({ infno, msgid, at, setlId = '', infcode = '', sent, received }, place) => [
    place === 0 ? both(title) : '',
    escape(infno),
    `${escape(msgid)}${messageTexts(sent, received)}`,
    ...[setlId, at, infcode].map(escape),
    place === 0 ? both(STATUS[status]) : '',
  ]);
}

/** What was sent and received, folded away; nothing when the run did not keep it. */
function messageTexts(sent: string | undefined, received = ''): string {
  if (sent === undefined) return '';
  return `<details><summary>报文（已脱敏）Messages, masked</summary><pre>→ ${escape(sent)}</pre><pre>← ${escape(received)}</pre></details>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n');
  return `<table><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>\n${body}</table>`;
}

function both({ zh, en }: Bilingual): string {
  return `${escape(zh)} <span lang="en">${escape(en)}</span>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `
body{font:14px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111}
h1{text-align:center}h1 small{display:block;font-size:1rem;font-weight:normal}h2{margin-top:2rem;border-bottom:1px solid #999}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #999;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f0f0f0}.facts th{width:12rem}.requirements td:nth-child(2),.requirements td:nth-child(5){overflow-wrap:normal;min-width:4rem}.requirements td:nth-child(6){min-width:8rem}
span[lang=en],small{color:#555;font-size:.9em}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f6f6;padding:.5rem}
.verdict{font-size:1.4rem}.pass{color:#060}.fail,.error{color:#a00}.warn,.waived{color:#850}.again{font-family:monospace}
.seals td{height:6rem}@media print{@page{margin:12mm}body{max-width:none;margin:0;font-size:8.5pt;line-height:1.3}section,tr{break-inside:avoid}details{display:block}}
`;
