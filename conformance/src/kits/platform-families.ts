/** Requirements of platforms around the settlement that follow from their definitions, each with its scenario. */
import type { Confidence, Registry } from '@yiqiao/registry';
import { readPlatform } from './platform-definitions.ts';
import type { PlatformField, PlatformOperation } from './platform-definitions.ts';
import type { Generated } from './families.ts';
import type {
  Bilingual,
  Expectation,
  Level,
  MessageTemplate,
  Requirement,
  SendStep,
  Template,
} from './types.ts';

/** A family of a platform's kit. */
export interface PlatformFamily {
  readonly family: keyof typeof MAKERS;
  readonly operations: readonly string[];
  readonly because: string;
  readonly since: string;
}

/** What is generated from. */
export interface PlatformFamilySource {
  readonly registry: Registry;
  /** Name below schemas/peripheral, and first part of the ids. */
  readonly platform: string;
  readonly families: readonly PlatformFamily[];
  readonly messages: Readonly<Record<string, MessageTemplate>>;
}

interface Case {
  readonly id: string;
  readonly text: Bilingual;
  readonly place: string;
  readonly confidence: Confidence;
  readonly kind: Requirement['kind'];
  /** Never more than a `should`. */
  readonly soft?: true;
  /** The one change of the correct message that shows it. */
  readonly step: Omit<SendStep, 'send'>;
}

interface Matter {
  readonly platform: string;
  readonly operation: PlatformOperation;
  readonly message: MessageTemplate;
}

/** Generates all families of a kit. @throws Error for an operation without message or definition */
export function generatePlatformFamilies(source: PlatformFamilySource): Generated {
  const operations = readPlatform(source.registry, source.platform);
  const answered = new Set(
    source.families.flatMap(({ family, operations: ids }) => (family === 'answer' ? ids : [])),
  );
  const parts = source.families.flatMap((family) =>
    family.operations.map((id): Generated => {
      const [operation, message] = [operations[id], source.messages[id]];
      if (operation === undefined || message === undefined)
        throw new Error(`family ${family.family}: ${id} has no message or definition`);
      const cases = MAKERS[family.family]({ platform: source.platform, operation, message });
      const requirements = cases.map((one) => requirementOf(one, { family, operation }));
      // The scenario that looks at the answer shows that the message is accepted, too.
      if (family.family === 'accepted' && answered.has(id)) return { requirements, scenarios: [] };
      const where = { operation, message };
      return {
        requirements,
        scenarios:
          family.family === 'answer' ? together(cases, where) : cases.map((one) => scenarioOf(one, where)),
      };
    }),
  );
  return {
    requirements: parts.flatMap(({ requirements }) => requirements),
    scenarios: parts.flatMap(({ scenarios }) => scenarios),
  };
}

const MAKERS = {
  accepted: ({ operation, message }: Matter): readonly Case[] => [
    {
      id: message.accepted,
      text: { zh: '正确的报文被受理', en: 'a correct message is accepted' },
      place: 'request',
      confidence: operation.confidence,
      kind: 'success',
      step: {},
    },
  ],
  required: (matter: Matter): readonly Case[] =>
    fieldsOf(matter, ({ required }) => required).map(({ at, path, field }) =>
      refused(
        matter,
        { at, field, rule: 'required', step: { remove: [path] } },
        {
          zh: `缺少必填项 ${at}（${field.label}）的报文被拒绝`,
          en: `a message without the required ${at} is refused`,
        },
      ),
    ),
  length: (matter: Matter): readonly Case[] =>
    fieldsOf(
      matter,
      ({ kind, length, codes, form }) =>
        kind === 'text' && length !== undefined && codes === undefined && form === undefined,
    ).map(({ at, path, field }) => {
      const step = { set: { [path]: '9'.repeat((field.length ?? 0) + 1) } };
      const one = refused(
        matter,
        { at, field, rule: 'length', step },
        {
          zh: `${at} 超过 ${field.length} 个字符的报文被拒绝，不得截断后受理`,
          en: `a message whose ${at} is longer than ${field.length} characters is refused, not cut and accepted`,
        },
      );
      return { ...one, soft: true };
    }),
  code: (matter: Matter): readonly Case[] =>
    fieldsOf(matter, ({ codes }) => codes !== undefined).map(({ at, path, field }) => {
      const one = refused(
        matter,
        { at, field, rule: 'code', step: { set: { [path]: 'Z' } } },
        {
          zh: `${at} 不在代码表中的报文被拒绝`,
          en: `a message whose ${at} is no code of its list is refused`,
        },
      );
      return { ...one, soft: true };
    }),
  form: (matter: Matter): readonly Case[] =>
    fieldsOf(matter, ({ form }) => form !== undefined).map(({ at, path, field }) =>
      refused(
        matter,
        { at, field, rule: 'form', step: { set: { [path]: NO_DAY[field.form ?? 'date'] } } },
        {
          zh: `${at} 不是真实日期的报文被拒绝`,
          en: `a message whose ${at} is a day that does not exist is refused`,
        },
      ),
    ),
  amount: (matter: Matter): readonly Case[] =>
    fieldsOf(matter, ({ kind }) => kind === 'amount').flatMap(({ at, path, field }) =>
      AMOUNTS.map(({ rule, value, zh, en }) =>
        refused(
          matter,
          { at, field, rule, step: { set: { [path]: value } } },
          {
            zh: `${at} 为${zh}的报文被拒绝`,
            en: `a message whose ${at} ${en} is refused`,
          },
        ),
      ),
    ),
  answer: ({ platform, operation }: Matter): readonly Case[] =>
    operation.response
      .filter(({ node, required, kind }) => node === '' && required && kind !== 'list')
      .map((field) => {
        const id = `${platform}/${operation.id}/response/${field.name}`;
        const most = field.length === undefined ? '' : String(field.length);
        const expected: Expectation = {
          requirement: id,
          check: 'matches',
          place: `${operation.id}.${field.name}`,
          pattern: `^[\\s\\S]{1,${most}}$`,
        };
        const zh = most === '' ? '' : `，不超过 ${most} 个字符`;
        return {
          id,
          text: {
            zh: `应答带有 ${field.name}（${field.label}）${zh}`,
            en: `the answer has ${field.name}${most === '' ? '' : `, of ${most} characters at most`}`,
          },
          place: `response, ${field.name}`,
          confidence: field.confidence,
          kind: 'success',
          step: { expect: [expected] },
        };
      }),
};

