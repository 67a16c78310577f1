/** What is to be told of a number that is a citizen's, but not written as the interface has it. */
import { citizenCheckCharacter } from '@yiqiao/model';

/** Text in both languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Six digits of a region, the day of birth as yyMMdd, a serial: identity cards until 1999. */
const OLD = /^([1-9]\d{5})(\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})$/;

const SMALL_X = /^\d{17}x$/;

/** Remarks on a number of fifteen digits, and on one that ends in a small x; none on any other code. */
export function remarkOnCitizen(code: string): readonly Bilingual[] {
  const [, region = '', rest] = OLD.exec(code) ?? [];
  if (rest !== undefined) {
    const longer = `${region}19${rest}`;
    const whole = longer + citizenCheckCharacter(longer);
    return [
      {
        zh: `十五位数字，也可能是旧的公民身份号码（已停用）；医保接口只用十八位。出生于 19 开头年份的，升位后为 ${whole}，请与证件核对后使用。`,
        en: `Fifteen digits may also be an old citizen number, which is no longer valid; the interface takes eighteen characters. For a birth in a year that begins with 19 it becomes ${whole}; hold that against the identity card before you use it.`,
      },
    ];
  }
  if (!SMALL_X.test(code)) return [];
  const whole = code.toUpperCase();
  return [
    {
      zh: `校验位为小写 x，国家编码为大写；请改写为 ${whole}。`,
      en: `The check character is a small x, and the code has a capital one; write ${whole}.`,
    },
  ];
}
