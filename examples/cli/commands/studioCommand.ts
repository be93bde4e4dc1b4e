import { Argument } from 'commander'
import { either as E } from 'fp-ts'
import { everyNamed, exitCodes, wholeNumber } from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse } from '../parts/context.ts'
import { option } from '../parts/sharedOptions.ts'

// `psigrad studio` serves the page that trains, to this machine only.

/** The arguments of `psigrad studio`. */
export interface StudioArguments {
  readonly runs: readonly string[]
  readonly port: string
}

const MOST_PORT = 65_535

/** Serves until a signal ends the process, and returns the exit code. */
export const studioCommand = async (
  { runs, port }: StudioArguments,
  { stdout, stderr, stopped }: Pick<CommandContext, 'stdout' | 'stderr' | 'stopped'>,
): Promise<number> => {
  const number = port === '0' ? E.right(0) : wholeNumber('--port', port, MOST_PORT)
  if (E.isLeft(number)) return refuse(stderr, number.left)
  const { pageFiles, serve } = await import('../../studio/index.ts')
  const page = pageFiles()
  if (E.isLeft(page)) return refuse(stderr, page.left)
  const served = await serve({ page: page.right, runs, port: number.right })
  if (E.isLeft(served)) return refuse(stderr, served.left)
  stdout.write(`${served.right.url}\n`)
  stderr.write('The studio is open to this machine only. Ctrl-C ends it.\n')
  while (stopped() === undefined) await new Promise((resolve) => setTimeout(resolve, 100))
  await served.right.close()
  return exitCodes.done
}

/** The command `psigrad studio`. */
export const command: CliCommand = {
  name: 'studio',
  description: 'Open the studio: a page that trains, shows, compares and follows runs.',
  words: [
    new Argument('[run...]', 'folders of runs to show, also while they are trained').argParser(
      everyNamed,
    ),
  ],
  options: [option('--port <n>', 'the port on 127.0.0.1; 0 takes a free one').default('4174')],
  run: ({ words, texts }, context) =>
    studioCommand({ runs: words, port: texts.port ?? '4174' }, context),
  help: `
The page computes everything itself, in the browser. The server listens on
127.0.0.1, answers to no other name, is read-only, and reads nothing but the
page and these files of the given runs: config.json, log.json, result.json,
observables.json, checkpoint.safetensors.

Ctrl-C ends the server. Exit code 2: wrong usage, no run in a folder, a port
that another program uses.

Examples:
  psigrad studio
  psigrad studio runs/chain runs/mine --port 0`,
}
