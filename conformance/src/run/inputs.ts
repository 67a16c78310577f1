/** What a tester tells the suite once: addresses of the target, codes, test persons, keys, limits. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Template } from '../kits/types.ts';
import type { Limits } from './post.ts';

/** Keys of the two sides; texts of keys, not files. */
export interface SuiteSigning {
  /** Own private key and the public key that belongs to it, in hex. */
  readonly privateKey: string;
  readonly publicKey: string;
  /** The target's public key in hex; absent: its answers are not checked. */
  readonly peerPublicKey?: string;
  readonly userId?: string;
}

/** Everything a run needs to know beside the kit. */
export interface Inputs {
  /** Values for `{{name.member}}` in messages: institution, regions, operator, test persons. */
  readonly values: Readonly<Record<string, Template>>;
  /** What the target can: `outpatient`, `inpatient`, `declarations`, `faults`, … `signing` follows from the keys. */
  readonly abilities: readonly string[];
  readonly limits: Limits;
  readonly signing?: SuiteSigning;
  /** Further targets by name, for kits that need two. */
  readonly targets?: Readonly<Record<string, string>>;
  /** TCP ports of the servers that the suite plays, by name; the target has to know them. */
  readonly ports?: Readonly<Record<string, number>>;
  /** How the target is started anew: a command line for sh. */
  readonly restart?: { readonly command: string };
}

const PRESETS = new URL('../../presets/', import.meta.url);

interface InputFile extends Partial<Omit<Inputs, 'limits'>> {
  readonly limits?: Partial<Limits>;
}

/**
 * The preset of a profile with a tester's file over it. Keys in the file are texts, or paths beside it (`file:own.key`).
 * @throws Error when a file is missing or no JSON
 */
export function readInputs(profile: string, file?: string): Inputs {
  const preset = JSON.parse(readFileSync(new URL(`${profile}.json`, PRESETS), 'utf8')) as Inputs;
  if (file === undefined) return preset;
  const own = JSON.parse(readFileSync(file, 'utf8')) as InputFile;
  const signing = own.signing === undefined ? undefined : keyTexts(own.signing, dirname(file));
  return {
    ...preset,
    ...own,
    values: { ...preset.values, ...own.values },
    limits: { ...preset.limits, ...own.limits },
    ...(signing !== undefined && { signing }),
  } as Inputs;
}

function keyTexts(signing: SuiteSigning, folder: string): SuiteSigning {
  const entries = Object.entries(signing).map(([name, text]: [string, string]) => [
    name,
    text.startsWith('file:') ? readFileSync(resolve(folder, text.slice(5)), 'utf8').trim() : text,
  ]);
  return Object.fromEntries(entries) as unknown as SuiteSigning;
}
