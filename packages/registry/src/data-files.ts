/** The files of schemas/, read when first needed. */
import { readFileSync, readdirSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';

/** Reads the data package; nothing is kept, the callers cache what they build. */
export interface DataFiles {
  /**
   * A JSON file, `undefined` when there is none.
   * @throws GatewayError `PROFILE_BROKEN` naming the file when it is not readable or not JSON.
   */
  find(path: string): unknown;
  /** Like `find`, for files that must be there. @throws GatewayError `PROFILE_BROKEN` */
  read(path: string): unknown;
  /** Names of the entries of a folder, sorted, without `.json`; empty when there is no such folder. */
  list(folder: string): readonly string[];
}

/** Folder of the profiles below schemas/. */
const PROFILES = 'provincial/';

/**
 * Both are URLs with a slash at their end.
 * @param root the schemas folder
 * @param further a folder of further profiles, one folder each, which come before those of the schemas
 */
export function createDataFiles(root: URL, further?: URL): DataFiles {
  const findFurther = (path: string): string | undefined =>
    further === undefined || !path.startsWith(PROFILES)
      ? undefined
      : readText(further, path.slice(PROFILES.length));
  const find = (path: string): unknown => {
    const text = findFurther(path) ?? readText(root, path);
    return text === undefined ? undefined : parseFile(path, text);
  };
  return {
    find,
    read(path) {
      const found = find(path);
      if (found === undefined)
        throw brokenFile(path, '', { zh: '文件缺失，请补上。', en: 'The file is missing; restore it.' });
      return found;
    },
    list(folder) {
      const own = listFolder(root, folder);
      if (further === undefined || !`${folder}/`.startsWith(PROFILES)) return own;
      const others = listFolder(further, `./${folder.slice(PROFILES.length)}`).filter(
        // Whatever else lies in a folder of one's own is no profile.
        (name) => folder !== 'provincial' || /^[a-z0-9][a-z0-9-]*$/.test(name),
      );
      return [...new Set([...own, ...others])].toSorted();
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

function readText(root: URL, path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw brokenFile(
      path,
      '',
      { zh: '文件无法读取，请检查权限。', en: 'The file cannot be read; check its permissions.' },
      error,
    );
  }
}

function parseFile(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = { zh: `不是合法的 JSON：${reason}`, en: `Not well-formed JSON: ${reason}` };
    throw brokenFile(path, '', message, error);
  }
}

function listFolder(root: URL, folder: string): readonly string[] {
  try {
    return readdirSync(new URL(folder, root))
      .map((name) => name.replace(/\.json$/, ''))
      .toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
