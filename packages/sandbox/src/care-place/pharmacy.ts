/** 2101 and 2102 at the care place: the lines of a purchase are checked, split and put on record. */
import type { Catalogue } from '../catalogue.ts';
import { dateTime } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest } from '../core-server.ts';
import { answerDrugLine } from '../fee-line.ts';
import { amountLeaf, child, children, leaf } from '../national-message.ts';
import { differences } from './billed.ts';
import type { Billed } from './billed.ts';
import { createBill } from './bill.ts';
import type { Bill, BookedLine } from './bill.ts';
import { bookLine } from './fees.ts';
import { unpaidInfo } from './settlement-check.ts';
import type { VisitBook } from './visit-book.ts';

type Refusal = { readonly refusal: string };

/** Answers 2101: the split of each line, everything still the patient's to pay. */
export function checkPurchase(request: CoreRequest, catalogue: Catalogue): CoreAnswer {
  const bill = readPurchase(request, catalogue);
  if ('refusal' in bill) return bill;
  const told = child(request.input, 'druginfo');
  // A purchase has no visit yet, but an answer must name one.
  const visit = { id: request.msgid, psnNo: leaf(told, 'psn_no'), course: 'pharmacy' as const };
  return {
    output: {
      setlinfo: unpaidInfo(request, { visit, told, totals: bill.totals }),
      setldetail: [],
      detlcutinfo: bill.lines.map(answerDrugLine),
    },
  };
}

/** Puts a purchase that the insured place settled on record; its visit has the number of that answer. */
export function openPurchase(
  request: CoreRequest,
  { book, catalogue }: { readonly book: VisitBook; readonly catalogue: Catalogue },
): Billed | Refusal {
  const bill = readPurchase(request, catalogue);
  if ('refusal' in bill) return bill;
  const registration = child(request.input, 'druginfo');
  const info = child(request.input, 'setlinfo');
  if (amountLeaf(info, 'medfee_sumamt') !== bill.totals.total) {
    return { refusal: '参保地结算总额与费用明细不符' };
  }
  const id = leaf(info, 'mdtrt_id');
  if (id === '') return { refusal: '缺少参保地结算结果 setlinfo 的就诊ID' };
  const psnNo = leaf(registration, 'psn_no');
  if (!('refusal' in book.find(id, psnNo))) return { refusal: `就诊ID重复：${id}` };
  const visit = book.open(
    {
      psnNo,
      course: 'pharmacy',
      institution: leaf(request.envelope, 'fixmedins_code'),
      registration,
      medType: leaf(registration, 'med_type'),
      begins: leaf(registration, 'begntime') || dateTime(request.now),
    },
    { now: request.now, id },
  );
  for (const line of bill.lines) visit.lines.set(line.number, line);
  return { visit, bill };
}

function readPurchase({ input }: CoreRequest, catalogue: Catalogue): Bill | Refusal {
  const lines = new Map<string, BookedLine>();
  for (const raw of children(input, 'drugdetail')) {
    const line = bookLine(raw, { lines, catalogue, returns: false });
    if ('refusal' in line) return line;
    lines.set(line.number, line);
  }
  if (lines.size === 0) return { refusal: '费用明细（drugdetail）为空' };
  const bill = createBill([...lines.values()]);
  const wrong = differences(bill.totals, child(input, 'druginfo'));
  return wrong.length === 0 ? bill : { refusal: `与费用明细不符：${wrong.join('；')}` };
}
