/** The same code in the characters that its structure has. */
import type { CompiledForm } from './code-form.ts';

/** A code in another case, with full-width characters or blanks: as one of the forms has it; `undefined` when none does. */
export function rewrite(code: string, forms: readonly CompiledForm[]): string | undefined {
  if (code.length > MOST) return undefined;
  const plain = code.normalize('NFKC').replace(/\s/g, '');
  const capital = plain.toUpperCase();
  return [plain, capital, capital.replace(/(?<=.)X/g, 'x')].find((one) =>
    forms.some((form) => form.fits(one)),
  );
}

/** No code is longer, blanks included. */
const MOST = 100;
