import { either as E, function as F } from 'fp-ts'
import { type Checked, showProblem, TensorError } from '../../core/index.ts'
import { type FormOf, type FormParams, patchGrid } from '../../models/index.ts'
import { formAt } from '../forms/index.ts'
import { modelOf, type TrainConfig } from '../settings/index.ts'

/** Returns the form of a configuration, after it was tried at its sizes. */
export const formOfConfig = (config: TrainConfig): Checked<FormOf<FormParams>> =>
  F.pipe(
    E.tryCatch(
      () => {
        const { lattice } = modelOf(config)
        return patchGrid(config.size, config.patch, config.boundary, lattice)
      },
      (error) => {
        if (error instanceof TensorError) return error.problem
        throw error
      },
    ),
    E.chain((grid) => formAt(config.attention, { grid, heads: config.heads, dim: config.dim })),
  )

/** Returns what is wrong with the forms of several configurations, each in words. */
export const unfitForms = (configs: readonly TrainConfig[]): readonly string[] =>
  configs.map(formOfConfig).flatMap((form) => (E.isLeft(form) ? [showProblem(form.left)] : []))
