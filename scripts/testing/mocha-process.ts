/**
 * The process that runs the tests: `mocha-process.ts FILE…`, its standard output and error being collected by its
 * parent, to which it tells over the process channel how each test ended.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { root } from './places.ts';

/** What is told. `failed` carries title and reason. */
export type TestMessage = { readonly passed: true } | { readonly failed: string } | { readonly done: true };

const settings = JSON.parse(readFileSync(join(root, '.mocharc.json'), 'utf8')) as Mocha.MochaOptions;
const tell = (message: TestMessage): void => void process.send?.(message);

class Reporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('pass', () => tell({ passed: true }));
    runner.on('fail', (test, error: Error) => {
      tell({ failed: `✖ ${test.fullTitle()}\n${indent(error.stack ?? error.message)}\n` });
    });
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}

// A parent that is gone must leave nothing behind.
process.on('disconnect', () => process.exit());
// In two processes, so that a file that fails to load or dies takes only itself along.
const mocha = new Mocha({ ...settings, parallel: true, jobs: 2, reporter: Reporter });
for (const file of process.argv.slice(2)) mocha.addFile(join(root, file));
mocha.run(() => tell({ done: true }));
