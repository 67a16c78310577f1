/** What a tester is asked once before the first run: conformance/presets/questions.json. */
import { readFileSync } from 'node:fs';

/** One question; the answer stands at `path` in the inputs. */
export interface InputQuestion {
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  /** Asked only when there is something at this path. */
  readonly when?: string;
}

/** All questions, in the order in which they are asked. */
export function readQuestions(): readonly InputQuestion[] {
  const file = new URL('../../presets/questions.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly InputQuestion[];
}
