/** Each family: which requirements a definition gives, and the one change of a correct message that shows them. */
import type { Confidence, FieldDefinition, Registry, TransactionDefinition } from '@yiqiao/registry';
import { withExponent, withThreeDecimals } from './amount-changes.ts';
import { describeRelation } from './identities.ts';
import type { Bilingual, Family, MessageTemplate, SendStep } from './types.ts';

/** One requirement that follows from a definition. */
export interface Candidate {
  readonly id: string;
  readonly text: Bilingual;
  /** Place in the definition. */
  readonly place: string;
  readonly confidence: Confidence;
  readonly kind: 'success' | 'failure';
  /** Never more than a `should`. */
  readonly soft?: true;
  /** How the correct message is changed; absent when other scenarios show it. */
  readonly step?: Omit<SendStep, 'send'>;
}

/** What a family looks at. */
export interface FamilyMatter {
  readonly registry: Registry;
  readonly definition: TransactionDefinition;
  readonly message: MessageTemplate;
}

type Maker = (matter: FamilyMatter) => readonly Candidate[];

/** By name of the family. */
export const FIELD_FAMILIES: Readonly<Record<Family['family'], Maker>> = {
  accepted: ({ definition, message }) => [
    {
      id: message.accepted,
      text: { zh: '正确的报文被受理', en: 'a correct message is accepted' },
      place: 'request',
      confidence: definition.confidence,
      kind: 'success',
      step: {},
    },
  ],
  complete: ({ definition }) => [
    answerCandidate(definition, {
      name: 'complete',
      text: {
        zh: '应答的必填项齐全，长度、精度、代码与规范一致',
        en: 'the answer has every required member, in the length, precision and codes of the definition',
      },
      check: { check: 'complete' },
    }),
  ],
  identity: ({ registry, definition }) =>
    registry.identitiesOf(definition.number).flatMap((identity) => {
      const known = describeRelation(identity);
      if (known === undefined) return [];
      const text = {
        zh: `应答金额满足 ${known.formula}`,
        en: `the amounts of the answer satisfy ${known.formula}`,
      };
      const candidate = answerCandidate(definition, {
        name: identity,
        text,
        check: { check: 'identity', identity },
      });
      return [{ ...candidate, confidence: known.confidence }];
    }),
  required: (matter) =>
    fieldsOf(matter, ({ required }) => required).map(({ at, path, field }) =>
      refused(
        matter,
        { at, path, field, rule: 'required', step: { remove: [path] } },
        {
          zh: `缺少必填项 ${at}（${field.label.zh}）的报文被拒绝`,
          en: `a message without the required ${at} is refused`,
        },
      ),
    ),
  'required-when': (matter) =>
    fieldsOf(matter, ({ condition }) => typeof condition?.requiredWhen === 'object').map(
      ({ at, path, field }) => {
        const when = field.condition?.requiredWhen as Readonly<Record<string, string>>;
        const node = path.slice(0, path.lastIndexOf('.'));
        const set = Object.fromEntries(
          Object.entries(when).map(([name, value]) => [`${node}.${name}`, value]),
        );
        const said = Object.entries(when)
          .map(([name, value]) => `${name}=${value}`)
          .join(', ');
        const fitting = matter.message.cases?.[said] ?? {};
        return refused(
          matter,
          { at, path, field, rule: 'required-when', step: { set: { ...set, ...fitting }, remove: [path] } },
          {
            zh: `${said} 时缺少 ${at}（${field.label.zh}）的报文被拒绝`,
            en: `a message with ${said} and without ${at} is refused`,
          },
        );
      },
    ),
  length: (matter) =>
    fieldsOf(
      matter,
      ({ type, length, valueSet }) =>
        type === 'string' && typeof length === 'number' && valueSet === undefined,
    ).map(({ at, path, field }) => {
      const length = Number(field.length);
      const step = { set: { [path]: '9'.repeat(length + 1) } };
      const candidate = refused(
        matter,
        { at, path, field, rule: 'length', step },
        {
          zh: `${at} 超过 ${length} 个字符的报文被拒绝，不得截断后受理`,
          en: `a message whose ${at} is longer than ${length} characters is refused, not cut and accepted`,
        },
      );
      return { ...candidate, soft: true };
    }),
  'value-set': (matter) =>
    fieldsOf(
      matter,
      ({ valueSet }) => valueSet !== undefined && matter.registry.valueSet(valueSet)?.open === false,
    ).map(({ at, path, field }) => {
      const step = { set: { [path]: unknownCode(field) } };
      const candidate = refused(
        matter,
        { at, path, field, rule: 'value-set', step },
        {
          zh: `${at} 不在值集 ${field.valueSet} 中的报文被拒绝`,
          en: `a message whose ${at} is not in the closed value set ${field.valueSet} is refused`,
        },
      );
      return { ...candidate, soft: true };
    }),
  format: (matter) =>
    fieldsOf(matter, ({ type }) => type === 'date' || type === 'datetime').map(({ at, path, field }) => {
      const step = { set: { [path]: field.type === 'date' ? '2026-02-30' : '2026-02-30 10:00:00' } };
      return refused(
        matter,
        { at, path, field, rule: 'format', step },
        {
          zh: `${at} 不是真实日期的报文被拒绝`,
          en: `a message whose ${at} is a day that does not exist is refused`,
        },
      );
    }),
  amount: (matter) =>
    fieldsOf(matter, ({ type, length }) => type === 'number' && length === '16,2').flatMap(
      ({ at, path, field }) =>
        AMOUNTS.map(({ rule, change, zh, en }) =>
          refused(
            matter,
            { at, path, field, rule, step: { set: change(path, matter.message) } },
            {
              zh: `${at} 为${zh}的报文被拒绝`,
              en: `a message whose ${at} ${en} is refused`,
            },
          ),
        ),
    ),
  'envelope-required': ({ registry, definition }) =>
    registry
      .envelope('national', 'request')
      .filter(({ required, name }) => required && name !== 'infno')
      .map((field) => ({
        id: `national/envelope/request/${field.name}/required`,
        text: {
          zh: `缺少报文头 ${field.name}（${field.label.zh}）的报文被拒绝`,
          en: `a message without ${field.name} is refused`,
        },
        place: `schemas/national/envelope.json, request, ${field.name}`,
        confidence: 'two sources',
        kind: 'failure',
        step: {
          as: definition.number,
          removeEnvelope: [field.name],
          outcome: 'refused',
          requirement: `national/envelope/request/${field.name}/required`,
        },
      })),
  told: ({ definition, message }) => {
    const requirement = `national/${definition.number}/response/told`;
    return [
      {
        id: requirement,
        text: {
          zh: '拒绝时以 err_msg 说明原因（1–200 个字符）',
          en: 'a refusal says why in err_msg (1 to 200 characters)',
        },
        place: 'envelope, err_msg',
        confidence: 'two sources',
        kind: 'failure',
        soft: true,
        step: { set: message.wrong ?? {}, outcome: 'any', expect: [{ requirement, check: 'told' }] },
      },
    ];
  },
};

