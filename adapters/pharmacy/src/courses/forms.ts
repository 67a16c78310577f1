/** The forms that courses.json can name. */
import type { CourseEntry } from '../policy.ts';
import { counterForm } from './counter-form.ts';
import type { CourseForm } from './course-form.ts';
import { orderForm } from './order-form.ts';
import { visitForm } from './visit-form.ts';

const FORMS: Readonly<Record<CourseEntry['form'], CourseForm>> = {
  counter: counterForm,
  visit: visitForm,
  order: orderForm,
};

/** The form of a course. */
export function courseForm({ form }: Pick<CourseEntry, 'form'>): CourseForm {
  return FORMS[form];
}
