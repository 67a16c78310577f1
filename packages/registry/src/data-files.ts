/** The files of schemas/, read when first needed. */
import { readFileSync, readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { readJsonText } from './json-text.ts';
import { madeOncePerTurn } from './turn-memory.ts';

/** Reads the data package; nothing is kept beyond a turn of the event loop, the callers cache what they build. */
export interface DataFiles {
  /**
   * A JSON file, `undefined` when there is none.
   * @throws GatewayError `PROFILE_BROKEN` naming the file when it is not readable or not JSON.
   */
  find(path: string): unknown;
  /** Like `find`, for files that must be there. @throws GatewayError `PROFILE_BROKEN` */
  read(path: string): unknown;
  /** Names of the JSON files of a folder, sorted, without `.json`; empty when there is no such folder. */
  list(folder: string): readonly string[];
  /** Names of all files of a folder, sorted, as they are. */
  listAll(folder: string): readonly string[];
  /** Ids of the profiles that have a folder, sorted. */
  regions(): readonly string[];
  /** Members that a file has twice, of which JSON takes the last unnoticed. @throws GatewayError `PROFILE_BROKEN` */
  repeated(path: string): readonly Fault[];
}

/** A file as read; parsed when somebody asks. */
interface FileText {
  readonly text: string;
  data: unknown;
}

/** Folder of the profiles below schemas/. */
const PROFILES = 'provincial/';

/**
 * Both are URLs with a slash at their end.
 * @param root the schemas folder
 * @param further a folder of further profiles, one folder each, which come before those of the schemas
 */
export function createDataFiles(root: URL, further?: URL): DataFiles {
  const findFile = madeOncePerTurn((path: string): FileText | undefined => {
    const own =
      further === undefined || !path.startsWith(PROFILES)
        ? undefined
        : readText(path, new URL(path.slice(PROFILES.length), further));
    const text = own ?? readText(path, new URL(path, root));
    return text === undefined ? undefined : { text, data: undefined };
  });
  const find = (path: string): unknown => {
    const file = findFile(path);
    return file === undefined ? undefined : (file.data ??= parseFile(path, file.text));
  };
  const listAll = madeOncePerTurn((folder: string): readonly string[] => {
    const own = listFolder(new URL(folder, root));
    if (further === undefined || !folder.startsWith(PROFILES)) return own;
    const others = listFolder(new URL(`./${folder.slice(PROFILES.length)}`, further));
    return [...new Set([...own, ...others])].toSorted();
  });
  const regions = madeOncePerTurn((): readonly string[] => {
    const own = listRegions(new URL(PROFILES, root));
    return [...new Set([...own, ...(further === undefined ? [] : listRegions(further))])].toSorted();
  });
  return {
    find,
    listAll,
    read(path) {
      const found = find(path);
      if (found === undefined)
        throw brokenFile(path, '', { zh: '文件缺失，请补上。', en: 'The file is missing; restore it.' });
      return found;
    },
    list: (folder) =>
      listAll(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => name.slice(0, -'.json'.length))
        .toSorted(),
    regions,
    repeated(path) {
      const file = findFile(path);
      if (file === undefined || !mayRepeat(path, file)) return [];
      const { text } = file;
      return readJsonText(text).repeated.map(({ pointer, line, column }) =>
        fileFault({
          path,
          pointer,
          message: {
            zh: `此成员已在前面写过，第 ${line} 行第 ${column} 列又写了一次，只有最后一个起作用；请删去其一。`,
            en: `The member stands here before and again at line ${line}, column ${column}; only the last would count. Remove one.`,
          },
        }),
      );
    },
  };
}

/** The error of a faulty data file; `pointer` is the place inside. */
export function brokenFile(
  path: string,
  pointer: string,
  message: Fault['message'],
  cause?: unknown,
): GatewayError {
  return new GatewayError(
    'PROFILE_BROKEN',
    { faults: [fileFault({ path, pointer, message })], facts: { file: path } },
    { cause },
  );
}

/** One fault of a data file. */
export function fileFault(place: { path: string; pointer: string; message: Fault['message'] }): Fault {
  const field = place.pointer.split('/').at(-1) ?? '';
  return {
    rule: 'data-file',
    at: `schemas/${place.path}#${place.pointer}`,
    field,
    label: { zh: field, en: field },
    message: place.message,
  };
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** A mark of the byte order, as some editors put before the text, is left out. */
function readText(path: string, url: URL): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(url);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw brokenFile(path, '', codeOf(error) === 'EISDIR' ? IS_FOLDER : UNREADABLE, error);
  }
  try {
    const text = UTF_8.decode(bytes);
    if (!text.includes('\0')) return text;
  } catch (error) {
    throw brokenFile(path, '', NOT_UTF_8, error);
  }
  throw brokenFile(path, '', NOT_UTF_8);
}

const UNREADABLE = {
  zh: '文件无法读取，请检查权限。',
  en: 'The file cannot be read; check its permissions.',
};
const IS_FOLDER = {
  zh: '此处应为文件，却是文件夹；请改名或移走。',
  en: 'A folder stands where a file should be; rename it, or move it away.',
};
const NOT_UTF_8 = {
  zh: '文件不是 UTF-8 编码（可能是 GBK 或 UTF-16），其中的中文会读错；请另存为 UTF-8。',
  en: 'The file is not UTF-8 (GBK or UTF-16, perhaps), so that its Chinese would be misread; save it as UTF-8.',
};

function parseFile(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw brokenFile(path, '', brokenText(text), error);
  }
}

/** Of two members of one name only one is parsed, so that quotes are missing; a text that is broken is told as that. */
function mayRepeat(path: string, file: FileText): boolean {
  try {
    file.data ??= parseFile(path, file.text);
  } catch {
    return false;
  }
  return quotesIn(file.text) !== quotesIn(JSON.stringify(file.data));
}

function quotesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}

function brokenText(text: string): Fault['message'] {
  if (text.trim() === '')
    return {
      zh: '文件是空的，不是合法的 JSON；请写入内容，或删去文件。',
      en: 'Not well-formed JSON: the file is empty; fill it, or remove it.',
    };
  const { line, column, found } = readJsonText(text).broken ?? { line: 1, column: 1, found: '' };
  return {
    zh: `不是合法的 JSON：第 ${line} 行第 ${column} 列${found === '' ? '文本中断，缺少结尾' : `不应是 ${found}`}；请检查该处及其前面的逗号、引号与括号。`,
    en: `Not well-formed JSON: at line ${line}, column ${column} ${found === '' ? 'the text ends too early' : `stands ${found}, which does not belong there`}; check commas, quotes and brackets there and before it.`,
  };
}

/** Whatever else lies in a folder of profiles is none. */
function listRegions(folder: URL): readonly string[] {
  return entriesOf(folder)
    .filter((entry) => !entry.isFile() && /^[a-z0-9][a-z0-9-]*$/.test(entry.name))
    .map(({ name }) => name);
}

/** What editors and systems leave beside files (`.DS_Store`) is left out. */
function listFolder(folder: URL): readonly string[] {
  return entriesOf(folder)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('.'))
    .toSorted();
}

function entriesOf(folder: URL): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