const NO_DAY = { date: '2026-02-30', datetime: '2026-02-30 10:00:00', compact: '20260230100000000' } as const;

const AMOUNTS: readonly {
  readonly rule: string;
  readonly value: Template;
  readonly zh: string;
  readonly en: string;
}[] = [
  { rule: 'amount-decimals', value: 10.005, zh: '三位小数', en: 'has three decimals' },
  { rule: 'amount-form', value: '1e2', zh: '指数形式', en: 'is written with an exponent' },
];

interface Place {
  /** `member` or `node.member`, and where it stands in the kit's message. */
  readonly at: string;
  readonly path: string;
  readonly field: PlatformField;
}

/** Fields of the request, as far as the kit's message has their node. */
function fieldsOf(
  { operation, message }: Matter,
  wanted: (field: PlatformField) => boolean,
): readonly Place[] {
  return operation.request
    .filter((field) => wanted(field) && (field.node === '' || message.input[field.node] !== undefined))
    .map((field) => {
      const { node, name } = field;
      if (node === '') return { at: name, path: name, field };
      const place = Array.isArray(message.input[node]) ? `${node}.0` : node;
      return { at: `${node}.${name}`, path: `${place}.${name}`, field };
    });
}

function refused(
  { platform, operation }: Matter,
  {
    at,
    field,
    rule,
    step,
  }: Omit<Place, 'path'> & { readonly rule: string; readonly step: Omit<SendStep, 'send'> },
  text: Bilingual,
): Case {
  const id = `${platform}/${operation.id}/request/${at.replace('.', '/')}/${rule}`;
  return {
    id,
    text,
    place: `request, ${at}`,
    confidence: field.confidence,
    kind: 'failure',
    step: { ...step, outcome: 'refused', requirement: id },
  };
}

function requirementOf(
  { id, text, place, confidence, kind, soft }: Case,
  { family, operation }: { readonly family: PlatformFamily; readonly operation: PlatformOperation },
): Requirement {
  const isWeak = soft === true || confidence === 'inferred' || confidence === 'project design';
  const level: Level = isWeak ? 'should' : 'must';
  const { name } = operation;
  return {
    id,
    level,
    text: { zh: `${name.zh}（${operation.id}）：${text.zh}`, en: `${operation.id}, ${name.en}: ${text.en}` },
    source: `${operation.source}, ${operation.id}, ${place}; ${family.because}`,
    confidence,
    kind,
    since: family.since,
  };
}

interface Where {
  readonly operation: PlatformOperation;
  readonly message: MessageTemplate;
}

function scenarioOf({ id, text, step }: Case, { operation, message }: Where): Generated['scenarios'][number] {
  const { needs, setup, undo } = message;
  return {
    id: id.replaceAll('/', '.'),
    title: { zh: `${operation.id} ${text.zh}`, en: `${operation.id} ${text.en}` },
    ...(needs !== undefined && { needs }),
    ...(setup !== undefined && { setup }),
    steps: [{ send: operation.id, ...step }],
    ...(undo !== undefined && { teardown: undo }),
  };
}

/** One message shows all that is expected of an answer. */
function together(cases: readonly Case[], where: Where): Generated['scenarios'] {
  const [first] = cases;
  if (first === undefined) return [];
  const { operation } = where;
  const expect = cases.flatMap(({ step }) => step.expect ?? []);
  const id = `${first.id.slice(0, first.id.indexOf('/response/'))}/response`;
  const text = { zh: '应答的必填项', en: 'required members of the answer' };
  const whole = scenarioOf({ ...first, id, text, step: { expect } }, where);
  return [{ ...whole, title: { zh: `${operation.id} ${text.zh}`, en: `${operation.id} ${text.en}` } }];
}
