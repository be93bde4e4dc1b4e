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

// A setting names an attention form by a formula, or by a file of the user.

/** Returns the setting in full: a file is named with its export and the hash of its sources. */
export const settledForm = (text: string): Checked<string> => {
  const reference = formReference(text)
  if (reference === undefined) return E.map(() => text)(parseForm(text))
  return E.map((own: { readonly reference: Parameters<typeof showReference>[0] }) =>
    showReference(own.reference),
  )(loadForm(reference))
}

/**
 * Tests whether weights of this expression can be infinite or NaN while its parameters are finite.
 */
const mayDiverge = (e: Expression): boolean =>
  e.kind === 'over' || e.kind === 'power' || partsOf(e).some(mayDiverge)

/** Returns the form of a setting, after it was tried at these sizes. */
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
