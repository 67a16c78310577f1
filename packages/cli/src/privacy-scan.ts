/** `yiqiao privacy scan`: identifiers of persons that stand unmasked in files, whatever the files are. */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createIdentifierSearch } from '@yiqiao/model';
import type { FindIdentifiers, FoundIdentifier } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { FieldDefinition, Registry } from '@yiqiao/registry';
import type { Report } from './report.ts';

/** Where an identifier stands. */
interface Finding extends Omit<FoundIdentifier, 'at' | 'length'> {
  readonly file: string;
  readonly line: number;
  /** Characters from the beginning of the line, from 1 on. */
  readonly column: number;
}

/** Longer than any identifier with its name; what is cut by the end of a piece is found in the next one. */
const OVERLAP = 400;
const PIECE_BYTES = 1_048_576;
/** So many are printed; all are counted. */
const SHOWN = 200;

/** Scans files and folders; ends with 1 when something was found. */
export async function scanForIdentifiers(report: Report, paths: readonly string[]): Promise<number> {
  const find = createIdentifierSearch(personalNames());
  const findings: Finding[] = [];
  let count = 0;
  let files = 0;
  for (const file of paths.flatMap(filesBelow)) {
    files += 1;
    for await (const finding of scanFile(file, find)) {
      count += 1;
      if (findings.length < SHOWN) findings.push(finding);
    }
  }
  for (const { file, line, column, kind, under, shown } of findings) {
    report.line(
      `${file}:${line}:${column}  ${LABELS[kind]}${under === undefined ? '' : ` ${under}`}  ${shown}`,
    );
  }
  if (count > findings.length) report.line(`… ${count - findings.length} 处未列出 / more`);
  report.line(`${files} 个文件，${count} 处 / ${files} files, ${count} identifiers`);
  return report.finish(count === 0, { files, count, findings });
}

const LABELS: Readonly<Record<FoundIdentifier['kind'], string>> = {
  'citizen-id': '身份证号 identity number',
  'citizen-id-15': '15 位身份证号 identity number',
  'mobile-phone': '手机号 mobile phone',
  name: '姓名 name',
  named: '个人信息字段 personal field',
};

/** Whether a profile has the national names; a broken one is left out, `map check` tells of it. */
function isNational(registry: Registry, id: string): boolean {
  try {
    return registry.profile(id).dialect === 'national';
  } catch {
    return false;
  }
}

/** Names of the national form, regions' own among them, that the dictionary marks personal. */
function personalNames(): string[] {
  const registry = createRegistry();
  const profiles = registry.profiles().filter((id) => isNational(registry, id));
  const isPersonal = ({ name, nationalName }: FieldDefinition): boolean =>
    registry.findName(nationalName ?? name)?.personal === true;
  const names = profiles.flatMap((id) =>
    registry.profileTransactions(id).flatMap((transaction) => {
      const definition = registry.definition(id, transaction);
      const nodes = [...(definition?.request ?? []), ...(definition?.response ?? [])];
      return nodes.flatMap(({ fields }) => fields.filter(isPersonal).map(({ name }) => name));
    }),
  );
  // `name` and names of one or two letters (`in`) are common words elsewhere.
  return [...new Set(names)].filter((name) => name.length > 2 && name !== 'name');
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .flatMap((entry) => filesBelow(join(path, entry.name)));
}

/** A place in a text. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** Reads piece by piece; bytes that are no text are read past. */
async function* scanFile(file: string, find: FindIdentifiers): AsyncGenerator<Finding> {
  const decoder = new TextDecoder('utf-8');
  let text = '';
  let begin: Place = { line: 1, column: 1 };
  // What lies before it was told with the piece before.
  let told = 0;
  function* take(isLast: boolean): Generator<Finding> {
    const end = isLast ? text.length : Math.max(told, text.length - OVERLAP);
    let place = begin;
    let at = 0;
    for (const { at: found, length: _, ...finding } of find(text)) {
      if (found < told || found >= end) continue;
      place = advance(place, text.slice(at, found));
      at = found;
      yield { file, ...place, ...finding };
    }
    const cut = Math.max(0, end - OVERLAP);
    begin = advance(begin, text.slice(0, cut));
    text = text.slice(cut);
    told = end - cut;
  }
  for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES })) {
    text += decoder.decode(piece as Buffer, { stream: true });
    yield* take(false);
  }
  text += decoder.decode();
  yield* take(true);
}

function advance({ line, column }: Place, text: string): Place {
  const breaks = text.split('\n').length - 1;
  return breaks === 0
    ? { line, column: column + text.length }
    : { line: line + breaks, column: text.length - text.lastIndexOf('\n') };
}
