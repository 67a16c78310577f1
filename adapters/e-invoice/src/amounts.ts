/** The sums that hold in a bill. Source: e-invoice.json, amountRules; all inferred there, exact in 分 here. */
import { fen, formatFen, sumFen } from '@yiqiao/model';
import type { Fault, Fen } from '@yiqiao/model';
import type { SettledEvent } from '@yiqiao/sdk';

/** Every sum of an event that does not hold; `at` is a JSON pointer into it. */
export function checkAmounts(event: SettledEvent): readonly Fault[] {
  const { total, fundPaid, accountPaid, cashPaid, poolPaid, hospitalPart = fen(0n) } = event;
  const sources = sumFen([fundPaid, accountPaid, cashPaid, hospitalPart]);
  const lines = sumFen(event.lines.map(({ amount }) => amount));
  const faults: Fault[] = [];
  if (total <= 0n)
    faults.push(
      fault('/total', total, { zh: '开票总金额应大于零', en: 'the total is to be more than nothing' }),
    );
  if (sources !== total)
    faults.push(
      differs(
        '/total',
        total,
        { zh: '基金、个人账户、现金及医院负担', en: 'fund, account, cash and what the hospital bears' },
        sources,
      ),
    );
  if (lines !== total) faults.push(differs('/lines', total, { zh: '明细金额', en: 'the lines' }, lines));
  if (poolPaid !== undefined && poolPaid > fundPaid)
    faults.push(
      fault('/poolPaid', poolPaid, {
        zh: '统筹基金支付大于基金支付总额',
        en: 'the pool pays more than all funds',
      }),
    );
  for (const [name, amount] of Object.entries({ fundPaid, accountPaid, cashPaid, hospitalPart }))
    if (amount < 0n) faults.push(fault(`/${name}`, amount, { zh: '金额为负', en: 'the amount is negative' }));
  return faults;
}

interface Words {
  readonly zh: string;
  readonly en: string;
}

function differs(at: string, total: Fen, what: Words, sum: Fen): Fault {
  return fault(at, total, {
    zh: `${what.zh}合计 ${formatFen(sum)}，与开票总金额 ${formatFen(total)} 不符`,
    en: `${what.en} add up to ${formatFen(sum)}, the total is ${formatFen(total)}`,
  });
}

function fault(at: string, found: Fen, message: Words): Fault {
  const field = at.slice(1);
  return {
    rule: 'identity',
    at,
    field,
    label: { zh: '金额', en: 'amount' },
    found: formatFen(found),
    message,
  };
}

/** An amount that is not the one it has to be. */
export function amountFault(at: string, found: string, expected: string): Fault {
  const field = at.slice(1);
  const message = { zh: `金额应为 ${expected}`, en: `the amount is to be ${expected}` };
  return { rule: 'identity', at, field, label: { zh: '金额', en: 'amount' }, found, message };
}
