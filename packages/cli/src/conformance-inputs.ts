/** `yiqiao conformance inputs`: asks once what a run has to know, and keeps it in one file. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { presetQuestions, readInputs, readQuestions } from '@yiqiao/conformance';
import type { InputQuestion } from '@yiqiao/conformance';
import type { Report } from './report.ts';
import { openTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

interface InputsChoice {
  readonly profile: string;
  readonly out: string;
  /** `PATH=VALUE`, instead of a question. */
  readonly set?: readonly string[];
  /** Nothing is asked: what is not set stays as it is. */
  readonly yes?: boolean;
}

interface Tree {
  [name: string]: string | number | readonly string[] | Tree | undefined;
}

/** Writes the file; what is in it already is offered as the answer. Exit code 0. */
export async function askInputs(report: Report, choice: InputsChoice): Promise<number> {
  const { profile, out, set = [], yes = false } = choice;
  const questions: readonly InputQuestion[] = [...readQuestions(), ...presetQuestions(profile)];
  const given = new Map(set.map((text) => splitSetting(text, questions)));
  const own: Tree = existsSync(out) ? (JSON.parse(readFileSync(out, 'utf8')) as Tree) : {};
  const preset = readInputs(profile) as unknown as Tree;
  const terminal = yes ? undefined : openTerminal();
  for (const question of questions) {
    const { path, when } = question;
    if (when !== undefined && textAt(own, when) === '') continue;
    const offered = textAt(own, path) || textAt(preset, path);
    const answer = given.get(path) ?? (await ask(terminal, asked(question, offered)));
    if (answer === '' || answer === offered) continue;
    keepWhole(own, preset, path);
    put(own, path.split('.'), valueOf(path, answer));
  }
  terminal?.close();
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(own, undefined, 2)}\n`);
  // Reading it once shows what cannot be read, a key file for instance, now and not in the middle of a campaign.
  readInputs(profile, out);
  report.line(`${out}: ${questions.filter(({ path }) => textAt(own, path) !== '').length} 项 answers`);
  return report.finish(true, { inputs: out, profile });
}

/** An answer; empty where nobody is asked, or input ended early. */
async function ask(terminal: Terminal | undefined, text: string): Promise<string> {
  if (terminal === undefined) return '';
  process.stderr.write(text);
  return (await terminal.read()) ?? '';
}

function asked({ zh, en }: InputQuestion, offered: string): string {
  return `${zh} ${en}${offered === '' ? '' : ` [${offered}]`}: `;
}

function splitSetting(text: string, questions: readonly InputQuestion[]): [path: string, value: string] {
  const [, path = '', value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (!questions.some((one) => one.path === path))
    throw new Error(
      `--set ${text}: 应为 PATH=VALUE，PATH 之一 must be PATH=VALUE with one of: ${questions.map((one) => one.path).join(', ')}`,
    );
  return [path, value];
}

/** Numbers and lists by the place where they stand. */
function valueOf(path: string, text: string): string | number | readonly string[] {
  if (path.startsWith('limits.')) {
    if (!/^\d{1,7}$/.test(text)) throw new Error(`${path}: 应为整数 must be a whole number: ${text}`);
    return Number(text);
  }
  return path === 'abilities'
    ? text
        .split(/[,，]/)
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : text;
}

/** A member of `values` stands in place of the preset's as a whole: what is beside the answer comes along. */
function keepWhole(own: Tree, preset: Tree, path: string): void {
  const [top = '', name = '', ...rest] = path.split('.');
  if (top !== 'values' || rest.length === 0) return;
  const below = (tree: Tree): Tree[string] => (tree[top] as Tree | undefined)?.[name];
  if (below(own) === undefined) put(own, [top, name], structuredClone(below(preset)));
}

function textAt(tree: Tree, path: string): string {
  let found: Tree[string] = tree;
  for (const step of path.split('.'))
    found = typeof found === 'object' && !Array.isArray(found) ? (found as Tree)[step] : undefined;
  if (Array.isArray(found)) return found.join(',');
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

function put(tree: Tree, [name = '', ...rest]: readonly string[], value: Tree[string]): void {
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const inner = tree[name];
  const below: Tree = typeof inner === 'object' && !Array.isArray(inner) ? (inner as Tree) : {};
  tree[name] = below;
  put(below, rest, value);
}
