/**
 * 门诊慢特病 that the insured places of the sandbox open: the ten settled across provinces, by main class, with every
 * subclass (M07803 as M07801). Source: value-sets/opsp_dise_code_cross_province; two of the codes are inferred there.
 */
const DISEASES: Readonly<Record<string, string>> = {
  M002: '病毒性肝炎',
  M005: '恶性肿瘤门诊治疗',
  M016: '糖尿病',
  M039: '高血压',
  M046: '冠心病',
  M053: '慢性阻塞性肺疾病',
  M069: '类风湿关节炎',
  M072: '强直性脊柱炎',
  M078: '尿毒症透析',
  M083: '器官移植术后抗排异治疗',
};

/** Name of a disease by its code, M and five digits; `undefined` when nobody is opened for it. */
export function findChronicDisease(code: string): string | undefined {
  return /^M\d{5}$/.test(code) ? DISEASES[code.slice(0, 4)] : undefined;
}
