/** `yiqiao conformance list`, `explain`, `compare` and `verify`. */
import { readFileSync } from 'node:fs';
import {
  chooseEdition,
  compareRuns,
  editionIds,
  kitIds,
  presetQuestions,
  readKit,
  rulesDigest,
  shownBy,
  verifyStatement,
} from '@yiqiao/conformance';
import type { RunResults, SignedStatement } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { showMatrix } from './conformance-matrix.ts';
import { EXIT } from './report.ts';
import type { Report } from './report.ts';

/** Options of `list`. */
interface ListOptions {
  readonly rules: string;
  readonly profile?: string;
  readonly signing?: string;
  /** The matrix of the kit in place of its requirements. */
  readonly matrix?: boolean;
}

/** Lists kits and their editions, or what one requires. */
export function listKits(report: Report, id: string | undefined, options: ListOptions): number {
  const registry = createRegistry();
  const { rules } = options;
  if (id === undefined) {
    const kits = [...kitIds(), ...editionIds()].map((one) => readKit(registry, one, rules));
    const rows = kits.map((kit) => ({
      kit: kit.id,
      title: kit.title,
      profile: kit.profile,
      requirements: kit.requirements.size,
    }));
    for (const { kit, title, profile, requirements } of rows)
      report.line(
        `${kit.padEnd(32)} ${String(requirements).padStart(4)}  ${title.zh} ${title.en}  (${profile})`,
      );
    return report.finish(true, { rules, kits: rows });
  }
  const kit = readKit(registry, chooseEdition(registry, { kit: id, ...options }), rules);
  if (options.matrix === true) return showMatrix(report, kit);
  const all = [...kit.requirements.values()];
  for (const one of all)
    report.line(`${one.level.padEnd(6)} ${one.kind.padEnd(7)} ${one.id}  ${one.text.zh}`);
  const { leftOut = [] } = kit;
  for (const { transaction, because } of leftOut)
    report.line(`未测 not reached ${transaction}: ${[...new Set([because.zh, because.en])].join(' ')}`);
  const fill = presetQuestions(kit.profile);
  for (const { path, zh, en } of fill) report.line(`请填写 to fill in ${path}: ${zh} ${en}`);
  return report.finish(true, {
    kit: kit.id,
    leftOut,
    fill,
    rules: { version: rules, digest: rulesDigest(kit) },
    requirements: all,
  });
}

/** Tells everything about one requirement. */
export function explainRequirement(report: Report, id: string, { rules }: { rules: string }): number {
  const registry = createRegistry();
  for (const kitId of [...kitIds(), ...editionIds()]) {
    const kit = readKit(registry, kitId, rules);
    const found = kit.requirements.get(id);
    if (found === undefined) continue;
    const scenarios = kit.scenarios.filter((scenario) => shownBy(kit, scenario).includes(id));
    report.line(`${id}  (${kitId}, ${found.level}, ${found.kind}, ${found.confidence}, ${found.since})`);
    report.line(`${found.text.zh}\n${found.text.en}\n依据 source: ${found.source}`);
    for (const { id: name, title, needs = [] } of scenarios) {
      report.line(
        `场景 scenario ${name}: ${title.zh} ${title.en}${needs.length === 0 ? '' : `  [${needs.join(', ')}]`}`,
      );
    }
    for (const { setup = [], steps } of scenarios.slice(0, 3))
      for (const step of [...setup, ...steps]) report.line(`  ${JSON.stringify(step)}`);
    return report.finish(true, { kit: kitId, requirement: found, scenarios });
  }
  throw new Error(`没有要求 ${id} there is no requirement ${id}; yiqiao conformance list KIT`);
}

/** Compares two runs; exit code 1 when they differ. */
export function compareResults(report: Report, before: string, after: string): number {
  const [one, other] = [before, after].map((file) => JSON.parse(readFileSync(file, 'utf8')) as RunResults);
  if (one === undefined || other === undefined) return EXIT.unusable;
  const { changes, sameRules } = compareRuns(one, other);
  if (!sameRules) report.line('两次运行的测试套或规则不同 the two runs are of other kits or rules');
  for (const { requirement, before: was, after: is } of changes)
    report.line(`${requirement}: ${was} → ${is}`);
  if (changes.length === 0) report.line('结果相同 the results are the same');
  return report.finish(changes.length === 0, { sameRules, changes });
}

/** Verifies a statement; exit code 1 when the signature is not that of the key. */
export function verifySigned(report: Report, file: string, { key }: { key: string }): number {
  const signed = JSON.parse(readFileSync(file, 'utf8')) as SignedStatement;
  const statement = verifyStatement(signed, readFileSync(key, 'utf8'));
  if (statement === undefined) {
    report.line(
      '签名无效：内容被改动，或不是此密钥所签 the signature is not good: altered, or by another key',
    );
    return report.finish(false, { verified: false });
  }
  const { kit, target, rules, verdict, counts, seed, startedAt, profile, catchRate } = statement;
  report.line(`签名有效 the signature is good\n${kit} ${target} ${startedAt}  ${verdict}`);
  report.line(
    Object.entries(counts)
      .map(([status, count]) => `${status} ${count}`)
      .join(', '),
  );
  report.line(`规则 rules ${rules.version} ${rules.digest}; 方案 profile ${profile.id}; seed ${seed}`);
  if (catchRate !== undefined)
    report.line(`检出率 catch rate ${catchRate.caught}/${catchRate.faultySystems}`);
  return report.finish(true, {
    verified: true,
    kit,
    target,
    rules,
    verdict,
    counts,
    seed,
    startedAt,
    ...(catchRate !== undefined && { catchRate }),
  });
}
