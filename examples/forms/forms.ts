import { either as E, function as F } from 'fp-ts'
import type { Checked } from '../../core/index.ts'
import {
  attention,
  checkForm,
  type Expression,
  type FormOf,
  type FormParams,
  type FormSizes,
  parseForm,
  partsOf,
} from '../../models/index.ts'
import { formReference, placeOf, showReference } from './formReference.ts'
import { loadForm } from './load.ts'

// The attention form that a setting names: a formula, or a file of the user's.

/** The setting in full: a file is named with its export and the hash of its sources. */
export const settledForm = (text: string): Checked<string> => {
  const reference = formReference(text)
  if (reference === undefined) return E.map(() => text)(parseForm(text))
  return E.map((own: { readonly reference: Parameters<typeof showReference>[0] }) =>
    showReference(own.reference),
  )(loadForm(reference))
}

/** Can weights of this expression be infinite, or no numbers, where its parameters are finite? */
const mayDiverge = (e: Expression): boolean =>
  e.kind === 'over' || e.kind === 'power' || partsOf(e).some(mayDiverge)

/** The form of a setting, tried at these sizes before anything runs. */
export const formAt = (text: string, sizes: FormSizes): Checked<FormOf<FormParams>> => {
  const reference = formReference(text)
  if (reference !== undefined)
    return F.pipe(
      loadForm(reference),
      E.chain(({ formOf }) => checkForm(formOf, sizes, placeOf(reference))),
    )
  return F.pipe(
    parseForm(text),
    E.chain((e) => (mayDiverge(e) ? checkForm(attention(e), sizes, text) : E.right(attention(e)))),
  )
}
