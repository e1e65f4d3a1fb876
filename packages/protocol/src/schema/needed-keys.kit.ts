/** A map with one of its keys left out. */
export function without(map: object, key: string): object {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

/** Whether a map is accepted, and is no more with any one of its keys left out. */
export function needsAll(accepts: (map: object) => boolean, map: object): boolean {
  return accepts(map) && !Object.keys(map).some((key) => accepts(without(map, key)));
}
