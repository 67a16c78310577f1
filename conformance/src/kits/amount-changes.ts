/** Amounts of a right message in a form that is wrong, and in nothing else. */
import type { MessageTemplate, SendStep, Template } from './types.ts';

const TOTAL = 'medfee_sumamt';
const PARTS = ['fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt'];

/** With half a cent more. Where total and parts stand together, both change: else a target could refuse the sum and never see the form. */
export function withThreeDecimals(path: string, message: MessageTemplate): NonNullable<SendStep['set']> {
  const [node, name] = [path.slice(0, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)];
  const other = name === TOTAL ? PARTS[0] : TOTAL;
  const amounts = [path, `${node}.${other}`].map((one) => amountIn(message, one));
  const isSum = name === TOTAL || PARTS.includes(name);
  const [own, beside] = amounts;
  if (!isSum || own === undefined || beside === undefined) return { [path]: 10.005 };
  return { [path]: plusHalfCent(own), [`${node}.${other}`]: plusHalfCent(beside) };
}

/** The amount of the message as a text with an exponent; `1e2` where the message has none. */
export function withExponent(path: string, message: MessageTemplate): NonNullable<SendStep['set']> {
  const amount = amountIn(message, path);
  return { [path]: amount === undefined || amount === 0 ? '1e2' : amount.toExponential().replace('+', '') };
}

/** 0.005 more, reckoned in thousandths. */
function plusHalfCent(amount: number): number {
  return (Math.round(amount * 1000) + 5) / 1000;
}

function amountIn({ input }: MessageTemplate, path: string): number | undefined {
  let found: Template | undefined = input;
  for (const step of path.split('.'))
    found = (found as Readonly<Record<string, Template>> | undefined)?.[step];
  return typeof found === 'number' ? found : undefined;
}
