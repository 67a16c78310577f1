/** The data of a kit: what is required, and how it is found out. Files: kits/<kit>/. */
import type { Confidence } from '@yiqiao/registry';

/** A text in both languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** How much a requirement weighs: a broken `must` fails the run, a broken `should` or `may` is a warning. */
export type Level = 'must' | 'should' | 'may';

/** One thing that is required of a target. */
export interface Requirement {
  /** Built from its place in the specification, `national/2207/response/total-by-payer`; never changes. */
  readonly id: string;
  readonly level: Level;
  readonly text: Bilingual;
  /** Where the specification says so. */
  readonly source: string;
  readonly confidence: Confidence;
  /** `success`: what a correct message gets; `failure`: what must not pass, or must be mended. */
  readonly kind: 'success' | 'failure';
  /** Version of the rules that brought it, and the first that no longer has it, `yyyy-MM`. */
  readonly since: string;
  readonly until?: string;
}

/** What is put in place of `{{name}}`; a text that is one placeholder becomes what the place holds. */
export type Template =
  string | number | boolean | null | readonly Template[] | { readonly [name: string]: Template };

/** How a message is signed. `none`: no signature members; the others are wrong in one way each. */
export type SignWay =
  | 'good'
  | 'none'
  | 'empty'
  | 'stranger'
  | 'other-body'
  | 'other-user-id'
  | 'der'
  | 'hex'
  | 'cut'
  | 'longer'
  | 'zero'
  | 'swapped';

/** A message sent and what is expected of its answer. */
export interface SendStep {
  /** Transaction number; its message stands in messages.json. */
  readonly send: string;
  /** Name of the exchange, for places and later steps; the transaction number when absent. */
  readonly as?: string;
  /** A second target of the inputs, by name; the target of the run when absent. */
  readonly to?: string;
  /** Members below `input` to set, by path (`data.psn_no`), and to leave out. */
  readonly set?: Readonly<Record<string, Template>>;
  readonly remove?: readonly string[];
  /** Members of the envelope to set and to leave out. */
  readonly envelope?: Readonly<Record<string, Template>>;
  readonly removeEnvelope?: readonly string[];
  readonly sign?: SignWay;
  /** Writes the body with blanks and escapes: another text of the same value. */
  readonly spelling?: 'spaced' | 'escaped';
  /** The connection is closed by the suite before the answer can arrive. */
  readonly abandon?: true;
  /**
   * What the answer has to be, `accepted` when absent; and the requirement that says so, when not the usual one.
   * `answered`: anything but silence or an HTTP error of the 500s; `any`: an answer that can be read.
   */
  readonly outcome?: 'accepted' | 'refused' | 'answered' | 'any';
  readonly requirement?: string;
  /** Only when the exchange of this name was accepted. */
  readonly when?: string;
  readonly expect?: readonly Expectation[];
}

/** The bytes of an earlier exchange once more. */
export interface ReplayStep extends Pick<
  SendStep,
  'as' | 'to' | 'outcome' | 'requirement' | 'expect' | 'when'
> {
  readonly replay: string;
}

/** Bytes that are no message. */
export interface RawStep extends Pick<SendStep, 'as' | 'to' | 'outcome' | 'requirement' | 'expect' | 'when'> {
  /** `gbk`: a correct message in GBK; `nested`: deeper than anyone needs; `large`: two megabytes. */
  readonly raw: 'empty' | 'text' | 'cut' | 'list' | 'gbk' | 'nested' | 'large' | 'twice';
  readonly of: string;
}

/**
 * A message that a counterpart of the suite has got from the target since the scenario began. It becomes an exchange:
 * `sent:NAME` is what the target sent, `NAME` what the suite answered.
 */
export interface HeardStep extends Pick<SendStep, 'as' | 'requirement' | 'expect' | 'when'> {
  /** Name of the counterpart. */
  readonly heard: string;
  readonly infno: string;
  /** How often it must have come by now; at least once when absent, and waited for within the time limit. */
  readonly times?: number;
}

/** A fault armed at a counterpart, or at a target that has the sandbox's control door. */
export interface FaultStep {
  readonly fault: Readonly<Record<string, Template>>;
  /** Name of the counterpart. */
  readonly at?: string;
}

