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

/** `root`: URL of the schemas folder, with a slash at its end. */
export function createDataFiles(root: URL): DataFiles {
  const find = (path: string): unknown => {
    const text = readText(root, path);
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
    list: (folder) => listFolder(root, folder),
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
