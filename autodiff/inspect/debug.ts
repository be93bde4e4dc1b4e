import {
  type Concrete,
  dataOf,
  fail,
  type Program,
  type Site,
  showShape,
  type Tensor,
  type TensorLike,
  Traced,
} from '../../core/index.ts'
import { rewritten, siteHere, withSites } from '../../core/primitives/index.ts'
import { customVjp } from '../derivatives/index.ts'
import { operationOf, shownSite } from './nonFinite.ts'
import { shownNonFinite, shownRange, summaryOf } from './valueSummary.ts'

// Identities that watch a value and its cotangent on their way. Each is a customVjp whose pullback
// watches too. They work wherever numbers are computed equation by equation: in direct calls, and
// in grad, vjp, jvp, vmap of any order. `compile` refuses them.

type Watcher = (part: 'value' | 'cotangent') => (y: Concrete) => void

/** Returns x; the watcher sees its value and the cotangent that comes back. */
const watching = (name: string, watch: Watcher, x: TensorLike): Tensor => {
  const seen = (part: 'value' | 'cotangent'): ((y: TensorLike) => Tensor) =>
    customVjp({
      name: `${name}, ${part}`,
      forward: (y) => y,
      // The cotangent of a cotangent is one of second order; it is watched likewise.
      pullback: (_, __, yBar) => [part === 'value' ? seen('cotangent')(yBar) : yBar],
      onValue: watch(part),
    })
  return seen('value')(x)
}

/**
 * Returns x, and writes a line when its value is computed and another one when its cotangent is.
 *
 * Errors  TraceError where a program is compiled.
 * @example toNumber(grad((x) => announce('x', () => {})(mul(x, x)))(tensor(3))) // → 6
 */
export const announce =
  (name: string, write: (line: string) => void = (line) => console.log(line)) =>
  (x: TensorLike): Tensor =>
    watching(
      name,
      (part) => (y) => write(`${name}: ${part} ${showShape(y.shape)} ${shownRange(summaryOf(y))}`),
      x,
    )

/** Says which equation made a traced value, in words. */
const makerOf = (x: TensorLike): string | undefined => {
  if (!(x instanceof Traced)) return undefined
  const { recording, variable } = x
  const eq = recording.equations.find(({ output }) => output === variable)
  return eq === undefined ? 'an argument' : operationOf(eq)
}

/**
 * Returns x, and stops the computation when its value or its cotangent has a NaN or an infinity.
 *
 * Errors  NonFinite with the name, the line of this call, the operation that made the value, and
 *         the first entry; TraceError where a program is compiled.
 */
export const stopAtNonFinite =
  (name: string) =>
  (x: TensorLike): Tensor => {
    const site: Site | undefined = withSites(true, siteHere)
    const maker = makerOf(x)
    const line = site === undefined ? [] : [`watched at ${shownSite(site)}`]
    const watch: Watcher = (part) => (y) => {
      const summary = summaryOf(y)
      if (summary.nan + summary.infinite === 0) return
      const first = dataOf(y).findIndex((v) => !Number.isFinite(v))
      fail('NonFinite', name, `its ${part} has ${shownNonFinite(summary)}.`, {
        operands: [
          ...line,
          ...(maker === undefined ? [] : [`the value is that of ${maker}`]),
          `${part} ${showShape(y.shape)}, the first at entry ${first}: ${dataOf(y)[first]}`,
        ],
        fix: 'inspect(f)(x) names the equation that made it.',
        data: { part, first, site },
      })
    }
    return watching(name, watch, x)
  }

/** Returns the program without watchers, at every depth. */
export const unwatched = (program: Program): Program =>
  rewritten(program, (eq, emit) =>
    eq.primitive !== 'customVjp'
      ? emit(eq)
      : emit({
          ...eq,
          params: {
            name: eq.params.name,
            forward: unwatched(eq.params.forward),
            pullback: unwatched(eq.params.pullback),
          },
        }),
  )
