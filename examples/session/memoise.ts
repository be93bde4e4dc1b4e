/** Returns f, computed once for each argument. */
export const memoise = <A>(f: (k: number) => A): ((k: number) => A) => {
  const values = new Map<number, A>()
  return (k) => {
    const value = values.get(k) ?? f(k)
    values.set(k, value)
    return value
  }
}
