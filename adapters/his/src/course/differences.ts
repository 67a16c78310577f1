/** Whether two orders say the same, and where they do not. */

/** Paths at which they differ, `diagnoses/0/diagnosisCode`. */
export function differences(one: unknown, other: unknown, at = ''): readonly string[] {
  if (isPlain(one) && isPlain(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].flatMap((name) =>
      differences(one[name], other[name], at === '' ? name : `${at}/${name}`),
    );
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    const length = Math.max(one.length, other.length);
    return Array.from({ length }, (_, index) =>
      differences(one[index], other[index], `${at}/${index}`),
    ).flat();
  }
  return one === other ? [] : [at];
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
