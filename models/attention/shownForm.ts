import type { Shown } from '../../core/index.ts'
import { counted } from '../../core/values/index.ts'
import { showPatches } from '../layers/index.ts'
import { type Expression, partsOf } from './expression.ts'
import type { FormOf, FormSizes } from './form.ts'
import { formProperties } from './formProperties.ts'
import { showForm } from './text.ts'

// An attention form as a line and its parts: as a formula, or with what it costs at some sizes.

/** The formula, and below it the operands of every operation. */
export const shownExpression = (e: Expression): Shown => {
  const parts = partsOf(e)
  return parts.length === 0 ? showForm(e) : { line: showForm(e), parts: parts.map(shownExpression) }
}

/** A form at some sizes: its parameters, its cost, and what its weights depend on. */
export const shownForm = <P>(formOf: FormOf<P>, sizes: FormSizes): Shown => {
  const properties = formProperties(formOf, sizes)
  return {
    line: `attention ${formOf(sizes).name}`,
    parts: [
      `${counted(sizes.heads, 'head')} of width ${sizes.dim / sizes.heads}: ` +
        counted(properties.parameters, 'parameter'),
      showPatches(sizes.grid),
      properties.inputDependent
        ? `weights depend on the input: ${counted(properties.flops, 'operation')} for each configuration`
        : 'weights do not depend on the input: once for all configurations',
      properties.translationEquivariant
        ? 'translations of the patches translate the weights'
        : 'translations of the patches change the weights',
    ],
  }
}
