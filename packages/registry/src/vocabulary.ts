/** Names and code lists, each read when first needed. */
import { brokenFile } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import { createCodeStandards } from './codes/code-standards.ts';
import type { CodeStandards } from './codes/code-standards.ts';
import type { DictionaryEntry, ValueSet } from './types.ts';
import type { Vocabulary } from './field-facts.ts';

/** A name, or another spelling (`psnNo`) of a name that stands elsewhere in the dictionary. */
type Dictionary = Readonly<Record<string, DictionaryEntry | { readonly sameAs: string }>>;

interface ValueSetFile {
  readonly name: string;
  readonly label: ValueSet['label'];
  readonly open: boolean;
  readonly confidence: ValueSet['confidence'];
  readonly sources?: readonly string[];
  readonly codes: readonly { readonly code: string; readonly label: ValueSet['label'] }[];
}

/** The vocabulary with the lists as they are. */
interface FullVocabulary extends Vocabulary {
  findValueSet(name: string): ValueSet | undefined;
  readonly codes: CodeStandards;
}

/** The vocabulary of a data folder; `isRegion` knows region codes, of which the list has only the provinces. */
export function createVocabulary(files: DataFiles, isRegion: (code: string) => boolean): FullVocabulary {
  const sets = new Map<string, ValueSet | undefined>();
  let dictionary: Dictionary | undefined;
  const findValueSet = (name: string): ValueSet | undefined => {
    if (!sets.has(name)) sets.set(name, readSet(files, name));
    return sets.get(name);
  };
  const findCodes: Vocabulary['findCodes'] = (name) => {
    if (name === 'admdvs')
      return { name, open: true, has: isRegion, remarkOn: (code) => codes.remarkOnRegion(code) };
    const set = findValueSet(name);
    return set === undefined ? undefined : { name, open: set.open, has: (code) => set.codes.has(code) };
  };
  const codes = createCodeStandards(files, { findCodes, isRegion });
  return {
    codes,
    findCodeRules: codes.findRules,
    findName(wireName) {
      dictionary ??= files.read('national/dictionary.json') as Dictionary;
      return findEntry(dictionary, wireName);
    },
    findValueSet,
    findCodes,
  };
}

function findEntry(dictionary: Dictionary, wireName: string): DictionaryEntry | undefined {
  const entry = Object.hasOwn(dictionary, wireName) ? dictionary[wireName] : undefined;
  return entry !== undefined && 'sameAs' in entry ? findEntry(dictionary, entry.sameAs) : entry;
}

function readSet(files: DataFiles, name: string): ValueSet | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  const path = `national/value-sets/${name}.json`;
  const file = files.find(path) as ValueSetFile | undefined;
  if (file === undefined) return undefined;
  if (!Array.isArray(file.codes)) {
    throw brokenFile(path, '/codes', { zh: '值集缺少 codes。', en: 'A value set needs codes.' });
  }
  const codes = new Map(file.codes.map(({ code, label }) => [code, label]));
  const { name: own, label, open, confidence, sources = [] } = file;
  return { name: own, label, open, codes, confidence, sources };
}
