/** Date formats of the specification, compiled to checks. */

/** Tests a text against one format, days that exist included. */
export type DateCheck = (text: string) => boolean;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `yyyy-MM-dd HH:mm:ss` and its relatives, in the varied spellings of the documents. */
export function dateCheck(format: string): DateCheck {
  const pattern = new RegExp(`^${patternOf(spelling(format))}$`);
  return (text) => {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return false;
    const { year = '2000', month = '01', day = '01' } = groups;
    return dayExists(Number(year), Number(month), Number(day));
  };
}

/** One spelling: years and days in lower case, months in upper case, minutes in lower case. */
function spelling(format: string): string {
  return format
    .replace(/HH?:(?:24)?MI:SS/i, 'HH:mm:ss')
    .replace(/Y/g, 'y')
    .replace(/D/g, 'd')
    .replace(/^yyyymm/, 'yyyyMM');
}

function patternOf(format: string): string {
  return format
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace('yyyy', '(?<year>\\d{4})')
    .replace('yy', '\\d{2}')
    .replace('MM', '(?<month>\\d{2})')
    .replace('dd', '(?<day>\\d{2})')
    .replace('HH', '(?:[01]\\d|2[0-3])')
    .replace('mm', '[0-5]\\d')
    .replace('ss', '[0-5]\\d')
    .replace('SSS', '\\d{3}');
}

function dayExists(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = DAYS[month - 1];
  return days !== undefined && day >= 1 && day <= days + (leap ? 1 : 0);
}
