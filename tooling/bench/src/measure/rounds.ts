/**
 * Measures several subjects in turn (ABCABC…), so that a change of the machine's mood meets all of them alike.
 * Returns what each came to, round by round; what they do at the same index ran side by side.
 */
export async function interleave<K extends string, T>(
  rounds: number,
  subjects: Readonly<Record<K, () => T | Promise<T>>>,
): Promise<Record<K, T[]>> {
  const names = Object.keys(subjects) as K[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, T[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(await subjects[name]());
  }
  return results;
}
