import { Argument } from 'commander'
import { either as E } from 'fp-ts'
import type { CheckedFile } from '../../check/index.ts'
import { everyNamed, wholeNumber } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse } from '../parts/context.ts'
import { jsonOption, option, pathOption } from '../parts/sharedOptions.ts'

// `psigrad check FILE.ts` checks the gradients of all that a file exports.

const DEFAULT_LIMIT = '60'

export interface CheckRequest {
  readonly files: readonly string[]
  readonly json: boolean
  readonly junit?: string
  readonly seed?: string
  readonly timeLimit?: string
}

/** Runs the command and returns the exit code. */
export const checkCommand = async (
  { files, json, junit, seed = '1', timeLimit = DEFAULT_LIMIT }: CheckRequest,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
): Promise<number> => {
  const seedNumber = wholeNumber('--seed', seed, 2 ** 31 - 1)
  if (E.isLeft(seedNumber)) return refuse(stderr, seedNumber.left)
  const limit = Number(timeLimit)
  if (!(limit > 0 && limit <= 86_400))
    return refuse(stderr, `--time-limit ${timeLimit}: expected seconds, more than 0`)
  const { checkCode, checkFile, checkText, junitOf } = await import('../../check/index.ts')
  const log = (text: string): void => void stderr.write(text)
  const checked: CheckedFile[] = []
  for (const path of files)
    checked.push(await checkFile(path, { seed: seedNumber.right, timeLimit: limit, log }))
  if (junit !== undefined) {
    const { writeFileSync } = await import('node:fs')
    const { reasonOf } = await import('../../forms/index.ts')
    const written = E.tryCatch(() => writeFileSync(junit, junitOf(checked)), reasonOf)
    if (E.isLeft(written)) return refuse(stderr, `--junit ${junit}: ${written.left}`)
  }
  const { toJson } = await import('../../run/json.ts')
  const code = checkCode(checked)
  stdout.write(json ? `${toJson({ files: checked, code })}\n` : `${checkText(checked)}\n`)
  return code
}

/** The command `psigrad check`. */
export const command: CliCommand = {
  name: 'check',
  description: 'Check the gradients of the functions, layers and rules that files export.',
  words: [new Argument('<files...>', 'TypeScript or JavaScript files').argParser(everyNamed)],
  options: [
    jsonOption(),
    pathOption('--junit <file.xml>', 'also write the report for a CI system'),
    option('--seed <n>', 'draw other points (default: 1)'),
    option('--time-limit <s>', `seconds for each function (default: ${DEFAULT_LIMIT})`),
  ],
  run: ({ words, switches, texts }, context) =>
    checkCommand(
      {
        files: words.flat(),
        json: switches.json === true,
        ...(texts.junit === undefined ? {} : { junit: texts.junit }),
        ...(texts.seed === undefined ? {} : { seed: texts.seed }),
        ...(texts.timeLimit === undefined ? {} : { timeLimit: texts.timeLimit }),
      },
      context,
    ),
  help: `
A file needs no build. It may export functions of tensors, layers { init,
apply } and rules { forward, pullback } of tensors or of plain numbers. Small
shapes are tried, or the file says at which arguments:

  export const inputs = { loss: [[1, 2], 3], helper: 'skip' }

Exit codes: 0 right; 1 a gradient is wrong, or a function throws, never ends or
ends the process; 2 a file cannot be read, or wrong usage.

Example:
  psigrad check mine/rules.ts`,
}
