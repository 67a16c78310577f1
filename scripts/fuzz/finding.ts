/** What was found wrong, and the file from which it can be tried again. */
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzInput } from './target.ts';

/** What is wrong with a reaction. */
export type FindingKind = 'crash' | 'hang' | 'leak';

/** A finding. */
export interface Finding {
  readonly kind: FindingKind;
  readonly input: FuzzInput;
  /** Stack, milliseconds, or what leaked where; masked. */
  readonly why: string;
}

/** Writes the input of a finding as one JSON file; returns its path. */
export function saveFinding(folder: string, { kind, input, why }: Finding): string {
  mkdirSync(folder, { recursive: true });
  const { target, about, bytes } = input;
  const name = `${kind}-${target}-${hash('sha256', Buffer.concat([Buffer.from(JSON.stringify(about)), bytes]), 'hex').slice(0, 12)}.json`;
  const file = join(folder, name);
  writeFileSync(
    file,
    `${JSON.stringify({ kind, why, target, about, base64: bytes.toString('base64') }, null, 2)}\n`,
  );
  return file;
}

/** Reads such a file. */
export function readInput(file: string): FuzzInput {
  const { target, about, base64 } = JSON.parse(readFileSync(file, 'utf8')) as {
    target: string;
    about: Record<string, string>;
    base64: string;
  };
  return { target, about, bytes: Buffer.from(base64, 'base64') };
}
