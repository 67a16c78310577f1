/** The data of a kit: what is required, and how it is found out. Files: kits/<kit>/. */
import type { Confidence } from '@yiqiao/registry';
import type { SeriesRule } from '../series/types.ts';
import type { MatrixRow } from './matrix.ts';

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
  | 'swapped'
  // Of other signing profiles; each is told in kits/signature/ways.json.
  | 'clear'
  | 'enc-type'
  | 'sign-type'
  | 'lower-case'
  | 'upper-case'
  | 'compact-time'
  | 'application'
  | 'service'
  | 'version'
  | 'no-application'
  | 'no-time'
  | 'no-nonce'
  | 'short-nonce'
  | 'other-nonce'
  | 'other-time'
  | 'old'
  | 'with-nonce'
  | 'query'
  | 'altered-query'
  | 'algorithm'
  | 'scheme';

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
  /** Account that sends it, a name of the inputs, in tongues that have accounts; the message's own when absent. */
  readonly sender?: string;
  /** Writes the body with blanks and escapes: another text of the same value. */
  readonly spelling?: 'spaced' | 'escaped';
  /** The connection is closed by the suite before the answer can arrive. */
  readonly abandon?: true;
  /** The same bytes so many times at once; what is expected counts for each. */
  readonly copies?: number;
  /**
   * What the answer has to be, `accepted` when absent; and the requirement that says so, when not the usual one.
   * `answered`: anything but silence or an HTTP error of the 500s; `any`: an answer that can be read;
   * `told`: anything but silence; `not-accepted`: a refusal, or an HTTP error; `file`: the bytes of a file.
   */
  readonly outcome?: 'accepted' | 'refused' | 'answered' | 'any' | 'told' | 'not-accepted' | 'file';
  /** The bytes that `file` has to be, base64; any that are no message when absent. */
  readonly file?: Template;
  readonly requirement?: string;
  /** Only when the exchange of this name was accepted; only when it was not. */
  readonly when?: string;
  readonly unless?: string;
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
  /** `list`: one message in a list; `several`: a list that holds more; `gbk`: a correct message in GBK; `nested`: deeper than anyone needs; `large`: two megabytes; `entities`: XML that grows. */
  readonly raw:
    | 'empty'
    | 'text'
    | 'cut'
    | 'list'
    | 'several'
    | 'gbk'
    | 'nested'
    | 'large'
    | 'twice'
    | 'twice-inside'
    | 'entities';
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
  /** At least so often, waited for; 1 when absent. */
  readonly least?: number;
  /** Only messages with these texts below `input`, by path (`data.omsgid`). */
  readonly where?: Readonly<Record<string, Template>>;
}

/**
 * The books of a counterpart about a visit. `told`: they fit what the target said of this settlement (done: once in
 * force, under the id that was told; not done: not in force; not known: at most once). `undone`: the same of its
 * cancellation or reversal. `settled`: so many settlements in force, waited for. `as`: the same settlements, cancellations and amounts as the books of another counterpart, waited for
 * within the time limit.
 */
export interface BooksStep {
  readonly books: string;
  readonly visit: Template;
  readonly requirement: string;
  readonly told?: string;
  readonly undone?: string;
  readonly settled?: number;
  readonly as?: string;
  readonly when?: string;
}

/** Messages that are sent at the same time; each is judged as if it were alone. */
export interface TogetherStep {
  readonly together: readonly SendStep[];
}

/** A fault armed at a counterpart (`none`: those that nothing has met are taken away), or at a target that has the sandbox's control door. */
export interface FaultStep {
  readonly fault: Readonly<Record<string, Template>>;
  /** Name of the counterpart. */
  readonly at?: string;
}

/** A pause, a fault, or a new start of the target. */
export type OtherStep = { readonly wait: number } | FaultStep | { readonly restart: true };

/**
 * What somebody at the target does, or is asked: for targets that are clients, driven by a cashier. With `wanted` it is
 * a question about what only they can see.
 */
export interface PromptStep extends Pick<SendStep, 'requirement' | 'when'> {
  /** May hold `{{places}}`. */
  readonly prompt: Bilingual;
  /** Name of the deed or question, for a cashier that is a program; and what it needs for it. */
  readonly act: string;
  readonly with?: Readonly<Record<string, Template>>;
  readonly wanted?: 'yes' | 'no';
}

