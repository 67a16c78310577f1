/** The checks beside the tests, as data, in the order in which they are reported. */
import { join } from 'node:path';
import { programOf, root } from './places.ts';

/** A program that says by its exit code whether all is well. */
export interface CommandCheck {
  readonly name: string;
  /** Script for Node, with its arguments. */
  readonly command: readonly string[];
  /** It looks at the whole tree whatever is asked: keep the lines that begin with the path asked for. */
  readonly keepLinesOf: boolean;
}

/** All checks, or those that can be held to one path. */
export function checksFor(only: string | undefined): readonly CommandCheck[] {
  const at = only ?? '.';
  const whole = [
    { name: 'generated', command: [join(root, 'scripts/generate.ts'), '--check'], keepLinesOf: false },
    {
      name: 'unused',
      command: [programOf('knip'), '--no-progress', '--no-config-hints'],
      keepLinesOf: false,
    },
  ];
  const [generated, unused] = only === undefined ? whole : [];
  const checks = [
    generated,
    {
      name: 'types',
      command: [programOf('typescript'), '-p', 'tsconfig.json', '--pretty', 'false'],
      keepLinesOf: true,
    },
    { name: 'lint', command: [programOf('oxlint'), '--type-aware', at], keepLinesOf: false },
    { name: 'format', command: [programOf('prettier'), '--check', '--cache', at], keepLinesOf: false },
    unused,
  ];
  return checks.filter((check) => check !== undefined);
}

/** No person in what the tests, and the gateways that they start, have written: the identities of tests count too. */
export function privacyOf(output: string): CommandCheck {
  return {
    name: 'privacy',
    command: [join(root, 'packages/cli/src/main.ts'), 'privacy', 'scan', output],
    keepLinesOf: false,
  };
}
