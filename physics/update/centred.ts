import { type Data, fail } from '../../core/index.ts'
import { centre, type RealMatrix } from '../../core/linalg/index.ts'
import { memoryOf, singleThread, type Team } from '../../core/tiles/index.ts'
import type { ComplexSamples } from '../statistics/index.ts'
import { planRows, type RowBudget, type SolveSpace } from './rowBudget.ts'
import {
  type BlockedRows,
  type Place,
  type Range,
  type Rows,
  ranges,
  scaleColumns,
} from './rows.ts'

/**
 * Conventions of stochastic reconfiguration in psigrad. Parameters θ are real, log ψ is complex.
 *
 *   O_k(σ) = ∂ log ψ(σ)/∂θ_k                     logarithmic derivatives, complex
 *   X      = √w [Re (O − ⟨O⟩), Im (O − ⟨O⟩)]      centred rows, two for each sample
 *   f      = 2 √w [Re (E − ⟨E⟩), Im (E − ⟨E⟩)]    with E the local energy of ROWS of H
 *   S = XᵀX = Re cov(O*, O)                       quantum geometric tensor
 *   F = Xᵀf = 2 Re cov(O*, E) = ∇⟨H⟩              force: the gradient of the energy
 *
 * w are the samples' weights, 1/samples or |ψ|² in full sums. The caller applies θ ← θ − η δ.
 */
export interface Centred<X extends Rows = Rows> {
  /** X [2·samples, params]: for each sample the row of Re, then that of Im */
  readonly x: X
  /** f [2·samples] */
  readonly f: Float64Array
}

/** O, [2·samples, params]: for each sample the row of Re, then that of Im. */
export interface LogDerivatives {
  readonly samples: number
  readonly params: number
  readonly rows: Data
}

/** A source computes O for some samples at a time, as often as it is called. */
export interface DerivativeSource {
  readonly samples: number
  readonly params: number
  readonly precision: 'float64' | 'float32'
  /** Computes the rows of samples from <= s < to into this memory, which they fill. */
  readonly rows: (from: number, to: number, memory: Data) => Data
}

/** The block in a place: which samples it holds, and the scale of its columns. */
interface HeldBlock {
  readonly range: Range
  readonly rows: RealMatrix
  readonly scale: Float64Array | undefined
}

/** The parts are Re and Im. */
const PARTS = 2

const notFinite = (what: string, data: Readonly<Record<string, number>>): never =>
  fail('NonFinite', 'srUpdate', `${what} is not finite.`, {
    fix: 'a smaller learning rate or a larger diagShift.',
    data,
  })

/** Called where the mean is NaN or infinite; names the first derivative that is. */
const blameDerivative = ({ cols, data }: RealMatrix, w: Float64Array, from: number): never => {
  for (let s = 0; s < w.length; s += 1)
    for (let k = 0; w[s]! > 0 && k < cols; k += 1) {
      const at = PARTS * s * cols + k
      if (!Number.isFinite(data[at]! + data[at + cols]!))
        return notFinite(`derivative ${k} of sample ${from + s}`, { sample: from + s })
    }
  return notFinite('the mean of the derivatives', {})
}

/** Returns f: two numbers for each sample, 0 where its weight is 0. */
const centredEnergies = (energy: ComplexSamples, w: Float64Array): Float64Array => {
  const f = new Float64Array(PARTS * w.length)
  for (const [part, e] of [energy.re, energy.im].entries()) {
    let mean = 0
    for (let s = 0; s < w.length; s += 1) if (w[s]! > 0) mean += w[s]! * e[s]!
    for (let s = 0; s < w.length; s += 1)
      if (w[s]! > 0) f[PARTS * s + part] = 2 * Math.sqrt(w[s]!) * (e[s]! - mean)
  }
  return f
}

/** Returns the weights of the samples, and checks the energies; a sample of weight 0 is ignored. */
const weightsOf = (
  { samples, params }: { readonly samples: number; readonly params: number },
  energy: ComplexSamples,
  weights: ArrayLike<number> | undefined,
  team: Team,
): Float64Array => {
  if (energy.re.length !== samples)
    return fail(
      'ShapeError',
      'srUpdate',
      `${samples} samples of ${params} derivatives need as many energies.`,
      { operands: [`localEnergy ${energy.re.length}`] },
    )
  const w = team.memory('weights', samples)
  if (weights === undefined) w.fill(1 / samples)
  else w.set(weights)
  for (let s = 0; s < samples; s += 1)
    if (w[s]! > 0 && !Number.isFinite(energy.re[s]! + energy.im[s]!))
      notFinite(`the local energy of sample ${s}`, { sample: s })
  return w
}

/**
 * Returns X and f of samples whose derivatives are computed when they are needed, in the memory of
 * a team: the next X of the team overwrites it. If all samples fit into the budget, each is
 * computed once.
 *
 * Laws    the result is bit-identical for any row budget and any team.
 * Errors  ShapeError when counts differ; NonFinite { sample } for a derivative or energy that is
 *         no number.
 */
