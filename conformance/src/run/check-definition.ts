/** Checks against the definition of a transaction, each reckoned twice: by the product and by the suite itself. */
import type { Registry } from '@yiqiao/registry';
import { describeRelation, holdsRelation } from '../kits/identities.ts';
import { fail, PASS } from './check-matter.ts';
import type { CheckMatter, CheckResult, Of } from './check-matter.ts';
import { children, isNode, textOf } from './own-reading.ts';
import type { OwnObject, OwnValue } from './own-reading.ts';
import type { Answer } from './read-answer.ts';

/** What the definition requires is there, and of its form. */
export function checkComplete(
  _expected: Of<'complete'>,
  { registry, profile, exchange }: CheckMatter,
  answer: Answer,
): CheckResult {
  const { infno: transaction } = exchange;
  const { faults } = registry.check(profile, {
    transaction,
    direction: 'response',
    mode: 'strict',
    body: answer.body,
  });
  const ownMissing = missingByOwn(registry, { profile, transaction, output: answer.output });
  const productMissing = faults.some(({ rule }) => rule === 'required');
  if (ownMissing.length > 0 && !productMissing) {
    const places = ownMissing.join(', ');
    return {
      outcome: 'error',
      why: { zh: `校验器未发现缺失的 ${places}`, en: `the validator missed that ${places} is absent` },
    };
  }
  const [first] = faults;
  if (first === undefined) return PASS;
  const more = faults.length - 1;
  return fail(
    `${first.at}：${first.message.zh}${more > 0 ? `（另有 ${more} 处）` : ''}`,
    `${first.at}: ${first.message.en}${more > 0 ? ` (and ${more} more)` : ''}`,
  );
}

/** Required members that are blank in a node that is there. */
function missingByOwn(
  registry: Registry,
  {
    profile,
    transaction,
    output,
  }: { readonly profile: string; readonly transaction: string; readonly output: OwnObject },
): readonly string[] {
  const nodes = registry.definition(profile, transaction)?.response ?? [];
  return nodes
    .filter(({ node, parent }) => node !== '' && parent === undefined)
    .flatMap(({ node, fields }) =>
      children(output, node).flatMap((row) =>
        fields
          .filter(({ name, required }) => required && isBlank(row[name]))
          .map(({ name }) => `${node}.${name}`),
      ),
    );
}

function isBlank(value: OwnValue | undefined): boolean {
  return !isNode(value) && !Array.isArray(value) && textOf(value) === '';
}

/** An identity of schemas/national/identities.json holds. */
export function checkIdentity(
  { identity }: Of<'identity'>,
  matter: CheckMatter,
  answer: Answer,
): CheckResult {
  const { registry, profile, exchange } = matter;
  const { faults, deviations } = registry.checkIdentities(
    profile,
    exchange.infno,
    'response',
    answer.body,
    '/output',
  );
  const broken = [...faults, ...deviations].find(({ message }) =>
    message.en.startsWith(`Identity ${identity} `),
  );
  const holds = holdsRelation(identity, answer.output);
  if (holds && broken === undefined) return PASS;
  if (!holds && broken !== undefined) return { outcome: 'fail', why: broken.message };
  // Values that are no amounts are left out by one reckoning and count as nothing in the other; `complete` names them.
  const formula = describeRelation(identity)?.formula ?? identity;
  if (!holds) return fail(`金额不满足 ${formula}`, `the amounts do not satisfy ${formula}`);
  return {
    outcome: 'error',
    why: { zh: `两种算法对 ${formula} 的结论不一致`, en: `two reckonings of ${formula} disagree` },
  };
}
