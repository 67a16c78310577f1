/** The rules of schemas/peripheral/pharmacy, as one pharmacy applies them. */
import { GatewayError } from '@yiqiao/model';
import type { Decimal, Operation } from '@yiqiao/model';
import type { Label } from './purchase/read-form.ts';

/** Who may pay. */
export type PaymentSource = 'fund' | 'own-account' | 'mutual-aid';

/** A course: how a purchase is settled. */
export interface CourseEntry {
  /** Which function runs it. */
  readonly form: 'counter' | 'visit' | 'order';
  readonly label: Label;
  readonly pays: readonly PaymentSource[];
  readonly operations: Readonly<Record<string, Operation>>;
  /** 医疗类别, where it is not that of a purchase. */
  readonly careType?: string;
  /** Members that a trial carries beyond the national definition: pointer below `input` → part of the total. */
  readonly carriedInTrial?: Readonly<Record<string, string>>;
  readonly payWithinMinutes?: number;
  readonly askEverySeconds?: number;
}

interface Route {
  readonly course: string;
  readonly fund?: boolean;
  readonly sameDigits?: number;
}

interface CoursesFile {
  readonly courses: Readonly<Record<string, CourseEntry>>;
  readonly profiles: Readonly<Record<string, { readonly routes: readonly Route[] }>>;
}

interface Rule {
  readonly id: string;
  readonly rule: Label;
}

/** What may pay. */
export interface PaymentRules {
  readonly careTypes: { readonly purchase: string; readonly chronicDisease: string };
  readonly fund: Rule & { readonly listTypes: readonly string[] };
  readonly equalBenefit: Rule & {
    /** By 险种类型; a scheme that is not named is not checked. */
    readonly poolPaymentRatio: Readonly<Record<string, Decimal>>;
    readonly onLower: 'refuse' | 'warn';
  };
  readonly account: Rule & { readonly listTypes: readonly string[] };
  readonly mutualAid: Rule & {
    readonly relations: Readonly<Record<string, Label>>;
    /** Leading digits that the regions of payer and insured person have in common. */
    readonly sameDigits: number;
    readonly needsAuthorisation: boolean;
    readonly needsCredential: boolean;
  };
  readonly prescriptionDrugs: Rule & { readonly codes: readonly string[] };
}

interface PaymentFile {
  readonly accountUsed: Readonly<Record<'none' | 'own-account' | 'mutual-aid', string>>;
  readonly default: PaymentRules;
  readonly regions: Readonly<
    Record<string, { readonly [K in keyof PaymentRules]?: Partial<PaymentRules[K]> }>
  >;
}

/** How trace codes look and where they go. */
export interface TraceCodeRules {
  readonly maxLength: number;
  readonly usual: string;
  readonly inSettlement: 'one-per-line' | 'none';
  readonly requiredForListTypes: readonly string[];
  readonly splitMayRepeat: boolean;
}

interface TraceCodesFile {
  readonly default: TraceCodeRules;
  readonly profiles: Readonly<Record<string, Partial<TraceCodeRules>>>;
}

/** A kind of goods record. */
export interface GoodsKind {
  readonly operation: Operation;
  readonly findBy: Operation;
  /** 进销存数据类型 of 3507. */
  readonly group: string;
  /** Member with the quantity. */
  readonly quantity: string;
  /** Member with the time or day. */
  readonly time: string;
}

/** Goods records. */
export interface GoodsRules {
  readonly kinds: Readonly<Record<string, GoodsKind>>;
  readonly saleCodes: {
    readonly settlementType: { readonly here: string; readonly elsewhere: string };
    readonly withoutPrescriber: string;
  };
}

/** The files of schemas/peripheral/pharmacy by name. */
export type PolicyFiles = (name: 'courses' | 'payment' | 'trace-codes' | 'goods') => unknown;

/** Which entries of the files apply. */
export interface PolicyChoice {
  /** Profile of courses. */
  readonly courses: string;
  /** Region of payment.json whose entry replaces members of the default. */
  readonly payment?: string;
  /** Profile of trace codes. */
  readonly traceCodes?: string;
}

/** The rules of one pharmacy. */
export interface PharmacyPolicy {
  readonly payment: PaymentRules;
  readonly accountUsed: PaymentFile['accountUsed'];
  readonly traceCodes: TraceCodeRules;
  readonly goods: GoodsRules;
  /** The course of a purchase by the regions (six digits) and who is to pay; `undefined` when none fits. */
  findCourse(asked: {
    readonly insured: string;
    readonly care: string;
    readonly fund: boolean;
  }): NamedCourse | undefined;
  /** @throws RangeError for a name that is no course. */
  course(name: string): NamedCourse;
}

/** A course with its name in courses.json. */
export interface NamedCourse extends CourseEntry {
  readonly name: string;
}

/** Puts the rules together. @throws GatewayError `CONFIG_INVALID` for a profile that is not there. */
export function createPolicy(files: PolicyFiles, choice: PolicyChoice): PharmacyPolicy {
  const courses = files('courses') as CoursesFile;
  const payment = files('payment') as PaymentFile;
  const traceCodes = files('trace-codes') as TraceCodesFile;
  const routes = entryOf(courses.profiles, { name: choice.courses, file: 'courses.json' }).routes;
  const region =
    choice.payment === undefined
      ? {}
      : entryOf(payment.regions, { name: choice.payment, file: 'payment.json' });
  const codes =
    choice.traceCodes === undefined
      ? {}
      : entryOf(traceCodes.profiles, { name: choice.traceCodes, file: 'trace-codes.json' });
  const course = (name: string): NamedCourse => {
    const entry = courses.courses[name];
    if (entry === undefined) throw new RangeError(`no such course: ${name}`);
    return { ...entry, name };
  };
  return {
    payment: withRegion(payment.default, region),
    accountUsed: payment.accountUsed,
    traceCodes: { ...traceCodes.default, ...codes },
    goods: files('goods') as GoodsRules,
    course,
    findCourse({ insured, care, fund }) {
      const fits = routes.find(
        (route) =>
          (route.fund ?? fund) === fund &&
          insured.slice(0, route.sameDigits ?? 0) === care.slice(0, route.sameDigits ?? 0),
      );
      return fits === undefined ? undefined : course(fits.course);
    },
  };
}

/** A region's members replace those of the default, rule by rule. */
function withRegion(rules: PaymentRules, region: PaymentFile['regions'][string]): PaymentRules {
  return {
    careTypes: { ...rules.careTypes, ...region.careTypes },
    fund: { ...rules.fund, ...region.fund },
    equalBenefit: { ...rules.equalBenefit, ...region.equalBenefit },
    account: { ...rules.account, ...region.account },
    mutualAid: { ...rules.mutualAid, ...region.mutualAid },
    prescriptionDrugs: { ...rules.prescriptionDrugs, ...region.prescriptionDrugs },
  };
}

function entryOf<T>(
  entries: Readonly<Record<string, T>>,
  { name, file }: { readonly name: string; readonly file: string },
): T {
  const entry = entries[name];
  if (entry !== undefined) return entry;
  throw new GatewayError('CONFIG_INVALID', {
    facts: { file, entry: name, known: Object.keys(entries).join(', ') },
  });
}
