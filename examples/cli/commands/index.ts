import type { CliCommand } from '../parts/cliCommand.ts'

// To add a command, add its file and one line here: the help lists the commands in this order.

const files = await Promise.all([
  import('./trainCommand.ts'),
  import('./exactCommand.ts'),
  import('./latticeCommand.ts'),
  import('./compareCommand.ts'),
  import('./attentionCommand.ts'),
  import('./observeCommand.ts'),
  import('./inspectCommand.ts'),
  import('./studyCommand.ts'),
  import('./checkCommand.ts'),
  import('./devicesCommand.ts'),
  import('./studioCommand.ts'),
  import('./lessonCommand.ts'),
  import('./exerciseCommand.ts'),
])

/** The commands of the command line. */
export const commands: readonly CliCommand[] = files.map(({ command }) => command)
