import { either as E } from 'fp-ts'
import { normalForm, parseForm } from '../../models/index.ts'
import { formReference, settledForm, withoutFolder } from '../forms/index.ts'

// The forms of a comparison, from their list: where one ends and the next begins, and which of them
// are one form in two words.

/** Forms apart by commas outside brackets; what is empty between two commas is none. */
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
 * Text that equal forms share: formulas by their laws, files by what is in them, wherever they are.
 * What can be neither read nor found is equal to itself alone.
 */
const identityOf = (form: string): string => {
  if (formReference(form) !== undefined) {
    const settled = settledForm(form)
    return E.isRight(settled) ? `file ${withoutFolder(settled.right)}` : `text ${form}`
  }
  const read = parseForm(form)
  return E.isRight(read) ? `form ${normalForm(read.right)}` : `text ${form}`
}

/** The first form that says the same as one before it, with that one. */
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

/** Where a form, run with a seed, ended. */
interface Ended {
  readonly form: string
  readonly result: { readonly seed: number; readonly energyPerSite: number }
}

/**
 * Forms that ended with equal numbers, to the last bit, for every seed: on this lattice they are
 * one, such as relative and mask(9) * relative on four patches a side.
 */
export const coinciding = (entries: readonly Ended[]): readonly (readonly string[])[] => {
  const energiesOf = (form: string): string =>
    JSON.stringify(
      entries
        .filter((e) => e.form === form)
        .map(({ result: { seed, energyPerSite } }) => [seed, energyPerSite]),
    )
  const groups = new Map<string, string[]>()
  for (const form of new Set(entries.map((e) => e.form))) {
    const energies = energiesOf(form)
    groups.set(energies, [...(groups.get(energies) ?? []), form])
  }
  return [...groups.values()].filter((forms) => forms.length > 1)
}
