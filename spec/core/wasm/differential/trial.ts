import { prepared } from '../../../../core/executable/backend.ts'
import {
  type Concrete,
  type Data,
  explain,
  keyFrom,
  normals,
  type Program,
  type Runner,
  serialRunner,
  showProgram,
  showShape,
  sizeOf,
  uniforms,
} from '../../../../core/index.ts'
import { inlined } from '../../../../core/programs/inline.ts'
import { nameOf } from '../../../../core/programs/print.ts'
import { simplified } from '../../../../core/programs/simplify.ts'
import type { BackendName, TileSpec } from '../../../../core/tiles/job.ts'
import { sumOfRows } from '../../../../core/tiles/sums.ts'
import { allocate, wrap } from '../../../../core/values/tensor.ts'
import { fusedMultiplyAdd } from '../../../../core/wasm/engine.ts'
import { compiled } from '../../../../core/wasm/module.ts'
import { enclose, type Ranges, summed } from './enclose.ts'
import { allows, type Format, formats, point } from './ranges.ts'
import { type Marked, markedOf, type Recipe } from './recipe.ts'

// One program on both backends: every number that either gives must be one that rounding allows.

const ODD = [Number.NaN, Infinity, -Infinity, 0, -0, 5e-324, -1e-310, 1e-40, 1e308, -1e308, 3e38]

/** Rows of an input for some samples. */
const rowsOf = (recipe: Recipe, input: number, length: number): Data => {
  const key = keyFrom(recipe.seed + 7919 * input)
  const rows = allocate(length, recipe.precision)
  if (recipe.values === 'ones') return rows.fill(1)
  if (recipe.values === 'counted') return rows.map((_, i) => (((i * 5 + input) % 23) - 8) / 8)
  rows.set(normals(key, length))
  if (recipe.values === 'odd')
    uniforms(keyFrom(recipe.seed + 13 + input), length).forEach((u, i) => {
      if (u < 0.25) rows[i] = ODD[Math.floor(u * 4 * ODD.length)]!
    })
  return rows
}

export interface Trial extends Marked {
  readonly recipe: Recipe
  /** For each input: its rows, or the numbers that all samples share. */
  readonly data: readonly Data[]
}

export const trialOf = (recipe: Recipe): Trial => {
  const marked = markedOf(recipe)
  const data = marked.program.inputs.map((v, k) =>
    rowsOf(recipe, k, sizeOf(v.shape) * (marked.perSample[k] ? recipe.samples : 1)),
  )
  return { ...marked, recipe, data }
}

export const programFor = ({ program, recipe }: Trial): Program =>
  recipe.simplified ? simplified(inlined(program)) : inlined(program)

/** Prepares the program with the backend, for the machine that the recipe names. */
export const specOf = (trial: Trial, backend: BackendName): TileSpec => {
  const { precision, summed, fused, wide } = trial.recipe
  const program = programFor(trial)
  const source = { backend, program, perSample: trial.perSample, precision, summed, wide: false }
  const spec = prepared(source)
  const here = fusedMultiplyAdd()
  if (backend === 'reference' || (!wide && fused === here)) return spec
  return { ...spec, compiled: compiled(source, { fused: fused && here, wide }) }
}

/** Rows of every output; one row where samples are added up. */
export const outputsOf = (trial: Trial, runner: Runner, spec: TileSpec): Data[] => {
  const { program, perSample, data, recipe } = trial
  const execute = runner(spec)
  const run = (samples: number, scale: number): Data[] => {
    const scaled = data.map((x) => (scale === 1 ? x : x.map((v) => v * scale)))
    const shared = program.inputs.flatMap((v, k): Concrete[] =>
      perSample[k] ? [] : [wrap(scaled[k]!, v.shape)],
    )
    const rows = scaled.filter((_, k) => perSample[k])
    const count = recipe.summed ? Math.ceil(samples / spec.tile) : samples
    const out = program.outputs.map((v) => allocate(count * sizeOf(v.shape), recipe.precision))
    execute({ shared, rows, out, samples })
    return recipe.summed ? out.map((x, k) => sumOfRows(x, sizeOf(program.outputs[k]!.shape))) : out
  }
  // Nothing may be left of a call before.
  run(Math.max(1, recipe.samples - 1), 0.75)
  return run(recipe.samples, 1)
}

