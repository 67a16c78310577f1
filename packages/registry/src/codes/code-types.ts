/** What is known of the national business codes, and what is told of one code. */
import type { Fault } from '@yiqiao/model';

/** Text in both languages. */
export type Bilingual = Fault['message'];

/** How well a structure is known. Source: code-standards.json, `confidenceLegend`. */
export type CodeConfidence = 'attested' | 'sample' | 'inferred' | 'name only';

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
  readonly note?: string;
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

/** What one standard says of a code. */
export interface CodeVerdict {
  readonly standard: CodeStandard;
  /** Undecided: the structure, or part of it, is not public. */
  readonly outcome: 'fits' | 'differs' | 'undecided';
  /** The form that the code has. */
  readonly form?: CodeForm;
  /** What each part of the code stands for, in order. */
  readonly parts: readonly CodeText[];
  /** For each form that the code has not: why. */
  readonly reasons: readonly { readonly form: Bilingual; readonly reason: Bilingual }[];
}

/** Which codes a field of a message holds. */
export interface FieldCodeRule {
  /** Names of fields beside it, with the values for which this rule holds; absent: always. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  /** Whether the text is written as one of the standards has it. */
  fits(text: string): boolean;
  /** What is told when it is not, with the confidence of the structure. */
  readonly message: Bilingual;
}
