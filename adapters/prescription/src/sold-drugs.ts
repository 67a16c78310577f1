/** Lines of a sale as 7207 wants them: one box, one trace code. */
import { fen, formatFen, parseDecimal } from '@yiqiao/model';
import type { Decimal, Fen, OperationBodies } from '@yiqiao/model';

/** A line as it was sold. */
export interface SoldLine {
  readonly catalogueCode: string;
  readonly institutionCatalogueCode: string;
  readonly name: string;
  readonly specification: string;
  readonly quantity: Decimal;
  readonly unit: string;
  readonly amount: Fen;
  readonly lot?: string;
  readonly approvalNumber?: string;
  readonly traceCodes: readonly string[];
}

type SoldDrug = OperationBodies['uploadDispensing']['request']['drugs'][number];

/**
 * Rows of `rxSaleDrugDetl`. 药品追溯码 `drugTraceCodg` holds one code: a line with several becomes several rows. As many
 * codes as boxes: one box each, the amount shared out to the 分; else the first row has quantity and amount, and the
 * others 0. Quantities and amounts of the rows add up to those of the line. Project design.
 */
export function soldRows(
  line: SoldLine,
  sale: { readonly document: string; readonly date: string },
): readonly SoldDrug[] {
  const codes = line.traceCodes.length === 0 ? [undefined] : line.traceCodes;
  const isBoxEach = codes.length > 1 && line.quantity === String(codes.length);
  return codes.map((code, index) => ({
    retailDocumentNumber: sale.document,
    salesOutboundTime: sale.date,
    catalogueCode: line.catalogueCode,
    institutionCatalogueCode: line.institutionCatalogueCode,
    drugGenericName: line.name,
    drugSpecification: line.specification,
    drugTotalQuantity: isBoxEach ? ONE : index === 0 ? line.quantity : NONE,
    drugTotalUnit: line.unit,
    drugTotal: decimalOf(
      isBoxEach ? shareOf(line.amount, codes.length, index) : index === 0 ? line.amount : NOTHING,
    ),
    ...(code !== undefined && { drugTracingCode: code }),
    ...(line.lot !== undefined && { productionLot: line.lot }),
    ...(line.approvalNumber !== undefined && { approvalNumber: line.approvalNumber }),
  }));
}

const ONE = parseDecimal('1');
const NONE = parseDecimal('0');
const NOTHING = fen(0n);

/** The first rows bear what does not divide, 1 分 each. */
function shareOf(amount: Fen, rows: number, index: number): Fen {
  const each = amount / BigInt(rows);
  return fen(each + (BigInt(index) < amount % BigInt(rows) ? 1n : 0n));
}

function decimalOf(amount: Fen): Decimal {
  return parseDecimal(formatFen(amount));
}
