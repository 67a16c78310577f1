/** Transactions that a region speaks in another form, at an address of their own. */
import type { Fault } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import { profilePath } from './profiles.ts';
import type { Profile } from './profile-types.ts';

/** Transaction → id of the profile of its form. Source: `otherForms` of a profile. */
export type OtherForms = Readonly<Record<string, string>>;

/** The other forms of a profile, inherited ones included. */
export function otherForms({ data }: Profile): OtherForms {
  return (data['otherForms'] ?? {}) as OtherForms;
}

/** Forms that no profile has. */
export function otherFormFaults(profile: Profile, known: readonly string[]): readonly Fault[] {
  return Object.entries(otherForms(profile))
    .filter(([, form]) => !known.includes(form))
    .map(([transaction, form]) =>
      fileFault({
        path: profilePath(profile.id),
        pointer: `/otherForms/${transaction}`,
        message: {
          zh: `没有名为 ${form} 的方案，请改正名称或补上。`,
          en: `There is no profile ${form}; correct the name, or add it.`,
        },
      }),
    );
}
