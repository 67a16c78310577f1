/** The visits a care-place core keeps: outpatient visits, stays and pharmacy purchases. */
import { shortDate } from '../china-time.ts';
import type { Course } from '../course.ts';
import type { JsonObject } from '../national-message.ts';
import type { Bill, BookedLine } from './bill.ts';

/** What is known when a visit begins. */
export interface Opening {
  readonly psnNo: string;
  readonly course: Course;
  /** 定点医药机构编号. */
  readonly institution: string;
  /** The data node of 2201, `mdtrtinfo` of 2401, `druginfo` of 2102. */
  registration: JsonObject;
  /** 2203: a visit has exactly one. */
  medType?: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  begins: string;
}

/** A visit. */
export interface Visit extends Opening {
  /** 就诊ID `mdtrt_id`: region(6) yyMMdd serial(8), 20 characters. */
  readonly id: string;
  /** By 收费批次号; outpatients only. */
  readonly batches: Map<string, Bill>;
  /** By 费用明细流水号. */
  readonly lines: Map<string, BookedLine>;
  /** Diagnoses of 2203, or at admission. */
  diagnoses: readonly JsonObject[];
  /** 2402: `dscginfo` and its diagnoses; absent while in hospital. */
  discharge?: { readonly info: JsonObject; readonly diagnoses: readonly JsonObject[] };
  cancelled: boolean;
}

/** All visits. */
export interface VisitBook {
  /** Opens a visit; `id` when another party has given it its number. */
  open(opening: Opening, given: { readonly now: number; readonly id?: string }): Visit;
  /** The visit with this id, when it is the person's, of that course and not cancelled; else why not. */
  find(id: string, psnNo: string, course?: Course): Visit | { readonly refusal: string };
  /** Visits of a person, cancelled ones too. */
  ofPerson(psnNo: string): readonly Visit[];
  /** Every visit, in order of opening. */
  all(): Iterable<Visit>;
}

const COURSES: Readonly<Record<Course, string>> = {
  outpatient: '门诊就诊',
  inpatient: '住院就诊',
  pharmacy: '药店购药',
};

/** Makes an empty book. */
export function createVisitBook(region: string): VisitBook {
  const visits = new Map<string, Visit>();
  const byPerson = new Map<string, Visit[]>();
  return {
    open(opening, { now, id }) {
      const serial = String(visits.size + 1).padStart(8, '0');
      const visit: Visit = {
        ...opening,
        id: id ?? `${region}${shortDate(now)}${serial}`,
        batches: new Map(),
        lines: new Map(),
        diagnoses: [],
        cancelled: false,
      };
      visits.set(visit.id, visit);
      const earlier = byPerson.get(visit.psnNo);
      if (earlier === undefined) byPerson.set(visit.psnNo, [visit]);
      else earlier.push(visit);
      return visit;
    },
    find(id, psnNo, course) {
      const visit = visits.get(id);
      if (visit === undefined) return { refusal: `未查询到就诊登记：${id}` };
      if (visit.psnNo !== psnNo) return { refusal: '人员编号与就诊登记不符' };
      if (course !== undefined && visit.course !== course) {
        return { refusal: `该就诊是${COURSES[visit.course]}，不是${COURSES[course]}` };
      }
      return visit.cancelled ? { refusal: '就诊登记已撤销' } : visit;
    },
    ofPerson: (psnNo) => byPerson.get(psnNo) ?? [],
    all: () => visits.values(),
  };
}
