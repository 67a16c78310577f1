/** What is known of the platform, as data. Source: `schemas/peripheral/e-invoice`. */
import type { RefusalMeaning } from './bill-settings.ts';
import type { KnownField } from './field-check.ts';

/** The facts that the issuer goes by. */
export interface BillFacts {
  /** Result code of success. */
  readonly success: string;
  /** Operation → fields of its request. */
  readonly operations: Readonly<Record<string, readonly KnownField[]>>;
  readonly nodes: Readonly<Record<string, readonly KnownField[]>>;
  /** Code → name of a category of charges. */
  readonly chargeCategories: Readonly<Record<string, string>>;
  /** Result codes that are not public, as our sandbox has them. */
  readonly refusalCodes: Readonly<Record<string, RefusalMeaning>>;
}

interface OperationsFile {
  readonly answer: { readonly success: string };
  readonly operations: Readonly<
    Record<
      string,
      { readonly request: { readonly fields?: readonly KnownField[] | null; readonly like?: string } }
    >
  >;
  readonly nodes: BillFacts['nodes'];
}

interface CodesFile {
  readonly codeLists: { readonly chargeCategory: { readonly codes: Readonly<Record<string, string>> } };
  readonly results: { readonly codes: Readonly<Record<string, RefusalMeaning>> };
}

/** Reads them out of the data files. */
export function readBillFacts(files: { readonly operations: unknown; readonly codes: unknown }): BillFacts {
  const { answer, operations, nodes } = files.operations as OperationsFile;
  const { codeLists, results } = files.codes as CodesFile;
  const fieldsOf = (name: string): readonly KnownField[] => {
    const { fields, like } = operations[name]?.request ?? {};
    return fields ?? (like === undefined ? [] : fieldsOf(like));
  };
  return {
    success: answer.success,
    operations: Object.fromEntries(Object.keys(operations).map((name) => [name, fieldsOf(name)])),
    nodes,
    chargeCategories: codeLists.chargeCategory.codes,
    refusalCodes: results.codes,
  };
}
