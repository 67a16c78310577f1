/** What an identity number of 18 characters says of a person (GB 11643). */

/** 性别 `gend` 1 or 2, 出生日期 and whole years of age on a day; 9 and nothing else when the number is none. */
export function personOfCertificate(
  certno: string,
  today: string,
): { readonly gend: string; readonly brdy?: string; readonly age?: number } {
  if (!/^\d{17}[\dX]$/.test(certno)) return { gend: '9' };
  const brdy = `${certno.slice(6, 10)}-${certno.slice(10, 12)}-${certno.slice(12, 14)}`;
  const years = Number(today.slice(0, 4)) - Number(certno.slice(6, 10));
  const age = today.slice(5) < brdy.slice(5) ? years - 1 : years;
  return { gend: Number(certno[16]) % 2 === 1 ? '1' : '2', brdy, age };
}
