/** 待遇申报 of an insured place: referrals, chronic diseases, designated institutions, injuries. */
import { date, dateTime, shortDate } from '../china-time.ts';
import { leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';

/** 2501 转院, 2503 慢特病, 2505 定点, 2507 意外伤害. */
export type DeclarationKind = 'referral' | 'chronic' | 'designated' | 'injury';

/** One declaration. */
export interface Declaration {
  /** 待遇申报明细流水号 `trt_dcla_detl_sn`. */
  readonly number: string;
  readonly kind: DeclarationKind;
  readonly psnNo: string;
  readonly data: JsonObject;
  /** First and last day, `yyyy-MM-dd`; the last is 2099-12-31 when none was given. */
  readonly from: string;
  readonly to: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  withdrawn: boolean;
}

/** All declarations. */
export interface Declarations {
  add(
    kind: DeclarationKind,
    declared: { readonly psnNo: string; readonly data: JsonObject; readonly now: number },
  ): Declaration;
  find(number: string): Declaration | undefined;
  /** Those of a person that are not withdrawn; on a day when one is given. */
  standing(psnNo: string, kind: DeclarationKind, day?: string): readonly Declaration[];
}

/** Opens an empty book for the people of a city. */
export function createDeclarations(city: string): Declarations {
  const all = new Map<string, Declaration>();
  const byPerson = new Map<string, Declaration[]>();
  return {
    add(kind, { psnNo, data, now }) {
      const serial = String(all.size + 1).padStart(7, '0');
      const declaration = {
        number: `T${city}${shortDate(now)}${serial}`,
        kind,
        psnNo,
        data,
        from: leaf(data, 'begndate').slice(0, 10) || date(now),
        to: leaf(data, 'enddate').slice(0, 10) || '2099-12-31',
        time: dateTime(now),
        withdrawn: false,
      };
      all.set(declaration.number, declaration);
      const own = byPerson.get(psnNo);
      if (own === undefined) byPerson.set(psnNo, [declaration]);
      else own.push(declaration);
      return declaration;
    },
    find: (number) => all.get(number),
    standing: (psnNo, kind, day) =>
      (byPerson.get(psnNo) ?? []).filter(
        (one) =>
          one.kind === kind && !one.withdrawn && (day === undefined || (one.from <= day && day <= one.to)),
      ),
  };
}
