/**
 * A function of one text whose answers are remembered, up to `max` of them: then all are forgotten, and it begins anew. For
 * what is dear to find and asked again and again for few texts.
 */
export function memoize<T>(max: number, find: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const answer = find(text);
    if (known.size >= max) known.clear();
    known.set(text, answer);
    return answer;
  };
}
