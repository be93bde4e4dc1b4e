// What harness.spec.ts calls in a page.

const scope = globalThis as unknown as {
  readonly crossOriginIsolated: boolean
  readonly document?: object
}

export const isolated = (): boolean => scope.crossOriginIsolated
export const sharesMemory = (): boolean => typeof SharedArrayBuffer !== 'undefined'
export const isMain = (): boolean => scope.document !== undefined
export const doubled = (x: Float64Array): Float64Array => x.map((y) => 2 * y)
export const makesCode = (): unknown => new Function('return 1')()
export const throws = (): never => {
  throw new Error('as asked')
}
