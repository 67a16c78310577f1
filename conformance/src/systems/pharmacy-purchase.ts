/** A purchase for what a prompt names: who buys, with which card, which goods. */
import { nodeIn, textIn } from '../listen/program-cashier.ts';
import type { ActWith } from '../listen/program-cashier.ts';
import { cardIn, linesIn } from './prompted.ts';

/** The body that the till sends. */
export function purchaseOf(given: ActWith): object {
  const person = nodeIn(given, 'person');
  const { serial, ...card } = cardIn(given);
  const number = textIn(given, 'number');
  const isPrescribed = textIn(given, 'prescription') === 'yes';
  return {
    number,
    person: {
      certificateType: '01',
      certificateNumber: textIn(person, 'certno'),
      name: textIn(person, 'psn_name'),
      personNumber: textIn(person, 'psn_no'),
      personType: textIn(person, 'psn_type'),
      insuranceType: textIn(person, 'insutype'),
      insuredRegion: textIn(given, 'insuredRegion'),
      credential: { ...card, ...(serial !== undefined && { cardSerial: serial }) },
    },
    payment: { fund: isPrescribed, account: 'own-account' },
    total: textIn(given, 'total'),
    lines: linesIn(given).map((row, at) => lineOf(row, { number: `${number}-${at + 1}`, isPrescribed })),
    operatorName: '测试收银员',
    pharmacist: {
      certificateType: '01',
      certificateNumber: '000000199001010026',
      name: '测试药师',
      code: 'HY530100000001',
      practiceCertificateNumber: 'YS0001',
    },
    ...(isPrescribed && { prescription: { code: 'QR0001', audit: { passed: true, opinion: '合理' } } }),
  };
}

function lineOf(
  row: ActWith,
  { number, isPrescribed }: { readonly number: string; readonly isPrescribed: boolean },
): object {
  return {
    number,
    catalogueCode: textIn(row, 'code'),
    itemCode: 'YP0001',
    name: textIn(row, 'name') || '甲类降压片',
    specification: '10mg*14片',
    unit: '盒',
    listType: '101',
    prescriptionDrug: textIn(row, 'rx') || '0',
    ...(isPrescribed && { prescribed: true }),
    price: textIn(row, 'price'),
    quantity: textIn(row, 'count'),
    amount: textIn(row, 'amount'),
    traceCodes: [textIn(row, 'trace')],
    stock: {
      batchNumber: 'PC0001',
      lot: 'L1',
      producedOn: '2026-01-01',
      expiresOn: textIn(row, 'expires') || '2028-01-01',
    },
  };
}
