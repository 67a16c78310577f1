/** A kit for a profile of which little more is known than its form: envelope, status codes, and single transactions. */
import { readFileSync } from 'node:fs';
import type { Confidence, Profile, Registry } from '@yiqiao/registry';
import { formSettings } from '../tongues/dialect-forms.ts';
import type {
  Bilingual,
  Kit,
  LeftOut,
  Level,
  MessageTemplate,
  Requirement,
  Scenario,
  Step,
  Template,
} from './types.ts';

/** What an edition of this kind says. Data: editions/<profile>/form.json. */
export interface FormEdition {
  /** Profile whose form it is. */
  readonly form: string;
}

/** One transaction. */
export interface FormTransaction {
  readonly input: { readonly [name: string]: Template };
  /** Members that an answer must have. */
  readonly told?: readonly string[];
  /** What the sound system answers; a stand-in, no core of the sandbox. */
  readonly answer?: { readonly [name: string]: Template };
  /** A change by which it must be refused, and why. */
  readonly wrong?: { readonly set: Readonly<Record<string, Template>>; readonly text: Bilingual };
  readonly setup?: readonly Step[];
}

/** What is known of a form. */
export interface FormFile {
  /** How its messages come to the target: `relay`, a way of this project's design, weakens everything. */
  readonly transport: 'http' | 'relay';
  /** Members around every body. */
  readonly around?: Kit['around'];
  /** A member that a login gives, without which nothing but the login is done. */
  readonly session?: { readonly member: string; readonly login: string };
  /** Status codes of a success. */
  readonly success: string;
  readonly transactions: Readonly<Record<string, FormTransaction>>;
}

const FOLDER = new URL('../../editions/', import.meta.url);
const SINCE = '2026-11';
/** A transaction that no profile has. */
const NOWHERE = 'ZZ99';

/** Reads what is known of a form. */
export function readForm(profile: string): FormFile {
  return JSON.parse(readFileSync(new URL(`${profile}/form.json`, FOLDER), 'utf8')) as FormFile;
}

/** Makes the kit; of rules before the first version it requires nothing. */
export function asFormKit(
  registry: Registry,
  { base, rules }: { readonly base: Kit; readonly rules: string },
  { form: id }: FormEdition,
): Kit {
  const profile = registry.profile(id);
  const form = readForm(id);
  const parts = rules < SINCE ? [] : [...envelopeParts(profile, form), ...transactionParts(profile, form)];
  const first = Object.values(form.transactions)[0]?.input ?? {};
  return {
    ...base,
    profile: id,
    tongue: 'dialect',
    system: 'form-door',
    counterparts: {},
    ...(form.around !== undefined && { around: form.around }),
    messages: { ...messagesOf(profile, form), [NOWHERE]: { accepted: '', input: first } },
    requirements: new Map(parts.map(({ requirement }) => [requirement.id, requirement])),
    scenarios: parts.flatMap(({ scenario }) => scenario ?? []),
    series: [],
    matrix: [],
    leftOut: leftOutOf(registry, profile, Object.keys(form.transactions)),
  };
}

interface Part {
  readonly requirement: Requirement;
  readonly scenario?: Scenario;
}

function messagesOf({ id }: Profile, { transactions }: FormFile): Record<string, MessageTemplate> {
  return Object.fromEntries(
    Object.entries(transactions).map(([number, { input, setup }]) => [
      number,
      { accepted: `${id}/${number}/accepted`, input, ...(setup !== undefined && { setup }) },
    ]),
  );
}

/** Everything about the envelope, shown with the first transaction. */
function envelopeParts(profile: Profile, form: FormFile): readonly Part[] {
  const make = partsOf(profile, form);
  const { answer } = formSettings(profile);
  const [number = '', { setup = [], wrong } = {}] = Object.entries(form.transactions)[0] ?? [];
  // In a conversation the nodes tell the transaction, so one that is not there cannot be written.
  const isTold = formSettings(profile).request?.form === 'conversation';
  const refused = isTold ? { send: number, set: wrong?.set ?? {} } : { send: NOWHERE };
  const common = { setup };
  const raws = profile.codec === 'plain-xml' ? [...RAWS, ENTITIES] : RAWS;
  return [
    make('envelope/response/code', {
      ...CODE,
      confidence: profile.confidence,
      ...common,
      step: (requirement) => ({
        send: number,
        as: 'good',
        requirement,
        expect: [
          { requirement, check: 'matches', place: `good:${answer.code}`, pattern: `^(?:${form.success})$` },
        ],
      }),
    }),
    ...(isTold
      ? []
      : [
          make('envelope/request/transaction', {
            ...UNKNOWN,
            ...common,
            step: (requirement) => ({ ...refused, outcome: 'refused', requirement }),
          }),
        ]),
    ...(answer.text === undefined
      ? []
      : [
          make('envelope/response/text', {
            ...TOLD,
            ...common,
            step: (requirement) => ({
              ...refused,
              outcome: 'any',
              expect: [{ requirement, check: 'told' }],
            }),
          }),
        ]),
    ...raws.map(({ raw, text }) =>
      make(`envelope/request/${raw}`, {
        text,
        kind: 'failure',
        step: (requirement) => ({ raw, of: number, as: 'raw', outcome: 'not-accepted', requirement }),
        ...common,
      }),
    ),
  ];
}

