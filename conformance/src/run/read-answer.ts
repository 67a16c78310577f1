/** An answer in the form in which it is judged, whatever tongue it came in. */
import type { WireObject } from '@yiqiao/model';
import type { Bilingual } from '../kits/types.ts';
import type { OwnObject } from './own-reading.ts';

/** An answer as both read it. */
export interface Answer {
  readonly success: boolean;
  readonly code: string;
  readonly text: string;
  readonly envelope: OwnObject;
  /** `output` by the sandbox's codec; empty when it is null. */
  readonly output: OwnObject;
  /** `output` by the product's codec, for its validators. */
  readonly body: WireObject | null;
  /** Absent when nothing is to be verified. */
  readonly signature?: { readonly good: boolean; readonly why: Bilingual };
}

/** `unreadable`: by both. `disagreement`: the suite's own fault until a person has looked. */
export type ReadAnswer =
  | { readonly state: 'read'; readonly answer: Answer }
  | { readonly state: 'unreadable'; readonly why: Bilingual }
  | { readonly state: 'disagreement'; readonly why: Bilingual };
