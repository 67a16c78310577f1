/** The matrix of a kit (必测/选测): combinations of factor values, each one requirement with the scenario that shows it. */
import type { Confidence } from '@yiqiao/registry';
import type { PairSpace } from './pairwise.ts';
import type { Bilingual, Requirement, Scenario, SendStep, Step } from './types.ts';

/** One value of a factor and what it changes. */
export interface MatrixValue {
  readonly id: string;
  readonly text: Bilingual;
  /** 选测: what has this value is not asked of everybody. */
  readonly optional?: true;
  /** How well it is attested that it must work; `two sources` when absent. */
  readonly confidence?: Confidence;
  /** The trial may be refused; when it is accepted, everything else counts. */
  readonly mayRefuse?: true;
  readonly needs?: readonly string[];
  /** Members of the messages of these transactions. */
  readonly set?: readonly {
    readonly of: readonly string[];
    readonly members: NonNullable<SendStep['set']>;
  }[];
  readonly setup?: readonly Step[];
  readonly teardown?: readonly Step[];
}

/** Values of some factors; each list means any of them. */
type Where = Readonly<Record<string, readonly string[]>>;

/** A matrix as its file has it: conformance/kits/<kit>/matrix.json. */
export interface MatrixFile {
  /** Ids are built on it: `national/matrix/310/01/11/filed`. */
  readonly prefix: string;
  readonly role: Bilingual;
  /** What is required of each combination, and of one whose trial may be refused. */
  readonly text: Bilingual;
  readonly textMayRefuse: Bilingual;
  readonly source: string;
  readonly since: string;
  readonly factors: readonly {
    readonly id: string;
    readonly title: Bilingual;
    readonly values: readonly MatrixValue[];
  }[];
  /** What has `when` has one of `only` as well. */
  readonly constraints: readonly { readonly when: Where; readonly only: Where; readonly because: string }[];
  /** Test person by name, the first that fits; `{{person.…}}` in steps. */
  readonly persons: readonly { readonly when: Where; readonly person: string }[];
  /** Steps, the first that fits. The trial among them is called `tried`, the requirement `{{requirement}}`. */
  readonly courses: readonly {
    readonly when: Where;
    readonly needs?: readonly string[];
    readonly setup?: readonly Step[];
    readonly steps: readonly Step[];
    readonly teardown?: readonly Step[];
  }[];
  /** What was chosen, `310/01/11/filed`; stays as it is when values are added, so that ids do. */
  readonly combinations: readonly string[];
}

/** A combination as it is listed. */
export interface MatrixRow {
  readonly requirement: string;
  readonly test: 'required' | 'optional';
  readonly role: Bilingual;
  readonly values: readonly { readonly factor: Bilingual; readonly id: string; readonly text: Bilingual }[];
}

/** What a matrix gives. */
export interface Matrix {
  readonly requirements: readonly Requirement[];
  readonly scenarios: readonly Scenario[];
  readonly rows: readonly MatrixRow[];
}

/** What combinations are chosen from. */
export function spaceOf({ factors, constraints }: MatrixFile): PairSpace {
  return {
    factors: factors.map(({ id, values }) => ({ id, values: values.map((value) => value.id) })),
    allows: (combination) => {
      const has = hasOf(factors, combination);
      return constraints.every(({ when, only }) => !has(when) || has(only));
    },
  };
}

/** The same without what is optional: what is required has every pair of its own values. */
export function requiredSpaceOf(file: MatrixFile): PairSpace {
  const factors = file.factors.map((factor) => ({
    ...factor,
    values: factor.values.filter(({ optional }) => optional !== true),
  }));
  return spaceOf({ ...file, factors });
}

/** Makes requirements, scenarios and rows. @throws Error for a combination that the file does not describe */
export function buildMatrix(file: MatrixFile): Matrix {
  const combined = file.combinations.map((text) => combine(file, text));
  return {
    requirements: combined.map((one) => requirementOf(file, one)),
    scenarios: combined.map((one) => scenarioOf(file, one)),
    rows: combined.map((one) => rowOf(file, one)),
  };
}

