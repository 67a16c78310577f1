/** Body validators: ajv walks the structure, checks of our own look at nodes and leaves. */
import { Ajv } from 'ajv';
import type { WireObject } from '@yiqiao/model';
import { bodySchema } from './body-schema.ts';
import type { MemberRules, NodeFacts } from './body-schema.ts';
import { codeRulesOf, codesOf, factsOf, isAmount } from './field-facts.ts';
import type { Vocabulary } from './field-facts.ts';
import { isFull } from './findings.ts';
import type { Run } from './findings.ts';
import { leafCheck } from './leaf-checks.ts';
import type { MayLack } from './may-lack.ts';
import { memberCheck, shapeCheck } from './node-checks.ts';
import type { BodyValidator, Direction, FieldDefinition, NodeDefinition, ValidationMode } from './types.ts';

/** What a body is validated for. */
export interface BodyRules {
  readonly direction: Direction;
  readonly refuseUnknown: boolean;
  readonly textOnly: boolean;
  readonly nationalNames: boolean;
  /** Which required fields a tolerant request may lack; absent: none. */
  readonly mayLack?: MayLack | undefined;
}

/** Compiles nodes to a validator for both modes. */
export interface ValidatorCompiler {
  compile(nodes: readonly NodeDefinition[], rules: BodyRules): (mode: ValidationMode) => BodyValidator;
}

/** One compiler serves all transactions: it holds the keywords. */
export function createValidatorCompiler(vocabulary: Vocabulary): ValidatorCompiler {
  const ajv = createAjv(vocabulary);
  return {
    compile(nodes, rules) {
      const validate = ajv.compile(bodySchema(nodes));
      return (mode) => (body, at, envelope) => {
        const run: Run = { mode, ...rules, at, envelope, faults: [], deviations: [] };
        validate.call(run as never, body ?? {});
        return { faults: run.faults, deviations: run.deviations };
      };
    },
  };
}

/** A keyword's function: `this` is the run, by ajv's `passContext`. */
type Keyword = (this: Run, value: unknown, place?: { instancePath: string }) => boolean;

/**
 * The keywords report into the run instead of failing: ajv would copy all errors so far for every item of
 * a list, and a hostile list would cost its length squared.
 */
function createAjv(vocabulary: Vocabulary): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    passContext: true,
    inlineRefs: false,
    validateSchema: false,
    meta: false,
    strictTypes: false,
    addUsedSchema: false,
  });
  const keyword = <Rules>(name: string, compile: (rules: Rules) => Keyword): void => {
    ajv.addKeyword({ keyword: name, compile, errors: false });
  };
  keyword('leaf', (field: FieldDefinition) => leafKeyword(field, vocabulary));
  keyword('wireNode', (node: NodeFacts) => nodeKeyword(node));
  keyword('members', (rules: MemberRules) => memberKeyword(rules, vocabulary));
  return ajv;
}

function leafKeyword(field: FieldDefinition, vocabulary: Vocabulary): Keyword {
  const [structure, ...others] = codeRulesOf(field, vocabulary);
  const check = leafCheck(field, {
    facts: factsOf(field, vocabulary),
    amount: isAmount(field, vocabulary),
    codes: codesOf(field, vocabulary),
    structure: others.length === 0 && structure?.when === undefined ? structure : undefined,
  });
  return function (value, place) {
    check(this, value, place?.instancePath ?? '');
    return true;
  };
}

function nodeKeyword(node: NodeFacts): Keyword {
  const check = shapeCheck(node);
  return function (value, place) {
    return check(this, value, place?.instancePath ?? '');
  };
}

function memberKeyword(rules: MemberRules, vocabulary: Vocabulary): Keyword {
  const check = memberCheck(rules, vocabulary);
  return function (value, place) {
    if (!Array.isArray(value) && !isFull(this)) check(this, value as WireObject, place?.instancePath ?? '');
    return true;
  };
}
