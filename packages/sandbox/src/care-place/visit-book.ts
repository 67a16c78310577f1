/** The visits a care-place core keeps. */
import { shortDate } from '../china-time.ts';
import type { JsonObject } from '../national-message.ts';
import type { FeeSplit } from '../fee-split.ts';

/** 收费批次: lines uploaded together, settled together. */
export interface Batch {
  readonly totals: FeeSplit;
  readonly lineNumbers: readonly string[];
  settled: boolean;
}

/** A visit. */
export interface Visit {
  /** 就诊ID `mdtrt_id`: region(6) yyMMdd serial(8), 20 characters. */
  readonly id: string;
  readonly psnNo: string;
  /** The data node of 2201. */
  readonly registration: JsonObject;
  /** 2203: the visit has exactly one. */
  medType?: string;
  readonly batches: Map<string, Batch>;
  cancelled: boolean;
}

/** All visits. */
export interface VisitBook {
  open(psnNo: string, registration: JsonObject, now: number): Visit;
  /** The visit with this id, when it belongs to the person and is not cancelled; else why not. */
  find(id: string, psnNo: string): Visit | { readonly refusal: string };
}

/** Makes an empty book. */
export function createVisitBook(region: string): VisitBook {
  const visits = new Map<string, Visit>();
  return {
    open(psnNo, registration, now) {
      const serial = String(visits.size + 1).padStart(8, '0');
      const id = `${region}${shortDate(now)}${serial}`;
      const visit = { id, psnNo, registration, batches: new Map<string, Batch>(), cancelled: false };
      visits.set(id, visit);
      return visit;
    },
    find(id, psnNo) {
      const visit = visits.get(id);
      if (visit === undefined) return { refusal: `未查询到就诊登记：${id}` };
      if (visit.psnNo !== psnNo) return { refusal: '人员编号与就诊登记不符' };
      return visit.cancelled ? { refusal: '就诊登记已撤销' } : visit;
    },
  };
}