function transactionParts(profile: Profile, form: FormFile): readonly Part[] {
  const make = partsOf(profile, form);
  return Object.entries(form.transactions).flatMap(([number, { told = [], wrong, setup = [] }]) => {
    const common = { setup };
    const { session } = form;
    return [
      make(`${number}/accepted`, {
        text: { zh: `${number}：正确的报文被受理`, en: `${number}: a correct message is accepted` },
        kind: 'success',
        confidence: profile.confidence,
        step: () => ({ send: number }),
        ...common,
      }),
      ...told.map((member) =>
        make(`${number}/response/${member}`, {
          text: { zh: `${number}：应答有 ${member}`, en: `${number}: the answer has ${member}` },
          kind: 'success',
          step: (requirement) => ({
            send: number,
            as: 'told',
            expect: [{ requirement, check: 'matches', place: `told.${member}`, pattern: '.' }],
          }),
          ...common,
        }),
      ),
      ...(wrong === undefined
        ? []
        : [
            make(`${number}/refused`, {
              text: wrong.text,
              kind: 'failure',
              step: (requirement) => ({ send: number, set: wrong.set, outcome: 'refused', requirement }),
              ...common,
            }),
          ]),
      ...(session === undefined || session.login === number
        ? []
        : SESSIONS.map(({ name, value, text }) =>
            make(`${number}/request/${name}`, {
              text: { zh: `${number}：${text.zh}`, en: `${number}: ${text.en}` },
              kind: 'failure',
              confidence: profile.confidence,
              step: (requirement) => ({
                send: number,
                set: { [session.member]: value },
                outcome: 'refused',
                requirement,
              }),
              ...common,
            }),
          )),
    ];
  });
}

interface PartPlan {
  readonly text: Bilingual;
  readonly kind: Requirement['kind'];
  /** `inferred` when absent. */
  readonly confidence?: Confidence;
  readonly setup: readonly Step[];
  readonly step: (requirement: string) => Step;
}

function partsOf({ id: profile }: Profile, { transport }: FormFile): (name: string, plan: PartPlan) => Part {
  return (name, { text, kind, confidence: own = 'inferred', setup, step }) => {
    const id = `${profile}/${name}`;
    const confidence: Confidence = transport === 'relay' && own !== 'inferred' ? 'project design' : own;
    return {
      requirement: {
        id,
        level: levelOf(confidence),
        text,
        source: `schemas/provincial/${profile}/profile.json, envelope, errors; transactions`,
        confidence,
        kind,
        since: SINCE,
      },
      scenario: { id: name.replaceAll('/', '-'), title: text, setup, steps: [step(id)] },
    };
  };
}

function levelOf(confidence: Confidence): Level {
  return confidence === 'two sources' || confidence === 'one source' ? 'must' : 'should';
}

const CODE = {
  text: { zh: '受理时的状态码与接口方案一致', en: 'a success has the status code of the profile' },
  kind: 'success',
} as const;

const UNKNOWN = {
  text: { zh: '没有的交易被拒绝', en: 'a transaction that is not there is refused' },
  kind: 'failure',
} as const;

const TOLD = {
  text: { zh: '拒绝时说明原因（1–200 个字符）', en: 'a refusal says why (1 to 200 characters)' },
  kind: 'failure',
} as const;

const RAWS = [
  { raw: 'empty', text: { zh: '空正文不被受理', en: 'an empty body is not accepted' } },
  { raw: 'text', text: { zh: '不是报文的文字不被受理', en: 'a text that is no message is not accepted' } },
  { raw: 'cut', text: { zh: '截断的报文不被受理', en: 'a message cut off is not accepted' } },
  { raw: 'gbk', text: { zh: '不属于任何字符集的字节不被受理', en: 'bytes of no charset are not accepted' } },
  { raw: 'nested', text: { zh: '层级过深的报文不被受理', en: 'a message nested too deep is not accepted' } },
  { raw: 'list', text: { zh: '连在一起的两个报文不被受理', en: 'two messages in one are not accepted' } },
] as const;

const ENTITIES = {
  raw: 'entities',
  text: { zh: '带实体定义的 XML 不被受理', en: 'XML with entities that grow is not accepted' },
} as const;

const SESSIONS = [
  {
    name: 'no-session',
    value: '',
    text: { zh: '没有会话编号的报文被拒绝', en: 'a message without session is refused' },
  },
  {
    name: 'other-session',
    value: 'UNKNOWN0000000000',
    text: {
      zh: '会话编号未发放过的报文被拒绝',
      en: 'a message of a session that nobody was given is refused',
    },
  },
] as const;

function leftOutOf(registry: Registry, { id }: Profile, reached: readonly string[]): readonly LeftOut[] {
  return registry
    .profileTransactions(id)
    .filter((transaction) => !reached.includes(transaction))
    .map((transaction) => ({ transaction, because: NOT_RECORDED }));
}

const NOT_RECORDED: Bilingual = {
  zh: '公开资料不足以写出一条正确的报文，或尚未编写',
  en: 'too little is public to write a correct message, or not written yet',
};