/** Encloses every sample's outputs within rounding, in the recipe's format or another. */
export const rangesOf = (
  { program, perSample, data, recipe }: Trial,
  format: Format = formats[recipe.precision],
): Ranges[][] => {
  const points = data.map((x) => Array.from(x, point))
  const samples = Array.from({ length: recipe.samples }, (_, s) =>
    program.inputs.map((v, k) => {
      const size = sizeOf(v.shape)
      return perSample[k] ? points[k]!.slice(s * size, (s + 1) * size) : points[k]!
    }),
  )
  const each = enclose(inlined(program), perSample, samples, format)
  return recipe.summed ? [summed(each, format)] : each
}

export interface Disagreement {
  readonly backend: BackendName
  readonly output: number
  readonly sample: number
  readonly element: number
  readonly got: number
  readonly range: Ranges[number]
}

const outside = (backend: BackendName, got: readonly Data[], ranges: Ranges[][]): Disagreement[] =>
  ranges.flatMap((outputs, sample) =>
    outputs.flatMap((elements, output) =>
      elements.flatMap((range, element) => {
        const value = got[output]![sample * elements.length + element]!
        return allows(range, value) ? [] : [{ backend, output, sample, element, got: value, range }]
      }),
    ),
  )

export const disagreements = (trial: Trial): Disagreement[] => {
  const ranges = rangesOf(trial)
  return (['reference', 'wasm'] as const).flatMap((backend) =>
    outside(backend, outputsOf(trial, serialRunner, specOf(trial, backend)), ranges),
  )
}

/** Describes where another runner gives other bits than one thread; it runs twice. */
export const otherBits = (trial: Trial, runner: Runner): string | undefined => {
  const spec = specOf(trial, 'wasm')
  const wanted = outputsOf(trial, serialRunner, spec)
  for (const got of [outputsOf(trial, runner, spec), outputsOf(trial, runner, spec)])
    for (const [k, data] of got.entries()) {
      const at = data.findIndex((x, i) => !Object.is(x, wanted[k]![i]))
      if (at >= 0) return `output ${k}, number ${at} is ${data[at]}, alone ${wanted[k]![at]}`
    }
  return undefined
}

const few = (x: Data): string =>
  `${Array.from(x.slice(0, 12)).join(', ')}${x.length > 12 ? ', …' : ''}`

const showDisagreement = (trial: Trial, wrong: Disagreement): string => {
  const { backend, output, sample, element, got, range } = wrong
  const { lo, hi, nan } = range
  const off = Math.max(lo - got, got - hi) / Math.max(Math.abs(lo), Math.abs(hi))
  return (
    `  ${backend}: output ${output} (${nameOf(trial.program.outputs[output]!)}), sample ${sample}, ` +
    `element ${element} is ${got}, allowed ${lo} … ${hi}, NaN ${nan}; off by ${off.toPrecision(3)}`
  )
}

/** The program with marks, shapes and inputs, and what the compiler made of it. */
const showTrial = (trial: Trial): string => {
  const { program, perSample, data, recipe } = trial
  const marked = (k: number): string => (perSample[k] ? 'per sample' : 'shared')
  const inputs = program.inputs.map(
    (v, k) => `  ${nameOf(v)}, ${marked(k)} ${showShape(v.shape)}: ${few(data[k]!)}`,
  )
  return [
    `${recipe.precision}, ${recipe.samples} samples${recipe.summed ? ' added up' : ''}, ` +
      `${recipe.fused ? '' : 'not '}fused${recipe.wide ? ', wide' : ''}`,
    showProgram(program),
    ...inputs,
  ].join('\n')
}

const messageOf = (work: () => string): string => {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? `${error.stack ?? error.message}` : String(error)
  }
}

/** Describes what is wrong with a recipe's program on either backend, or is undefined. */
export const faultOf = (recipe: Recipe, runner?: Runner): string | undefined => {
  const trial = trialOf(recipe)
  const fault = messageOf(() => {
    const wrong = disagreements(trial)
    if (wrong.length > 0)
      return [
        `${wrong.length} numbers are not what rounding allows:`,
        ...wrong.slice(0, 5).map((w) => showDisagreement(trial, w)),
      ].join('\n')
    const other = runner === undefined ? undefined : otherBits(trial, runner)
    return other === undefined ? '' : `threads give other bits: ${other}`
  })
  if (fault === '') return undefined
  return [showTrial(trial), fault, messageOf(() => explain(specOf(trial, 'wasm')))].join('\n')
}
