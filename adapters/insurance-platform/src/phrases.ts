/** What a far side says in words only: phrases that its profile lists. */
import type { Profile } from '@yiqiao/registry';

/** Whether a text holds one of the phrases that a profile lists under this name. */
export function namesPhrase(profile: Profile, list: 'notNow' | 'originalNotFound', text: string): boolean {
  const phrases = profile.data[list];
  return (
    Array.isArray(phrases) && phrases.some((phrase) => typeof phrase === 'string' && text.includes(phrase))
  );
}
