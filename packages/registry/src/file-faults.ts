/** What can be wrong with the files of a profile beside profile.json, each looked at by itself. */
import { GatewayError } from '@yiqiao/model';
import type { Fault, Operation } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import { DEFINITION_SCHEMA, ELEMENTS_SCHEMA, ENVELOPE_SCHEMA, MAP_FILE_SCHEMA } from './file-forms.ts';
import { formErrors } from './form-check.ts';
import type { Form } from './form-check.ts';
import type { CodeList } from './leaf-checks.ts';
import { nearest, schemaFault } from './profile-faults.ts';
import type { FieldDefinition } from './types.ts';

/** What the files are held against. */
export interface FileSources {
  readonly files: DataFiles;
  operations(): readonly Operation[];
  findCodes(name: string): CodeList | undefined;
  valueSetNames(): readonly string[];
}

/** Faults of all files of a profile, its profile.json taken as a text only. */
export function fileFaults(id: string, sources: FileSources): readonly Fault[] {
  const { files } = sources;
  if (id === 'national') return [];
  const folder = `provincial/${id}`;
  const named = (part: string): readonly string[] => files.list(`${folder}/${part}`);
  const looks: readonly (readonly [path: string, look: (path: string) => readonly Fault[]])[] = [
    [`${folder}/profile.json`, () => []],
    [`${folder}/envelope.json`, (path) => envelopeFaults(path, sources)],
    [`${folder}/elements.json`, (path) => elementFaults(files, path)],
    ...named('transactions').map(
      (name) =>
        [
          `${folder}/transactions/${name}.json`,
          (path: string) => definitionFaults(path, name, sources),
        ] as const,
    ),
    ...named('maps').map(
      (name) => [`${folder}/maps/${name}.json`, (path: string) => mapFaults(path, name, sources)] as const,
    ),
  ];
  return distinct(
    looks.flatMap(([path, look]) => [...caught(() => files.repeated(path)), ...caught(() => look(path))]),
  );
}

/** What is wrong with the form of elements.json; nothing when there is none. */
export function elementFaults(files: DataFiles, path: string): readonly Fault[] {
  return formFaults(files, path, ELEMENTS_SCHEMA);
}

function definitionFaults(path: string, name: string, sources: FileSources): readonly Fault[] {
  const wrong = formFaults(sources.files, path, DEFINITION_SCHEMA);
  if (wrong.length > 0) return wrong;
  const { number, request, response } = sources.files.read(path) as {
    readonly number: string;
    readonly request: readonly { readonly fields: readonly FieldDefinition[] }[];
    readonly response: readonly { readonly fields: readonly FieldDefinition[] }[];
  };
  const sets = Object.entries({ request, response }).flatMap(([direction, nodes]) =>
    nodes.flatMap(({ fields }, index) =>
      unknownSets(fields, { path, pointer: `/${direction}/${index}/fields` }, sources),
    ),
  );
  return [...(number === name ? [] : [otherNumber(path, '/number', { name, number })]), ...sets];
}

function mapFaults(path: string, name: string, sources: FileSources): readonly Fault[] {
  const wrong = formFaults(sources.files, path, MAP_FILE_SCHEMA);
  const { transaction, steps } = (sources.files.find(path) ?? {}) as {
    readonly transaction?: unknown;
    readonly steps?: unknown;
  };
  const misnamed =
    typeof transaction === 'string' && name !== transaction && !name.startsWith(`${transaction}-`)
      ? [otherNumber(path, '/transaction', { name, number: transaction })]
      : [];
  return [...wrong, ...misnamed, ...operationFaults(path, steps, sources.operations())];
}

function operationFaults(path: string, steps: unknown, known: readonly Operation[]): readonly Fault[] {
  if (!Array.isArray(steps)) return [];
  return (steps as readonly unknown[]).flatMap((step, index) => {
    const { operation } = (step ?? {}) as { readonly operation?: unknown };
    if (typeof operation !== 'string' || known.some((one) => one === operation)) return [];
    const near = nearest(operation, known);
    const hint =
      near === undefined ? { zh: '', en: '' } : { zh: `是否应为 ${near}？`, en: `should it be ${near}? ` };
    const message = {
      zh: `没有名为 ${operation} 的规范操作；${hint.zh}请改正，名称见 schemas/canonical/operations。`,
      en: `There is no canonical operation ${operation}; ${hint.en}Correct it: the names stand in schemas/canonical/operations.`,
    };
    return [fileFault({ path, pointer: `/steps/${index}/operation`, message })];
  });
}

function otherNumber(
  path: string,
  pointer: string,
  { name, number }: { name: string; number: string },
): Fault {
  const message = {
    zh: `文件名为 ${name}，内容却是交易 ${number}；请改正文件名或此处的编号。`,
    en: `The file is named ${name} and holds transaction ${number}; rename it, or correct the number here.`,
  };
  return fileFault({ path, pointer, message });
}

function envelopeFaults(path: string, sources: FileSources): readonly Fault[] {
  const { files } = sources;
  const wrong = formFaults(files, path, ENVELOPE_SCHEMA);
  if (wrong.length > 0) return wrong;
  const halves = (files.find(path) ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(halves).flatMap(([half, fields]) =>
    Array.isArray(fields)
      ? unknownSets(fields as readonly FieldDefinition[], { path, pointer: `/${half}` }, sources)
      : [],
  );
}

/** Code lists that fields name, and that there are not. */
export function unknownSets(
  fields: readonly FieldDefinition[],
  { path, pointer }: { readonly path: string; readonly pointer: string },
  { findCodes, valueSetNames }: Pick<FileSources, 'findCodes' | 'valueSetNames'>,
): readonly Fault[] {
  return fields.flatMap(({ valueSet }, index) => {
    if (typeof valueSet !== 'string' || findCodes(valueSet) !== undefined) return [];
    return [unknownSet({ path, pointer: `${pointer}/${index}/valueSet`, name: valueSet }, valueSetNames())];
  });
}

/** A code list that there is not. */
export function unknownSet(
  { path, pointer, name }: { readonly path: string; readonly pointer: string; readonly name: string },
  known: readonly string[],
): Fault {
  const near = nearest(name, known);
  const hint =
    near === undefined
      ? { zh: '', en: 'correct' }
      : { zh: `是否应为 ${near}？`, en: `should it be ${near}? Correct` };
  const message = {
    zh: `没有名为 ${name} 的值集（schemas/national/value-sets）；${hint.zh}请改正名称，或删去。`,
    en: `There is no code list ${name} (schemas/national/value-sets); ${hint.en} the name, or leave it out.`,
  };
  return fileFault({ path, pointer, message });
}

function formFaults(files: DataFiles, path: string, form: Form): readonly Fault[] {
  const data = files.find(path);
  return data === undefined ? [] : formErrors(form, data).map((error) => schemaFault(path, error));
}

/** The faults that a look at a file gives or throws. @throws whatever is no fault of a profile */
export function caught(look: () => readonly Fault[]): readonly Fault[] {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'PROFILE_BROKEN') throw error;
    return error.details.faults ?? [];
  }
}

/** Two ways may lead to the same fault. */
export function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.at} ${fault.message.en}`, fault])).values()];
}
