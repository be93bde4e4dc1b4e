import { largest } from '../../core/values/index.ts'
import type { InspectedVariable, Inspection } from './inspect.ts'
import { isFiniteSummary, type ValueSummary } from './valueSummary.ts'

// Colours of diagrams. Each colouring sorts variables into a few classes, from the ordinary to the
// remarkable; a group of equations has the most remarkable class among them. The hues are those of
// Okabe and Ito, which people with any kind of colour vision tell apart.

export type Colouring = 'rule' | 'nan' | 'cotangent'
export const colourings: readonly Colouring[] = ['rule', 'nan', 'cotangent']

/** A class of a colouring, with the words that the legend has for it. */
export interface Shade {
  readonly fill: string
  readonly means: string
}

/** A colouring of one inspection. */
export interface Scheme {
  readonly title: string
  readonly shades: readonly Shade[]
  /** The number of the shade of a variable. */
  readonly shadeOf: (v: InspectedVariable, equation?: number) => number
  /** How remarkable a shade is: the largest among the members of a group gives its colour. */
  readonly weight: (shade: number) => number
}

const ordinary = '#f4f4f2'
const vermillion = '#d55e00'
const blue = '#0072b2'
const byNumber = (shade: number): number => shade

const finite = (s: ValueSummary | undefined): boolean => s === undefined || isFiniteSummary(s)

/** Returns the number of the first bound above x; of NaN, the number after all bounds. */
const between = (x: number, bounds: readonly number[]): number => {
  const found = bounds.findIndex((bound) => x < bound)
  return found < 0 ? bounds.length : found
}

const ruleBounds = [1e-9, 1e-6, 1e-3]
const rule = (): Scheme => ({
  title: 'relative error of the local rule',
  shades: [
    { fill: ordinary, means: 'below 1e-9, or not measured' },
    { fill: '#fbe0cc', means: '1e-9 to 1e-6' },
    { fill: '#f0a474', means: '1e-6 to 1e-3' },
    { fill: vermillion, means: '1e-3 or more: wrong' },
  ],
  shadeOf: (v) => {
    const { ruleError } = v as Partial<Record<'ruleError', number>>
    return ruleError === undefined ? 0 : between(ruleError, ruleBounds)
  },
  weight: byNumber,
})

const nan = ({ nonFinite: { forward, backward } }: Inspection): Scheme => ({
  title: 'NaN and infinity',
  shades: [
    { fill: ordinary, means: 'finite' },
    { fill: '#c5dfee', means: 'its cotangent is not finite' },
    { fill: '#f9d5bb', means: 'its value is not finite' },
    { fill: '#56b4e9', means: 'cotangents: it arose here' },
    { fill: vermillion, means: 'values: it arose here' },
  ],
  shadeOf: (v, equation) => {
    const arose = (list: typeof forward): boolean =>
      equation !== undefined && list.some((origin) => origin.equation === equation)
    if (arose(forward)) return 4
    if (arose(backward)) return 3
    return finite(v.value) ? (finite(v.cotangent) ? 0 : 1) : 2
  },
  weight: byNumber,
})

const decades = [-6, -3, 3, 6]
const cotangent = ({ inputs, equations, outputs }: Inspection): Scheme => {
  const returned = new Set(outputs.map(({ name }) => name))
  const seeds = [...inputs, ...equations].filter((v) => returned.has(v.name))
  const seed = largest(seeds.map((v) => v.cotangent?.rms || 0)) || 1
  return {
    title: `size of cotangents, relative to ${Number(seed.toPrecision(2))} of the value`,
    shades: [
      { fill: blue, means: 'below 1e-6: vanishing' },
      { fill: '#8cc3e0', means: '1e-6 to 1e-3' },
      { fill: ordinary, means: '1e-3 to 1e3, or none' },
      { fill: '#eda06a', means: '1e3 to 1e6' },
      { fill: vermillion, means: 'above 1e6, or not finite' },
    ],
    shadeOf: ({ cotangent: bar }) => {
      if (bar === undefined || bar.size === 0) return 2
      return isFiniteSummary(bar) ? between(Math.log10(bar.rms / seed), decades) : 4
    },
    weight: (shade) => Math.abs(shade - 2),
  }
}

/** Returns the colouring of an inspection that has this name. */
export const schemeOf = (colouring: Colouring, inspection: Inspection): Scheme =>
  ({ rule, nan, cotangent })[colouring](inspection)

/** At this luminance black and white have the same contrast, after WCAG 2.2. */
const MIDDLE = 0.179

/** Black or white, whichever is better to read on a fill. */
export const inkOn = (fill: string): string => {
  const luminance = [0.2126, 0.7152, 0.0722].reduce((sum, weight, k) => {
    const c = Number.parseInt(fill.slice(2 * k + 1, 2 * k + 3), 16) / 255
    return sum + weight * (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  }, 0)
  return luminance > MIDDLE ? '#111111' : '#ffffff'
}
