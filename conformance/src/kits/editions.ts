/** Editions: a kit under a signing profile, `signature@tif`. Data: conformance/editions/KIT@EDITION.json. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Registry } from '@yiqiao/registry';
import { asRegionalKit, gatewaySigning } from './dialects.ts';
import { asFormKit } from './form-kit.ts';
import type { FormEdition } from './form-kit.ts';
import { asNativeKit } from './native-kit.ts';
import type { NativeEdition } from './native-kit.ts';
import { asSigningEdition } from './signing-edition.ts';
import type { SigningEdition } from './signing-edition.ts';
import type { Bilingual, Kit } from './types.ts';

const FOLDER = new URL('../../editions/', import.meta.url);

/** What a file of an edition holds. */
type EditionFile = {
  readonly title: Bilingual;
  /** Digest of the rules of each version that was published. */
  readonly pins: Readonly<Record<string, string>>;
} & (SigningEdition | NativeEdition | FormEdition);

/** Ids of all editions, `signature@tif`. */
export function editionIds(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5))
    .toSorted();
}

/** What a tester chooses: a kit, and the profile or the signing profile of the target. */
export interface EditionChoice {
  readonly kit: string;
  /** `national` when absent. */
  readonly profile?: string;
  readonly signing?: string;
}

/**
 * Id of the kit that a choice means; a profile stands for its signing profile where the kit is about signatures.
 * @throws RangeError for a signing profile and a kit that is not about signatures
 */
export function chooseEdition(
  registry: Registry,
  { kit, profile = NATIONAL, signing }: EditionChoice,
): string {
  if (signing !== undefined && !kit.startsWith(SIGNATURE))
    throw new RangeError(`--signing ${signing}: 只用于测试套 signature is for the kit signature only`);
  if (kit.includes('@')) return kit;
  const wanted =
    kit === SIGNATURE ? (signing ?? gatewaySigning(registry.profile(profile)) ?? MAIN_SIGNING) : profile;
  return wanted === NATIONAL || wanted === MAIN_SIGNING ? kit : `${kit}@${wanted}`;
}

const NATIONAL = 'national';
const SIGNATURE = 'signature';
const MAIN_SIGNING = 'fsi-main-cainfo';

/**
 * The kit of an edition: as its file has it, or of a region that speaks the national form. `read`: the kit with the
 * definitions of a profile.
 * @throws RangeError for one that is not there
 */
export function readEdition(
  registry: Registry,
  { edition, rules }: { readonly edition: string; readonly rules: string },
  read: (profile?: string) => Kit,
): Kit {
  const base = read();
  const id = `${base.id}@${edition}`;
  if (existsSync(new URL(`${id}.json`, FOLDER))) {
    const file = editionFile(id);
    const kit =
      'signing' in file
        ? asSigningEdition(registry, base, file)
        : inOtherForm(registry, { base, rules }, file);
    return { ...kit, id, title: file.title };
  }
  if (base.id === SIGNATURE || base.profile !== NATIONAL || !registry.profiles().includes(edition))
    throw new RangeError(`no edition ${id}; there are ${editionIds().join(', ')}`);
  const profile = registry.profile(edition);
  if (profile.dialect !== NATIONAL)
    throw new RangeError(
      `${edition} 有自己的报文形式，测试端尚不会 has a form of its own that the suite does not speak yet`,
    );
  return asRegionalKit(read(edition), profile);
}

function inOtherForm(
  registry: Registry,
  of: { readonly base: Kit; readonly rules: string },
  file: NativeEdition | FormEdition,
): Kit {
  return 'native' in file ? asNativeKit(registry, of, file) : asFormKit(registry, of, file);
}

/** Digest of each published version of an edition's rules. */
export function editionPins(id: string): Readonly<Record<string, string>> {
  return editionFile(id).pins;
}

function editionFile(id: string): EditionFile {
  return JSON.parse(readFileSync(new URL(`${id}.json`, FOLDER), 'utf8')) as EditionFile;
}
