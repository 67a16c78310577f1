/** What is known of the national business codes, and what is told of one code. */
import type { Fault } from '@yiqiao/model';

/** Text in both languages. */
export type Bilingual = Fault['message'];

/** How well a structure is known. Source: code-standards.json, `confidenceLegend`. */
export type CodeConfidence = 'attested' | 'sample' | 'inferred' | 'name only';

/** Names of fields beside a field, with the values for which a rule holds. */
export type CodeCondition = Readonly<Record<string, readonly string[]>>;

/** A national business code or a related identifier. Source: schemas/national/code-standards.json. */
export interface CodeStandard {
  readonly id: string;
  /** Number in the series of fifteen; absent for related identifiers. */
  readonly no?: number;
  readonly name: Bilingual;
  readonly confidence: CodeConfidence;
  /** Its known forms; none when the structure is not public. */
  readonly forms: readonly CodeForm[];
  /** There are forms that no public source tells, so a code in none of `forms` may still be good. */
  readonly otherForms?: boolean;
  /** Fields of messages that hold its codes. */
  readonly fields: readonly CodeField[];
  readonly note?: string;
}

/** A field that holds codes of a standard. */
export interface CodeField {
  /** Its name on the wire. */
  readonly name: string;
  /** Absent: it always holds them. */
  readonly when?: CodeCondition;
}

/** One way in which codes of a standard are written. */
export interface CodeForm {
  readonly name: Bilingual;
  readonly confidence: CodeConfidence;
  /** A code of this form, made up unless the note says otherwise. */
  readonly example: string;
  readonly note?: string;
}

/** A part of a code with what it stands for. */
export interface CodeText {
  readonly name: Bilingual;
  readonly text: string;
}

/** Where a code leaves a form. */
export interface CodeDifference {
  /** How many characters are as they should be. */
  readonly at: number;
  /** What should be there; tells nothing of the code, which may be a person's. */
  readonly expected: Bilingual;
  /** The same for whoever has the code at hand: with what stands there. */
  readonly told: Bilingual;
}

/** What one standard says of a code. */
export interface CodeVerdict {
  readonly standard: CodeStandard;
  /** Undecided: the structure, or part of it, is not public. */
  readonly outcome: 'fits' | 'differs' | 'undecided';
  /** The form that the code has. */
  readonly form?: CodeForm;
  /** What each part of the code stands for, in order. */
  readonly parts: readonly CodeText[];
  /** What is odd about a code that fits: a region that nobody knows, or that of synthetic data. */
  readonly remarks: readonly Bilingual[];
  /** For each form that the code has not: why, the nearest form first. */
  readonly reasons: readonly {
    readonly form: Bilingual;
    readonly confidence: CodeConfidence;
    readonly reason: Bilingual;
  }[];
  /** The same code with the case, width and blanks that a form has. */
  readonly rewritten?: string;
}

/** Which codes a field of a message holds. */
export interface FieldCodeRule {
  /** Absent: always. The first rule of a field whose condition holds counts. */
  readonly when?: CodeCondition;
  /**
   * What is to be told of a text that is not written as one of the standards has it, or whose region nobody knows:
   * place, structure, confidence and remedy, never the text itself. `undefined` when there is nothing to tell.
   */
  remarkOn(text: string): Bilingual | undefined;
}
