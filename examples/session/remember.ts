/** Returns f, computed once for each argument. */
export const remember = <A>(f: (k: number) => A): ((k: number) => A) => {
  const known = new Map<number, A>()
  return (k) => {
    const value = known.get(k) ?? f(k)
    known.set(k, value)
    return value
  }
}
