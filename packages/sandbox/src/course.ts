/** What kinds of visits there are, and how each is cleared by the rule of the sandbox. */

/** 门诊, 住院, 药店购药. */
export type Course = 'outpatient' | 'inpatient' | 'pharmacy';

/** 清算类别 `clr_type`: stays clear as 21 住院, purchases as 41 药店购药, all else by the head of its 医疗类别. */
export function clearingTypeOf(course: Course, medType: string): string {
  if (course === 'inpatient') return '21';
  return course === 'pharmacy' ? '41' : nationalHead(medType);
}

/** 医疗类别 open for care elsewhere, by the national base. Source: value-sets/med_type. */
export const CARE_TYPES: Readonly<Record<Course, readonly string[]>> = {
  outpatient: ['11', '12', '13', '14'],
  inpatient: ['21', '22', '23', '24', '28', '52'],
  pharmacy: ['41', '14'],
};

/** A region's own code of more digits counts by its national head, 1401 as 14. Source: value-sets/med_type, note. */
export function nationalHead(code: string): string {
  return /^\d{3,6}$/.test(code) ? code.slice(0, 2) : code;
}