interface Combined {
  readonly id: string;
  readonly values: readonly MatrixValue[];
  readonly has: (where: Where) => boolean;
}

function combine({ prefix, factors }: MatrixFile, text: string): Combined {
  const ids = text.split('/');
  const values = factors.flatMap((factor, at) => factor.values.find(({ id }) => id === ids[at]) ?? []);
  if (ids.length !== factors.length || values.length !== ids.length)
    throw new Error(`matrix ${prefix}: ${text} is no combination`);
  return { id: `${prefix}/${text}`, values, has: hasOf(factors, ids) };
}

function hasOf(factors: MatrixFile['factors'], combination: readonly string[]): (where: Where) => boolean {
  return (where) => factors.every(({ id }, at) => where[id]?.includes(combination[at] ?? '') !== false);
}

const WEAKER: readonly Confidence[] = ['two sources', 'one source'];

function requirementOf(file: MatrixFile, { id, values }: Combined): Requirement {
  const confidence = values
    .map((value) => value.confidence ?? 'two sources')
    .reduce((weak, one) => (rank(one) > rank(weak) ? one : weak), 'two sources');
  const said = values.some(({ mayRefuse }) => mayRefuse === true) ? file.textMayRefuse : file.text;
  const title = titleOf(file, values);
  return {
    id,
    level: WEAKER.includes(confidence) ? 'must' : 'should',
    text: { zh: `${title.zh}：${said.zh}`, en: `${title.en}: ${said.en}` },
    source: file.source,
    confidence,
    kind: 'success',
    since: file.since,
  };
}

/** What is neither attested twice nor once is weaker than both. */
function rank(confidence: Confidence): number {
  const at = WEAKER.indexOf(confidence);
  return at < 0 ? WEAKER.length : at;
}

function titleOf({ role }: MatrixFile, values: readonly MatrixValue[]): Bilingual {
  const texts = [role, ...values.map(({ text }) => text)];
  return { zh: texts.map(({ zh }) => zh).join('·'), en: texts.map(({ en }) => en).join(', ') };
}

function scenarioOf(file: MatrixFile, combined: Combined): Scenario {
  const { id, values, has } = combined;
  const person = file.persons.find(({ when }) => has(when))?.person;
  const course = file.courses.find(({ when }) => has(when));
  if (person === undefined || course === undefined) throw new Error(`${id} has no person or no course`);
  const steps = (all: readonly Step[] = []): readonly Step[] => all.map((step) => changed(step, values));
  const gather = (place: 'setup' | 'teardown'): readonly Step[] => [
    ...values.flatMap((value) => value[place] ?? []),
    ...(course[place] ?? []),
  ];
  const scenario: Scenario = {
    id: id.replaceAll('/', '.'),
    title: titleOf(file, values),
    needs: [
      ...new Set([...(course.needs ?? []), ...values.flatMap(({ needs = [] }) => needs), `person:${person}`]),
    ],
    setup: steps(gather('setup')),
    steps: steps(course.steps),
    teardown: steps(gather('teardown').toReversed()),
  };
  const text = JSON.stringify(scenario)
    .replaceAll('{{person.', `{{${person}.`)
    .replaceAll('{{requirement}}', id);
  return JSON.parse(text) as Scenario;
}

function changed(step: Step, values: readonly MatrixValue[]): Step {
  if (!('send' in step)) return step;
  const members = values
    .flatMap(({ set = [] }) => set)
    .filter(({ of }) => of.includes(step.send))
    .map((one) => one.members);
  const optional = step.as === 'tried' && values.some(({ mayRefuse }) => mayRefuse === true);
  return {
    ...step,
    set: Object.assign({}, step.set, ...members) as NonNullable<SendStep['set']>,
    ...(optional && { outcome: 'any' }),
  };
}

function rowOf(file: MatrixFile, { id, values }: Combined): MatrixRow {
  return {
    requirement: id,
    test: values.some(({ optional }) => optional === true) ? 'optional' : 'required',
    role: file.role,
    values: values.map((value, at) => ({
      factor: file.factors[at]?.title ?? { zh: '', en: '' },
      id: value.id,
      text: value.text,
    })),
  };
}