const AMOUNTS: readonly {
  readonly rule: string;
  readonly change: (path: string, message: MessageTemplate) => NonNullable<SendStep['set']>;
  readonly zh: string;
  readonly en: string;
}[] = [
  { rule: 'amount-decimals', change: withThreeDecimals, zh: '三位小数', en: 'has three decimals' },
  { rule: 'amount-form', change: withExponent, zh: '指数形式', en: 'is written with an exponent' },
];

/** A code that no list has. */
function unknownCode({ length }: FieldDefinition): string {
  return 'Z'.repeat(Math.min(typeof length === 'number' ? length : 3, 3));
}

interface Place {
  /** `node.member`, and where it stands in the kit's message. */
  readonly at: string;
  readonly path: string;
  readonly field: FieldDefinition;
}

/** Fields of the request, as far as the kit's message has their node as one object. */
function fieldsOf(
  { definition, message }: FamilyMatter,
  wanted: (field: FieldDefinition) => boolean,
): readonly Place[] {
  return definition.request
    .filter(({ node, parent }) => parent === undefined && message.input[node] !== undefined)
    .flatMap(({ node, fields }) => {
      const place = Array.isArray(message.input[node]) ? `${node}.0` : node;
      return fields
        .filter(wanted)
        .map((field) => ({ at: `${node}.${field.name}`, path: `${place}.${field.name}`, field }));
    });
}

function refused(
  { definition }: FamilyMatter,
  change: Place & { readonly rule: string; readonly step: Omit<SendStep, 'send'> },
  text: Bilingual,
): Candidate {
  const { at, field, rule, step } = change;
  const id = `national/${definition.number}/request/${at.replace('.', '/')}/${rule}`;
  return {
    id,
    text,
    place: `request, ${at}`,
    confidence: confidenceOf(definition, field),
    kind: 'failure',
    step: { ...step, outcome: 'refused', requirement: id },
  };
}

/** A field that fewer than two public sources carry is no better than the definition's weaker half. */
function confidenceOf(
  { confidence }: TransactionDefinition,
  { sourceCount = 0 }: FieldDefinition,
): Confidence {
  if (confidence !== 'two sources') return confidence;
  return sourceCount >= 2 ? 'two sources' : 'inferred';
}

function answerCandidate(
  definition: TransactionDefinition,
  { name, text, check }: { readonly name: string; readonly text: Bilingual; readonly check: object },
): Candidate {
  const id = `national/${definition.number}/response/${name}`;
  return {
    id,
    text,
    place: 'response',
    confidence: definition.confidence,
    kind: 'success',
    step: { expect: [{ requirement: id, ...check } as NonNullable<SendStep['expect']>[number]] },
  };
}