/** A pause, a fault, or a new start of the target. */
export type OtherStep = { readonly wait: number } | FaultStep | { readonly restart: true };

/** One step of a scenario. */
export type Step = SendStep | ReplayStep | RawStep | HeardStep | OtherStep;

/**
 * What is expected of an answer. Places: `exchange.node.member`, `exchange.node.0.member`; `exchange:envelope.member`
 * for a member beside the body, `sent:exchange.node.member` for what was sent.
 */
export type Expectation = {
  readonly requirement: string;
  /** An amount that must not be zero: else the expectation would hold by itself, and nothing is shown. */
  readonly given?: string;
} & (
  | { readonly check: 'complete' }
  | { readonly check: 'identity'; readonly identity: string }
  | { readonly check: 'equal'; readonly place: string; readonly to: Template }
  | { readonly check: 'not-equal'; readonly place: string; readonly to: Template }
  | { readonly check: 'matches'; readonly place: string; readonly pattern: string }
  | {
      readonly check: 'sum';
      readonly total: string;
      readonly plus: readonly string[];
      readonly minus?: readonly string[];
    }
  | {
      readonly check: 'mirror';
      readonly of: string;
      readonly node: string;
      readonly members: readonly string[];
    }
  | {
      readonly check: 'same';
      readonly of: string;
      readonly node: string;
      readonly members: readonly string[];
    }
  | { readonly check: 'refused-or-equal'; readonly place: string; readonly to: Template }
  | { readonly check: 'told' }
  | { readonly check: 'signed' }
  | { readonly check: 'not-listed'; readonly list: string; readonly member: string; readonly to: Template }
  | { readonly check: 'listed'; readonly list: string; readonly member: string; readonly to: Template }
  | { readonly check: 'near'; readonly place: string; readonly seconds: number }
);

/** A course of steps. Teardown is done whatever became of the steps; what it meets is no verdict. */
export interface Scenario {
  readonly id: string;
  readonly title: Bilingual;
  /** Abilities that a target must have, else it is skipped, naming them. */
  readonly needs?: readonly string[];
  /** Scenarios that must have passed. */
  readonly dependsOn?: readonly string[];
  readonly setup?: readonly Step[];
  readonly steps: readonly Step[];
  readonly teardown?: readonly Step[];
}

/** The message of a transaction that is right in everything, and what its acceptance proves. */
export interface MessageTemplate {
  /** Requirement that a correct message is accepted. */
  readonly accepted: string;
  readonly input: { readonly [node: string]: Template };
  /** Steps that come before it in generated scenarios. */
  readonly setup?: readonly Step[];
  /** A change by which it must be refused on its merits. */
  readonly wrong?: NonNullable<SendStep['set']>;
  /** Steps that undo it, when it was accepted. */
  readonly undo?: readonly Step[];
  readonly needs?: readonly string[];
}

/** A family of requirements and scenarios that follow from the definitions. */
export interface Family {
  readonly family:
    | 'accepted'
    | 'complete'
    | 'identity'
    | 'required'
    | 'required-when'
    | 'length'
    | 'value-set'
    | 'format'
    | 'amount'
    | 'envelope-required'
    | 'told';
  readonly transactions: readonly string[];
  /** Why the levels are as the family's rule has them. */
  readonly because: string;
  readonly since: string;
}

/** A server that the suite plays while a kit runs: a core of the sandbox. */
export interface CounterpartPlan {
  readonly plays: 'care-place' | 'insured-place';
  /** 医保区划 of the core, six digits. */
  readonly region: string;
}

/** A kit as read. */
export interface Kit {
  readonly id: string;
  readonly title: Bilingual;
  /** How its messages are written and read: a name of src/tongues. */
  readonly tongue: string;
  /** What it is tried on: a name of src/systems. */
  readonly system: string;
  readonly counterparts: Readonly<Record<string, CounterpartPlan>>;
  /** Profile whose definitions the families follow. */
  readonly profile: string;
  readonly requirements: ReadonlyMap<string, Requirement>;
  readonly scenarios: readonly Scenario[];
  readonly messages: Readonly<Record<string, MessageTemplate>>;
}