export const centredBlocks = (
  source: DerivativeSource,
  energy: ComplexSamples,
  weights: ArrayLike<number> | undefined,
  budget: RowBudget,
  team: Team = singleThread,
): Centred<BlockedRows> => {
  const { samples, params, precision } = source
  const w = weightsOf(source, energy, weights, team)
  const mean = team.memory('mean', PARTS * params).fill(0)
  const held: { [P in Place]?: HeldBlock } = {}
  const memories: { [P in Place]?: Data } = {}
  const memoryFor = (place: Place, [from, to]: Range): Data => {
    const length = PARTS * params * (to - from)
    const old = memories[place]
    if (old !== undefined && old.length >= length) return old.subarray(0, length)
    const fresh = memoryOf(team, `rows ${place}`, length, precision)
    memories[place] = fresh
    return fresh
  }
  const derivatives = (place: Place, [from, to]: Range): RealMatrix => ({
    rows: PARTS * (to - from),
    cols: params,
    data: source.rows(from, to, memoryFor(place, [from, to])),
  })
  const centring = (a: RealMatrix, [from, to]: Range) => {
    const part = w.subarray(from, to)
    return { a, weights: part, groups: PARTS, mean, sum: false, centre: false }
  }
  const blocks = ranges(0, samples, budget.resident)
  const whole = blocks.length === 1
  for (const range of blocks) {
    const a = derivatives('resident', range)
    const spec = centring(a, range)
    centre({ ...spec, sum: true, centre: whole }, team)
    if (!mean.every(Number.isFinite))
      blameDerivative(derivatives('resident', range), spec.weights, range[0])
    if (range[1] < samples) continue
    if (!whole) centre({ ...spec, centre: true }, team)
    held.resident = { range, rows: a, scale: undefined }
  }
  const made = (place: Place, range: Range): RealMatrix => {
    const rows = derivatives(place, range)
    centre({ ...centring(rows, range), centre: true }, team)
    return rows
  }
  const block = (place: Place, from: number, to: number, scale?: Float64Array): RealMatrix => {
    const range: Range = [from / PARTS, to / PARTS]
    const old = held[place]
    const current = old?.range[0] === range[0] && old.range[1] === range[1] ? old : undefined
    if (current !== undefined && current.scale === scale) return current.rows
    const rows =
      current !== undefined && current.scale === undefined ? current.rows : made(place, range)
    if (scale !== undefined) scaleColumns(rows, scale)
    held[place] = { range, rows, scale }
    return rows
  }
  return {
    x: {
      rows: PARTS * samples,
      cols: params,
      capacity: { resident: PARTS * budget.resident, streamed: PARTS * budget.streamed },
      block,
    },
    f: centredEnergies(energy, w),
  }
}

/** The memory limit of the rows, and whose memory they use. */
export interface RowLimits {
  /** The bytes for derivatives and solve; default: unlimited. */
  readonly memory?: number
  readonly team?: Team
  /** Which matrix is solved for these numbers of rows and parameters: see `Optimizer`. */
  readonly space: (rows: number, params: number) => SolveSpace | 'none'
}

/**
 * Returns X and f of samples within a memory budget; rows that do not fit are computed again. The
 * result is bit-identical for any budget.
 *
 * Errors  as above; DomainError naming the least budget.
 */
export const centredWithin = (
  source: DerivativeSource,
  { localEnergy, weights }: { localEnergy: ComplexSamples; weights?: ArrayLike<number> },
  { memory = Number.POSITIVE_INFINITY, team, space }: RowLimits,
): Centred<BlockedRows> => {
  const { samples, params, precision } = source
  const sizes = { samples, params, precision, space: space(PARTS * samples, params) }
  return centredBlocks(source, localEnergy, weights, planRows(sizes, memory), team)
}

/**
 * Returns X and f of derivatives that are in memory and stay unchanged. Laws and errors as above.
 */
export const centred = (
  o: LogDerivatives,
  energy: ComplexSamples,
  weights?: ArrayLike<number>,
  team: Team = singleThread,
): Centred<RealMatrix> => {
  const { samples, params, rows } = o
  if (rows.length !== PARTS * samples * params)
    return fail(
      'ShapeError',
      'srUpdate',
      `${samples} samples of ${params} derivatives are ${PARTS * samples * params} numbers.`,
      { operands: [`logDerivatives ${rows.length}`] },
    )
  const source: DerivativeSource = {
    samples,
    params,
    precision: rows instanceof Float32Array ? 'float32' : 'float64',
    rows: (_from, _to, memory) => {
      memory.set(rows)
      return memory
    },
  }
  const budget = { resident: Math.max(1, samples), streamed: 0 }
  const { x, f } = centredBlocks(source, energy, weights, budget, team)
  return { x: x.block('resident', 0, x.rows), f }
}
