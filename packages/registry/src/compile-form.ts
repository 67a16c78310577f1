/** The forms of data files, as JSON Schema, made into functions that tell all errors with what was found. */
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

let ajv: Ajv | undefined;

/** Compiles one; a file is looked at once, so that the time to compile counts for more than the time to look. */
export function compileForm(schema: object): ValidateFunction {
  ajv ??= new Ajv({
    allErrors: true,
    strictTypes: false,
    validateSchema: false,
    meta: false,
    verbose: true,
    code: { optimize: false },
  });
  return ajv.compile(schema);
}
