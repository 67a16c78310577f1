/** Rules over messages that a client sent, one by one or as a series. Data: kits/<kit>/series.json. */

/**
 * A place in a recorded exchange: `data.psn_no` in the body of the request, `:msgid` beside it, `answer.setlinfo.setl_id`
 * in the body of the answer, `answer:infcode` beside it. A list stands for its first row where no number is given; in `match` and
 * `matter` `feedetail.*.feedetl_sn` is that of any row.
 */
export type Place = string;

/** Places whose texts must be the same: of the message that is judged, and of the other one. One text: both alike. */
export type Pair = Place | readonly [here: Place, there: Place];

/**
 * `accepted`, `refused`: answered so. `unanswered`: no answer left, or none that can be read. `answered`: either of the
 * first two.
 */
export type RecordState = 'accepted' | 'refused' | 'unanswered' | 'answered' | 'any';

/** Which messages. */
export interface Which {
  /** Transaction numbers; `*` for any. */
  readonly of: readonly string[];
  /** `any` when absent. */
  readonly state?: RecordState;
  /** Only messages whose text at this place matches. */
  readonly given?: { readonly place: Place; readonly pattern: string };
}

/** Which messages, and what ties them to the one that is judged. */
export interface Tied extends Which {
  readonly match: readonly Pair[];
  /** It comes on the day of the message: an excerpt that began on an earlier day would hold it. */
  readonly sameDay?: true;
}

/** In which way a message does not fit its definition. */
export type Misfit = 'required' | 'length' | 'value-set' | 'format' | 'amount' | 'envelope';

/** One rule. It says something only where there is occasion: a message of `of`. */
export type SeriesRule = { readonly requirement: string } & Which &
  (
    | { readonly rule: 'readable' }
    | { readonly rule: 'signed' }
    /** The body has none of these misfits. */
    | { readonly rule: 'fits'; readonly misfits: readonly Misfit[] }
    /** An amount is the sum of others of the same message. */
    | { readonly rule: 'parts'; readonly total: Place; readonly plus: readonly Place[] }
    /** An amount is the sum of a member over the rows of a list. */
    | { readonly rule: 'row-sum'; readonly total: Place; readonly list: string; readonly member: string }
    /** In each row of a list: amount = price × quantity, to the 分. */
    | {
        readonly rule: 'line-amount';
        readonly list: string;
        readonly amount: string;
        readonly factors: readonly [string, string];
      }
    /** `{PLACE}` in the pattern stands for the text at that place of the same message. */
    | { readonly rule: 'matches'; readonly place: Place; readonly pattern: string }
    | { readonly rule: 'near'; readonly place: Place; readonly seconds: number }
    /** Two messages never have the same text there, unless one repeats the other. */
    | { readonly rule: 'unique'; readonly place: Place }
    /**
     * An earlier message is tied to it. With `same`: where there is one, these are the same in the last of them; then a
     * message without one is no occasion.
     */
    | { readonly rule: 'preceded'; readonly by: Tied; readonly same?: readonly Pair[] }
    /** A later message is tied to it. */
    | { readonly rule: 'followed'; readonly by: Tied }
    /** None of these comes after it, unless something in `until` came between; the message itself again does not count. */
    | { readonly rule: 'not-after'; readonly by: Tied; readonly until?: readonly Tied[] }
    /**
     * What became of it is found out: by one of `by` that was answered, or by a repetition that was. `next`: before a
     * message of the same transaction with another msgid that `matter` ties to it; `end`: in the end.
     */
    | {
        readonly rule: 'resolved';
        readonly before: 'next' | 'end';
        readonly matter: readonly Pair[];
        readonly by: readonly Tied[];
      }
    /** No more than so many in a row that agree in `matter`. */
    | { readonly rule: 'at-most'; readonly times: number; readonly matter: readonly Pair[] }
    /**
     * Sums over what was settled before and stands: each place of the message → the amount in a settlement that is added.
     * `settled` ties settlements to the message, `undone` what undoes one to the settlement.
     */
    | {
        readonly rule: 'day-sums';
        readonly sums: readonly (readonly [Place, Place])[];
        readonly settled: Tied;
        readonly undone: readonly Tied[];
      }
    | {
        readonly rule: 'sum';
        readonly total: Place;
        readonly lines: LineSource;
      }
  );

/** Lines that make up a total: rows of earlier accepted messages that no withdrawal took back. */
export interface LineSource {
  readonly of: readonly string[];
  /** List of the request, and the amount in a row. */
  readonly list: string;
  readonly member: string;
  /** The amount stands in the row of the answer with the same `feedetl_sn`, in this list. */
  readonly answered?: string;
  /** Place of the total's message → member of a row. */
  readonly match: readonly (readonly [Place, string])[];
  /** Transaction that takes rows back: place in it → member of a row. `all`: this text there means all. */
  readonly withdrawn?: {
    readonly of: string;
    readonly match: readonly (readonly [Place, string])[];
    readonly all?: string;
  };
}
