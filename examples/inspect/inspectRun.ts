import { either as E } from 'fp-ts'
import { grad, inspect } from '../../autodiff/index.ts'
import { type Complex, type Tensor, tensor } from '../../core/index.ts'
import type { SavedRun } from '../run/index.ts'
import { networkOf } from '../session/index.ts'
import type { Inspected } from './inspectExport.ts'

// The network of a run is inspected at its last parameters and one configuration.

/** Returns a configuration of the last sampling; full sums draw none, so spins alternate there. */
const configurationOf = ({ progress: { state } }: SavedRun, sites: number): Tensor =>
  tensor(Float64Array.from({ length: sites }, (_, i) => state.chains[i] ?? (i % 2 === 0 ? 1 : -1)))

/**
 * Inspects log ψ of the network of a run, without its sum over symmetries, or the gradient of its
 * real part. Left: why its form cannot be made.
 */
export const inspectRun = (
  saved: SavedRun,
  { gradient = false, rules = false } = {},
): E.Either<string, Inspected> => {
  const { config, progress } = saved
  const made = networkOf(config)
  if (E.isLeft(made)) return E.left(made.left.what)
  const { network, sites } = made.right
  const logPsi = (params: unknown, sigma: Tensor): Complex => network.apply(params as never, sigma)
  const logAmplitude = (params: unknown, sigma: Tensor): Tensor =>
    logPsi(params, sigma).re as Tensor
  const sigma = configurationOf(saved, sites)
  const { params, step } = progress.state
  const note = `step ${step}, one configuration of ${sites} sites`
  const gradientOfLogPsi = (p: unknown, x: Tensor): unknown => grad(logAmplitude)(p, x)
  const inspection = gradient
    ? inspect(gradientOfLogPsi, { rules })(params, sigma)
    : inspect(logPsi, { rules })(params, sigma)
  return E.right({ inspection, note })
}
