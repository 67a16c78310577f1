/** What a pharmacy sends of its goods: records for 3501-3504, and deletions. */
import type { Fault } from '@yiqiao/model';
import { choice, day, decimal, list, object, optional, readForm, text, time } from '../purchase/read-form.ts';
import type { Label, Member } from '../purchase/read-form.ts';
import type { GoodsEntry, GoodsKindName } from './goods-book.ts';
import type { StockQuestion } from './stock-comparison.ts';

const label = (zh: string, en: string): Label => ({ zh, en });

/** Most records of one upload. Project design: they are sent one by one. */
const MOST = 500;

const KINDS = ['stocktaking', 'change', 'purchase', 'purchase-return', 'deletion'] as const;

const item = {
  catalogueCode: text(label('医疗目录编码', 'catalogue code'), 50),
  institutionItemCode: text(label('定点医药机构目录编号', 'item code'), 30),
  institutionItemName: text(label('定点医药机构目录名称', 'item name'), 200),
  institutionBatchNumber: text(label('定点医药机构批次流水号', 'batch number'), 30),
  prescriptionDrug: choice(label('处方药标志', 'prescription-only'), ['0', '1', '2']),
  remark: optional(text(label('备注', 'remark'), 500)),
};

const made = {
  productionDate: day(label('生产日期', 'day of production')),
  expiryDate: day(label('有效期止', 'expiry')),
};

const traded = {
  ...item,
  ...made,
  supplierName: text(label('供应商名称', 'supplier'), 200),
  supplierPermitNumber: optional(text(label('供应商许可证号', 'permit of the supplier'), 50)),
  transactionPrice: optional(decimal(label('最终成交单价', 'price'), 6)),
  purchaseReturnQuantity: decimal(label('采购/退货数量', 'quantity'), 4),
  purchaseInvoiceCode: optional(text(label('采购发票编码', 'invoice code'), 50)),
  purchaseReturnStockTime: time(label('采购/退货入库时间', 'time')),
  purchaseReturnOperatorName: text(label('经办人姓名', 'operator'), 50),
};

const stock = label('进销存记录', 'goods record');

const BODIES: Readonly<Record<(typeof KINDS)[number], Member<unknown>>> = {
  stocktaking: object(stock, {
    ...item,
    ...made,
    stocktakingDate: day(label('盘存日期', 'day of the stocktaking')),
    stockQuantity: decimal(label('库存数量', 'quantity'), 4),
    productionLot: optional(text(label('生产批号', 'production lot'), 30)),
    drugTraceCodes: optional(
      list(
        object(label('追溯码', 'trace code'), {
          drugTraceCode: text(label('药品追溯码', 'trace code'), 100),
        }),
        { least: 0, most: 1000 },
      ),
    ),
  }),
  change: object(stock, {
    ...item,
    stockChangeType: text(label('库存变更类型', 'kind of change'), 6),
    price: decimal(label('单价', 'price'), 6),
    quantity: decimal(label('数量', 'quantity'), 4),
    stockChangeTime: time(label('库存变更时间', 'time')),
    stockChangeOperatorName: optional(text(label('经办人姓名', 'operator'), 50)),
    splitPackage: optional(choice(label('拆零标志', 'split package'), ['0', '1'])),
  }),
  purchase: object(stock, {
    ...traded,
    deliveryNoteNumber: optional(text(label('随货单号', 'delivery note'), 50)),
    productionLot: text(label('生产批号', 'production lot'), 30),
    producerName: text(label('生产厂家名称', 'producer'), 200),
    approvalNumber: text(label('批准文号', 'approval number'), 100),
    purchaseInvoiceNumber: optional(text(label('采购发票号', 'invoice number'), 50)),
    productGift: optional(choice(label('商品赠送标志', 'gift'), ['0', '1'])),
  }),
  'purchase-return': object(stock, {
    ...traded,
    purchaseInvoiceNumber: text(label('采购发票号', 'invoice number'), 50),
    productPurchaseNumber: optional(text(label('商品采购流水号', 'number of the purchase'), 50)),
  }),
  deletion: object(stock, {
    institutionBatchNumber: item.institutionBatchNumber,
    stockDataType: choice(label('进销存数据类型', 'kind of records'), ['1', '2', '3', '4']),
  }),
};

const entry = object(stock, {
  id: text(label('记录号', 'number of the record'), 60, /^[\w-]+$/),
  kind: choice(label('记录类别', 'kind of record'), KINDS),
  body: { label: stock, read: (raw: unknown) => raw } satisfies Member<unknown>,
});

const upload = object(label('上传', 'upload'), { records: list(entry, { most: MOST }) });

const question = object(label('查询', 'question'), {
  institutionItemCode: item.institutionItemCode,
  institutionBatchNumber: item.institutionBatchNumber,
  beginDate: day(label('开始日期', 'first day')),
  endDate: day(label('结束日期', 'last day')),
});

/** Reads what is to be compared. */
export function readQuestion(
  raw: unknown,
): { readonly body: StockQuestion } | { readonly faults: readonly Fault[] } {
  return readForm(question, raw);
}

const oneDay = object(label('查询', 'question'), { day: day(label('日期', 'day')) });

/** Reads a day. */
export function readDay(
  raw: unknown,
): { readonly body: { readonly day: string } } | { readonly faults: readonly Fault[] } {
  return readForm(oneDay, raw);
}

/** Reads records; all are fit or none is taken. */
export function readGoods(
  raw: unknown,
): { readonly body: readonly GoodsEntry[] } | { readonly faults: readonly Fault[] } {
  const read = readForm(upload, raw);
  if ('faults' in read) return read;
  const faults: Fault[] = [];
  const entries = read.body.records.map(({ id, kind, body }, index) => {
    const place = { at: `/records/${index}/body`, name: 'body', faults };
    return {
      id,
      kind: kind satisfies GoodsKindName,
      body: BODIES[kind].read(body, place) as GoodsEntry['body'],
    };
  });
  return faults.length === 0 ? { body: entries } : { faults };
}
