/** What kinds of visits there are, and how each is cleared by the rule of the sandbox. */

/** 门诊, 住院, 药店购药. */
export type Course = 'outpatient' | 'inpatient' | 'pharmacy';

/** 清算类别 `clr_type`: stays clear as 21 住院, purchases as 41 药店购药, all else by its 医疗类别. */
export function clearingTypeOf(course: Course, medType: string): string {
  if (course === 'inpatient') return '21';
  return course === 'pharmacy' ? '41' : medType;
}
