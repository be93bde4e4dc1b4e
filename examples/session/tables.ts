import { either as E } from 'fp-ts'
import type { Checked } from '../../core/index.ts'
import { showBytes } from '../../physics/update/index.ts'
import { showCount, type TrainConfig } from '../settings/index.ts'

// There is an attention weight for each pair of patches and head: with many patches they outgrow
// the memory of any machine.

/**
 * Weights, the scores they come from, and the derivatives of both are in memory at the same time.
 */
const TABLES = 4

/** Returns the settings of a run, unless its attention weights do not fit into memory. */
export const withinTables = (config: TrainConfig): Checked<TrainConfig> => {
  const { size, patch, heads, precision, memory } = config
  const tokens = Math.ceil(size.reduce((n, side) => (n * side) / patch, 1))
  const table = heads * tokens ** 2 * (precision === 'float64' ? 8 : 4)
  if (TABLES * table <= memory) return E.right(config)
  return E.left({
    kind: 'DomainError',
    where: `--patch ${patch}`,
    what:
      `attention between ${showCount(tokens)} patches has ${heads} x ${showCount(tokens)}^2 ` +
      `weights, ${showBytes(table)}; with their derivatives ${showBytes(TABLES * table)}, and ` +
      `--memory allows ${showBytes(memory)}.`,
    fix: 'larger patches, fewer --heads, or more --memory where the machine has it.',
  })
}
