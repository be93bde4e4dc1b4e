import { either as E } from 'fp-ts'
import { normalForm, parseForm } from '../../models/index.ts'
import { formReference, settledForm, withoutFolder } from '../forms/index.ts'

// This file reads the list of forms of a comparison, and finds forms that are equal.

/** Splits a list at commas outside brackets; empty entries are dropped. */
export const formsOf = (text: string): readonly string[] => {
  const forms: string[] = ['']
  let depth = 0
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth = Math.max(0, depth - 1)
    if (character === ',' && depth === 0) forms.push('')
    else forms.push(`${forms.pop()}${character}`)
  }
  return forms.map((form) => form.trim()).filter((form) => form !== '')
}

/**
 * Returns a text that equal forms share: formulas by their laws, files by their contents, wherever
 * they are. A form that can be neither read nor found equals only itself.
 */
const identityOf = (form: string): string => {
  if (formReference(form) !== undefined) {
    const settled = settledForm(form)
    return E.isRight(settled) ? `file ${withoutFolder(settled.right)}` : `text ${form}`
  }
  const read = parseForm(form)
  return E.isRight(read) ? `form ${normalForm(read.right)}` : `text ${form}`
}

/** Returns the first form that equals an earlier one, with that one. */
export const repeated = (
  forms: readonly string[],
): { readonly form: string; readonly before: string } | undefined => {
  const known = new Map<string, string>()
  for (const form of forms) {
    const identity = identityOf(form)
    const before = known.get(identity)
    if (before !== undefined) return { form, before }
    known.set(identity, form)
  }
  return undefined
}

/** The final energy and variance of a form with a seed. */
interface Ended {
  readonly form: string
  readonly result: {
    readonly seed: number
    readonly energyPerSite: number
    readonly variancePerSite: number
  }
}

/**
 * Equal forms written differently may round differently; different forms that both converged differ
 * in the variance.
 */
const DIGITS = 9

/**
 * Returns forms that ended with equal energies and variances, up to rounding, for every seed: on
 * this lattice they are equal, such as relative and mask(9) * relative on four patches per side.
 */
export const coinciding = (entries: readonly Ended[]): readonly (readonly string[])[] => {
  const energiesOf = (form: string): string =>
    JSON.stringify(
      entries
        .filter((e) => e.form === form)
        .map(({ result: { seed, energyPerSite, variancePerSite } }) => [
          seed,
          energyPerSite.toPrecision(DIGITS),
          variancePerSite.toPrecision(DIGITS),
        ]),
    )
  const groups = new Map<string, string[]>()
  for (const form of new Set(entries.map((e) => e.form))) {
    const energies = energiesOf(form)
    groups.set(energies, [...(groups.get(energies) ?? []), form])
  }
  return [...groups.values()].filter((forms) => forms.length > 1)
}
