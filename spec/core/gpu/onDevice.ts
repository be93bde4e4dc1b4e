import type { Device } from '../../../core/gpu/device.ts'
import { deviceProgram } from '../../../core/gpu/runKernels.ts'
import { type Concrete, type Data, showProgram, sizeOf } from '../../../core/index.ts'
import { wrap } from '../../../core/values/tensor.ts'
import { type Format, formats, type Range } from '../wasm/differential/ranges.ts'
import type { Recipe } from '../wasm/differential/recipe.ts'
import { programFor, rangesOf, type Trial, trialOf } from '../wasm/differential/trial.ts'

// A random program on a device: every number must be one that the stated bound allows.

/**
 * The bound: each operation may round four times as coarsely as float32 does. So sums and products
 * are right to 4 units of the last place, elementary functions to 32, and what comes of many of
 * them to what they add up to. Cards may flush to 0 what is too small for a normal number.
 */
export const deviceFormat: Format = { ...formats.float32, ulp: 2 ** -21, tiny: 2 ** -126 }

/** Nothing is promised of infinities and of what is not a number. */
const promised = ({ lo, hi, nan }: Range): boolean =>
  nan === 'never' && Number.isFinite(lo) && Number.isFinite(hi)

/** Recipes as a device takes them: float32 in, finite numbers. */
export const forDevice = (recipe: Recipe): Recipe => ({
  ...recipe,
  precision: 'float32',
  values: recipe.values === 'odd' ? 'noise' : recipe.values,
  wide: false,
})

const outputsOn = async (device: Device, trial: Trial): Promise<Data[]> => {
  const { perSample, data, recipe } = trial
  const program = programFor(trial)
  const { run, drop } = deviceProgram(device, program, perSample, recipe.summed)
  const call = async (samples: number, scale: number): Promise<Data[]> => {
    const scaled = data.map((x) => x.map((v) => Math.fround(v * scale)))
    const shared = program.inputs.flatMap((v, k): Concrete[] =>
      perSample[k] ? [] : [wrap(scaled[k]!, v.shape)],
    )
    const rows = scaled.filter((_, k) => perSample[k])
    const count = recipe.summed ? 1 : samples
    const out = program.outputs.map((v) => new Float32Array(count * sizeOf(v.shape)))
    await run({ shared, rows, out, samples })
    return out
  }
  // Nothing may be left of a call before.
  await call(Math.max(1, recipe.samples - 1), 0.75)
  const out = await call(recipe.samples, 1)
  drop()
  return out
}

/** The bound covers so many numbers; `fault` describes the first that breaks it. */
export interface Verdict {
  readonly promised: number
  readonly fault?: string
}

export const verdictOf = async (device: Device, recipe: Recipe): Promise<Verdict> => {
  const trial = trialOf(forDevice(recipe))
  const ranges = rangesOf(trial, deviceFormat)
  const got = await outputsOn(device, trial)
  let count = 0
  for (const [sample, outputs] of ranges.entries())
    for (const [output, elements] of outputs.entries())
      for (const [element, range] of elements.entries()) {
        if (!promised(range)) continue
        count += 1
        const value = got[output]![sample * elements.length + element]!
        if (value >= range.lo && value <= range.hi) continue
        const what = `output ${output}, sample ${sample}, element ${element} is ${value}`
        return {
          promised: count,
          fault: `${device.mode}: ${what}, allowed ${range.lo} … ${range.hi}\n${showProgram(trial.program)}`,
        }
      }
  return { promised: count }
}
