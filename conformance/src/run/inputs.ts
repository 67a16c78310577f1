/** What a tester tells the suite once: addresses of the target, codes, test persons, keys, limits. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parsePrivateKey, parsePublicKey } from '@yiqiao/signer';
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

/** What a signing profile other than `fsi-main-cainfo` wants to know, by the names of schemas/signing/profiles.json. */
export interface SuiteProtection {
  readonly credentials?: Readonly<Record<string, string>>;
  /** Choices where sources disagree; the profile's when absent. */
  readonly variants?: Readonly<Record<string, string>>;
  /** Of bearer tokens: the token that the target knows. */
  readonly accessToken?: string;
}

/** Everything a run needs to know beside the kit. */
export interface Inputs {
  /** Values for `{{name.member}}` in messages: institution, regions, operator, test persons. */
  readonly values: Readonly<Record<string, Template>>;
  /** What the target can: `outpatient`, `inpatient`, `declarations`, `faults`, … `signing` follows from the keys. */
  readonly abilities: readonly string[];
  readonly limits: Limits;
  readonly signing?: SuiteSigning;
  readonly protection?: SuiteProtection;
  /** Further targets by name, for kits that need two. */
  readonly targets?: Readonly<Record<string, string>>;
  /** TCP ports of the servers that the suite plays, by name; the target has to know them. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Address on which these servers listen, `0.0.0.0` for all; 127.0.0.1 when absent. */
  readonly host?: string;
  /** How long a message of a target that is a client is waited for. */
  readonly listening?: { readonly waitMs: number };
  /** How the target is started anew: a command line for sh. */
  readonly restart?: { readonly command: string };
}

const PRESETS = new URL('../../presets/', import.meta.url);

/** Something that a tester of a profile has to fill in beside what every tester does. */
export interface PresetQuestion {
  /** Place in the inputs. */
  readonly path: string;
  readonly zh: string;
  readonly en: string;
}

interface InputFile extends Partial<Omit<Inputs, 'limits'>> {
  /** Preset that this one stands on. */
  readonly extends?: string;
  readonly fill?: readonly PresetQuestion[];
  readonly limits?: Partial<Limits>;
  /** File of the test persons, beside this one: members of `values` by name. */
  readonly persons?: string;
}

/**
 * The preset of a profile with a tester's file over it. Keys in the file are texts, or paths beside it (`file:own.key`).
 * A tester's `persons` stand in place of all persons of the preset.
 * @throws Error when a file is missing or no JSON
 */
export function readInputs(profile: string, file?: string): Inputs {
  const { persons, ...preset } = readPreset(profile);
  const presetPersons = (): Inputs['values'] =>
    persons === undefined ? {} : json(new URL(persons, PRESETS));
  if (file === undefined) return { ...preset, values: { ...presetPersons(), ...preset.values } };
  const { persons: ownPersons, ...own } = checked(file, json<InputFile>(file));
  const people: Inputs['values'] =
    ownPersons === undefined ? presetPersons() : json(resolve(dirname(file), ownPersons));
  const signing = own.signing === undefined ? undefined : inHex(keyTexts(own.signing, dirname(file)));
  const credentials = own.protection?.credentials;
  const secrets =
    credentials === undefined
      ? {}
      : { protection: { ...own.protection, credentials: keyTexts(credentials, dirname(file)) } };
  return {
    ...preset,
    ...own,
    values: { ...people, ...preset.values, ...own.values },
    limits: { ...preset.limits, ...own.limits },
    ...(signing !== undefined && { signing }),
    ...secrets,
  } as Inputs;
}

/** Members of a tester's file; what is misspelt would be overlooked. */
const MEMBERS: readonly (keyof InputFile)[] = [
  'persons',
  'values',
  'abilities',
  'limits',
  'signing',
  'protection',
  'targets',
  'ports',
  'host',
  'listening',
  'restart',
];

/** @throws Error naming every member that nobody knows */
function checked(file: string, inputs: InputFile): InputFile {
  const unknown = Object.keys(inputs).filter((name) => !(MEMBERS as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(
      `${file}: 未知成员 unknown members: ${unknown.map((name) => `/${name}`).join(', ')}; 可用 there are: ${MEMBERS.join(', ')}`,
    );
  const { abilities } = inputs;
  if (abilities !== undefined && !Array.isArray(abilities))
    throw new Error(`${file}: /abilities 应为列表 must be a list`);
  return inputs;
}

/** What a tester of a profile has to fill in; nothing for one without preset. */
export function presetQuestions(profile: string): readonly PresetQuestion[] {
  if (!existsSync(new URL(`${profile}.json`, PRESETS))) return [];
  return json<InputFile>(new URL(`${profile}.json`, PRESETS)).fill ?? [];
}

function readPreset(profile: string): Inputs & Pick<InputFile, 'persons'> {
  const { extends: below, fill: _fill, ...own } = json<InputFile>(new URL(`${profile}.json`, PRESETS));
  if (below === undefined) return own as Inputs;
  const base = readPreset(below);
  return {
    ...base,
    ...own,
    values: { ...base.values, ...own.values },
    limits: { ...base.limits, ...own.limits },
  } as Inputs;
}

/** Names of the test persons among the values: what has a 人员编号. */
export function personsOf({ values }: Inputs): readonly string[] {
  return Object.entries(values)
    .filter(([, value]) => typeof value === 'object' && value !== null && Object.hasOwn(value, 'psn_no'))
    .map(([name]) => name);
}

function json<T>(file: string | URL): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Texts, or those of files beside the inputs. */
function keyTexts<T extends object>(texts: T, folder: string): T {
  const entries = Object.entries(texts).map(([name, text]: [string, string]) => [
    name,
    text.startsWith('file:') ? readFileSync(resolve(folder, text.slice(5)), 'utf8').trim() : text,
  ]);
  return Object.fromEntries(entries) as unknown as T;
}

function inHex({ privateKey, publicKey, peerPublicKey, ...rest }: SuiteSigning): SuiteSigning {
  return {
    ...rest,
    privateKey: scalarOf(privateKey),
    publicKey: pointOf(publicKey),
    ...(peerPublicKey !== undefined && { peerPublicKey: pointOf(peerPublicKey) }),
  };
}

/** Keys may come as PEM, hex or base64; within the suite they are hex. @throws GatewayError `KEY_INVALID` */
function scalarOf(privateKey: string): string {
  const der = parsePrivateKey(privateKey).key.export({ format: 'der', type: 'pkcs8' }).toString('hex');
  return /0201010420([0-9a-f]{64})/.exec(der)?.[1] ?? privateKey;
}

function pointOf(publicKey: string): string {
  return parsePublicKey(publicKey).point.toString('hex');
}
