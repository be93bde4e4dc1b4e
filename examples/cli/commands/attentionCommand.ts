import { join } from 'node:path'
import { either as E } from 'fp-ts'
import type { HeadInput } from '../../compare/index.ts'
import { exitCodes, showCount, showSmall } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse } from '../parts/context.ts'
import { jsonOption, runFolder } from '../parts/sharedOptions.ts'
import { withSavedRun } from '../parts/withSavedRun.ts'

// `psigrad attention RUN` tells for each head whether its weights depend on the input.

const PICTURE = 'attention-input.svg'

const rowOf = (h: HeadInput): readonly string[] => [
  String(h.layer + 1),
  String(h.head + 1),
  ...[h.before, h.after, h.spreadBefore, h.spreadAfter].map(showSmall),
]

const heading = ['layer', 'head', 'before', 'after', 'spread before', 'spread after']

/** Runs the command and returns the exit code; the table goes to stdout. */
export const attentionCommand = async (
  { run, json }: { readonly run: string; readonly json: boolean },
  { plan, stdout, stderr }: Pick<CommandContext, 'plan' | 'stdout' | 'stderr'>,
): Promise<number> => {
  return withSavedRun(run, { plan, stderr }, async ({ config, training, progress }) => {
    const { aligned, analyse, inputPicture } = await import('../../compare/index.ts')
    const { save, showFolderProblem } = await import('../../run/index.ts')
    const { state } = progress
    const { heads, flops } = analyse(training, state)
    const { attention } = config
    if (json) {
      stdout.write(`${JSON.stringify({ attention, step: state.step, flops, heads })}\n`)
      return exitCodes.done
    }
    const picture = inputPicture([{ form: attention, heads }])
    const drawn = picture === undefined ? E.right(undefined) : save(run, PICTURE, `${picture}\n`)
    const { showRun } = await import('../../run/index.ts')
    stdout.write(
      `${showRun(run, { config, training, progress })}\n\n` +
        `${attention}, step ${state.step}, ${showCount(flops)} operations for one log psi\n\n` +
        'Share of the variance of the attention weights that the configurations cause,\n' +
        'before the training and at that step (0: the weights do not depend on the input), and\n' +
        'their standard deviation over the configurations relative to their size (spread)\n\n' +
        `${aligned([heading, ...heads.map(rowOf)])}\n` +
        (picture === undefined || E.isLeft(drawn) ? '' : `\nPicture: ${join(run, PICTURE)}\n`),
    )
    return E.isRight(drawn)
      ? exitCodes.done
      : refuse(stderr, `no picture: ${showFolderProblem(drawn.left)}`)
  })
}

/** The command `psigrad attention`. */
export const command: CliCommand = {
  name: 'attention',
  description: 'Tell, head by head, whether the attention weights of a run depend on the input.',
  words: [runFolder()],
  options: [jsonOption()],
  run: ({ words, switches }, context) =>
    attentionCommand({ run: words[0]!, json: switches.json === true }, context),
  help: `
--json prints { attention, step, flops, heads: [...] }: for each head its layer and head, counted
from 0, before, after, spreadBefore and spreadAfter.

Example:
  psigrad attention runs/chain`,
}
