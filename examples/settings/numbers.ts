import { optimizerKinds, solves } from './optimizerKinds.ts'
import type { TrainConfig } from './settings.ts'

// Numbers and settings are written in the same way on the terminal and in the report.

/**
 * Writes a number with so many decimals, or, if it is too small or too large for these, with as
 * many digits after its first one.
 */
export const showDecimals = (x: number, decimals: number): string =>
  x === 0 || (Math.abs(x) >= 10 ** (3 - decimals) && Math.abs(x) < 1e7)
    ? x.toFixed(decimals)
    : x.toExponential(decimals)

/** Writes an energy with six decimals, or a dash where there is none. */
export const showEnergy = (x: number | null): string => (x === null ? '–' : showDecimals(x, 6))

/** Writes a dash for an unknown number and ∞ for an infinite one. */
const finiteOr = (x: number | null, show: (x: number) => string): string => {
  if (x === null || Number.isNaN(x)) return '–'
  return Number.isFinite(x) ? show(x) : x > 0 ? '∞' : '−∞'
}

/** Writes a small positive number as 3.2e-4. */
export const showSmall = (x: number | null): string =>
  finiteOr(x, (y) => (y === 0 ? '0' : y.toExponential(1)))

export const showFixed = (x: number | null, digits: number): string =>
  finiteOr(x, (y) => y.toFixed(digits))

const powers = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const superscript = (n: number): string =>
  (n < 0 ? '⁻' : '') + [...String(Math.abs(n))].map((d) => powers[Number(d)]).join('')

/** Labels decades as 10⁻³; the marks between them have no labels when there are many. */
export const showDecade = (x: number): string => {
  const power = Math.log10(x)
  const near = Math.round(power)
  return Math.abs(power - near) < 1e-9 ? `10${superscript(near)}` : ''
}

/** Writes a time as 0:07, 12:30 or 1:02:03, and as a dash when it is unknown. */
export const showTime = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '–'
  const whole = Math.max(0, Math.round(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (n: number): string => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

export const showCount = (n: number): string => n.toLocaleString('en-US')

const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** Writes the density that is sampled as |ψ|², |ψ| or |ψ|^0.7. */
export const showDensity = (power: number): string =>
  power === 2 ? '|ψ|²' : power === 1 ? '|ψ|' : `|ψ|^${power}`

/** Writes a lattice and its couplings for a heading. */
export const showModel = (
  c: Pick<TrainConfig, 'lattice' | 'size' | 'boundary' | 'j1' | 'j2'>,
): string =>
  `${c.lattice} ${c.size.join('x')}, ${c.boundary}, ` +
  (c.lattice === 'shastry-sutherland'
    ? `J = ${String(c.j1)}, J' = ${String(c.j2)}`
    : `J1 = ${String(c.j1)}, J2 = ${String(c.j2)}`)

/** Three phrases describe a run. */
export const sizesOf = (c: TrainConfig) => ({
  model: showModel(c),
  network:
    `ViT with ${plural(c.layers, 'layer')}, ${plural(c.heads, 'head')} of ${c.attention} attention, ` +
    `dim ${c.dim}, ` +
    `patches of ${c.size.map(() => c.patch).join('x')}` +
    `${c.symmetry === 'none' ? '' : `, symmetry ${c.symmetry}`}` +
    `${c.marshall ? ', Marshall signs given' : ''}`,
  method:
    `${optimizerKinds[c.optimizer].words}, ${plural(c.steps, 'step')}, learning rate ${c.lr}${c.lrSchedule === 'constant' ? '' : ` (${c.lrSchedule})`}, ` +
    `${solves(c.optimizer) ? `diagonal shift ${c.diagShift}, momentum ${c.momentum}, ` : ''}` +
    `${c.sum === 'full' ? 'full sums' : `${showCount(c.samples)} samples`}` +
    `${c.sum === 'full' || c.samplePower === 2 ? '' : ` of ${showDensity(c.samplePower)}`}`,
})
