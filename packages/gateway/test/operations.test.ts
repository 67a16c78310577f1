import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { endAll, makeFolder, startRig } from './rig.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const page = read('docs/operations.md');
const dashboard = read('deploy/grafana/yiqiao-gateways.json');

describe('What operators are given', () => {
  afterEach(endAll);

  it('has a section of the handbook for every alert, and no other', () => {
    const alerts = page.slice(page.indexOf('## Alerts'));
    const sections = [...alerts.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);
    assert.deepEqual(sections.toSorted(), rules.map(({ alert }) => alert).toSorted());
    for (const { alert, annotations } of rules)
      assert.equal(annotations.runbook_url, `docs/operations.md#${alert.toLowerCase()}`);
  });

  it('says in each section what it means, what to look at and what to do, in both languages', () => {
    for (const { alert } of rules) {
      const from = page.indexOf(`### ${alert}\n`);
      const next = page.indexOf('\n### ', from + 1);
      const section = page.slice(from, next === -1 ? undefined : next);
      assert.match(section, /\n- /, alert);
      assert.match(section, /\*\*处置\*\* \S[^]*\*\*What to do\*\* \S/, alert);
    }
  });

  it('asks for figures that a gateway tells', async () => {
    const { gateway } = await startRig({
      change: (yaml) =>
        yaml.replace(
          'journal: journal.sqlite',
          `journal: { file: journal.sqlite, backup: { folder: "${makeFolder()}" } }`,
        ),
    });
    const told = await (await fetch(`${gateway.base}/metrics`)).text();
    const known = new Set([...told.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    const asked = [...rules.map(({ expr }) => expr), dashboard].flatMap((text) =>
      [...text.matchAll(/\byiqiao_\w+/g)].map(([name]) => name.replace(/_bucket$/, '')),
    );
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter((name) => !known.has(name)),
      [],
    );
  });

  it('has a dashboard that is JSON with a title on each panel', () => {
    const { panels } = JSON.parse(dashboard) as { panels: { title: string; targets: { expr: string }[] }[] };
    assert.ok(panels.length >= 10);
    for (const { title, targets } of panels) assert.ok(title !== '' && targets.length > 0);
  });
});
