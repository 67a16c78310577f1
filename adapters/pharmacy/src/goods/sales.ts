/** The goods records that follow from a purchase: 3505 when it is settled, 3506 when it is undone. */
import { formatTime } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import type { StoreTransaction } from '@yiqiao/sdk';
import type { PurchaseLine } from '../purchase/purchase-form.ts';
import type { PurchaseRecord, Settlement } from '../purchase/record.ts';
import type { RunParts } from '../purchase/steps.ts';
import { enqueueGoods } from './goods-records.ts';

type Sale = OperationBodies['uploadSale']['request'];
type SaleReturn = OperationBodies['uploadSaleReturn']['request'];

interface Sold {
  readonly record: PurchaseRecord;
  readonly settlement: Settlement;
  /** They came back. */
  readonly returned: boolean;
  readonly parts: RunParts;
}

/** Owes the platform one record for each line. */
export function enqueueSales(tx: StoreTransaction, sold: Sold): void {
  const kind = sold.returned ? 'sale-return' : 'sale';
  const { record, parts } = sold;
  for (const line of record.purchase.lines) {
    const body = sold.returned ? goodsOf(sold, line) : saleOf(sold, line);
    const id = `${record.number}-${line.number}-${sold.returned ? 'R' : 'S'}`;
    // A return never overtakes its sale.
    enqueueGoods(tx, { id, kind, body, orderedBy: `${record.number}-${line.number}` }, parts);
  }
}

/** What 3505 and 3506 have in common. */
function goodsOf({ record, settlement, parts }: Sold, line: PurchaseLine): SaleReturn {
  const { person, operatorName } = record.purchase;
  return {
    catalogueCode: line.catalogueCode,
    institutionItemCode: line.itemCode,
    institutionItemName: line.name,
    institutionBatchNumber: line.stock.batchNumber,
    settlementId: settlement.settlementId,
    personNumber: person.personNumber,
    certificateType: person.certificateType,
    certificateNumber: person.certificateNumber,
    personName: person.name,
    productionLot: line.stock.lot,
    productionDate: line.stock.producedOn,
    expiryDate: line.stock.expiresOn,
    prescriptionDrug: line.prescriptionDrug,
    splitPackage: line.splitPackage === true ? '1' : '0',
    transactionPrice: line.price,
    saleReturnQuantity: line.quantity,
    saleReturnTime: formatTime(parts.clock.now()),
    saleReturnOperatorName: operatorName,
    visitSerial: settlement.visitId,
    drugTraceCodes: (line.traceCodes ?? []).map((drugTraceCode) => ({ drugTraceCode })),
  };
}

function saleOf(sold: Sold, line: PurchaseLine): Sale {
  const { record, parts } = sold;
  const { claim, purchase, soldAt, number } = record;
  const { pharmacist, person } = purchase;
  const { saleCodes } = parts.policy.goods;
  const prescriber = line.prescribed === true ? claim?.prescriber : undefined;
  const isHere = person.insuredRegion.slice(0, 4) === parts.careRegion.slice(0, 4);
  const goods = goodsOf(sold, line);
  return {
    ...goods,
    drugTraceCodes: goods.drugTraceCodes ?? [],
    prescribingDoctorName: prescriber?.name ?? saleCodes.withoutPrescriber,
    ...(prescriber?.certificateType !== undefined && {
      prescribingDoctorCertificateType: prescriber.certificateType,
    }),
    ...(prescriber?.certificateNumber !== undefined && {
      prescribingDoctorCertificateNumber: prescriber.certificateNumber,
    }),
    pharmacistCertificateType: pharmacist.certificateType,
    pharmacistCertificateNumber: pharmacist.certificateNumber,
    pharmacistName: pharmacist.name,
    pharmacistPracticeCertificateNumber: pharmacist.practiceCertificateNumber,
    feeSettlementType: isHere ? saleCodes.settlementType.here : saleCodes.settlementType.elsewhere,
    ...(prescriber !== undefined && claim !== undefined && { prescriptionNumber: claim.prescriptionNumber }),
    externalPrescription: prescriber === undefined ? '0' : '1',
    retailDocumentNumber: number,
    saleReturnTime: soldAt,
  };
}