/** One step of a scenario. */
export type Step =
  SendStep | ReplayStep | RawStep | HeardStep | PromptStep | BooksStep | TogetherStep | OtherStep;

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
  // A place with `*` for the row, `exchange.node.*.member`, stands for all rows together.
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
  /** What the target sent to a counterpart bears its good signature. */
  | { readonly check: 'sent-signed' }
  /**
   * The body is that of exchange `of`: what was sent (`input`) or answered (`output`). `value`: the same leaves with
   * the same texts, numbers by their value; `kind`: also number for number, text for text, null for null.
   */
  | {
      readonly check: 'unchanged';
      readonly part: 'input' | 'output';
      readonly of: string;
      readonly how?: 'value' | 'kind';
      /** Only what stands below this path, or only this leaf. */
      readonly at?: string;
      /** Leaves that may differ, by path. */
      readonly without?: readonly string[];
    }
  | { readonly check: 'not-listed'; readonly list: string; readonly member: string; readonly to: Template }
  | { readonly check: 'listed'; readonly list: string; readonly member: string; readonly to: Template }
  | { readonly check: 'near'; readonly place: string; readonly seconds: number }
  /** The amount at a place, of all its rows together, is not above the amount at another; `less`: it is below. */
  | { readonly check: 'at-most'; readonly place: string; readonly than: string }
  | { readonly check: 'less'; readonly place: string; readonly than: string }
  /** A leaf is a number or a text of JSON. */
  | { readonly check: 'kind'; readonly place: string; readonly kind: 'number' | 'text' }
  /** The bytes of the answer begin without a byte order mark. */
  | { readonly check: 'no-mark' }
  | { readonly check: 'http-status'; readonly status: number }
  /** None of these values is in the text. */
  | { readonly check: 'hides'; readonly place: string; readonly what: readonly Template[] }
);

/** A course of steps. Teardown is done whatever became of the steps; what it meets is no verdict. */
export interface Scenario {
  readonly id: string;
  readonly title: Bilingual;
  /** Abilities that a target must have, else it is skipped, naming them. */
  readonly needs?: readonly string[];
  /** Scenarios that must have passed. */
  readonly dependsOn?: readonly string[];
  /** Runs after every other scenario, whatever became of them. */
  readonly last?: true;
  readonly setup?: readonly Step[];
  readonly steps: readonly Step[];
  readonly teardown?: readonly Step[];
}

/** The message of a transaction that is right in everything, and what its acceptance proves. */
export interface MessageTemplate {
  /** Requirement that a correct message is accepted. */
  readonly accepted: string;
  readonly sender?: string;
  readonly input: { readonly [node: string]: Template };
  /** Steps that come before it in generated scenarios. */
  readonly setup?: readonly Step[];
  /** What goes with a value of a member, `mdtrt_cert_type=03`, so that the message stays right. */
  readonly cases?: Readonly<Record<string, NonNullable<SendStep['set']>>>;
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
  /** `province`: a care place that has the insured place behind it, for targets that are clients. */
  readonly plays: 'care-place' | 'insured-place' | 'province';
  /** 医保区划 of the core, six digits. */
  readonly region: string;
  /** Of `province`: whose insured are on its register; its own when absent. */
  readonly insuredRegion?: string;
  /** It signs with the suite's keys, when there are any. */
  readonly signs?: true;
}

/** A transaction of a profile that the kit does not reach. */
export interface LeftOut {
  readonly transaction: string;
  readonly because: Bilingual;
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
  /** Of an edition in another form: members around every body; `{{msgid}}` is the next message number. */
  readonly around?: {
    readonly members: Readonly<Record<string, Template>>;
    /** The member that is the message id. */
    readonly messageId?: string;
  };
  /** Of an edition in another form: what it does not reach. */
  readonly leftOut?: readonly LeftOut[];
  /** Signing profile of the edition; `fsi-main-cainfo` when absent. */
  readonly signing?: string;
  /** Profile whose definitions the families follow. */
  readonly profile: string;
  readonly requirements: ReadonlyMap<string, Requirement>;
  readonly scenarios: readonly Scenario[];
  readonly messages: Readonly<Record<string, MessageTemplate>>;
  /** Rules over what a target sends as a client. */
  readonly series: readonly SeriesRule[];
  /** Combinations that are required (必测) or optional (选测); empty without matrix. */
  readonly matrix: readonly MatrixRow[];
}
