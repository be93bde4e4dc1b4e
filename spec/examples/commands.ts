import { trainCommand } from '../../examples/cli/commands/trainCommand.ts'
import type { CommandContext } from '../../examples/cli/parts/context.ts'
import type { TrainRequest } from '../../examples/run/train.ts'
import type { StopSignal } from '../../examples/run/unfold.ts'
import type { PlanTraining } from '../../examples/session/training.ts'
import { type Faults, fakePlan } from './fakeTraining.ts'

export interface Call {
  readonly plan?: PlanTraining
  readonly suit?: CommandContext['suit']
  readonly faults?: Faults
  readonly flags?: Record<string, string>
  readonly config?: string
  readonly out?: string
  readonly resume?: string
  readonly from?: string
  readonly json?: boolean
  readonly stopped?: () => StopSignal | undefined
  readonly interruptibly?: TrainRequest['interruptibly']
}

/** `psigrad train` in this process, by default with a training that needs no physics. */
export const runTrain = async ({
  plan,
  suit,
  faults,
  flags = {},
  json = false,
  stopped,
  interruptibly,
  ...folders
}: Call) => {
  let stdout = ''
  let stderr = ''
  const code = await trainCommand(
    { flags, json, ...folders },
    {
      plan: async () => plan ?? fakePlan(faults),
      ...(suit === undefined ? {} : { suit }),
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      stopped: stopped ?? (() => undefined),
      ...(interruptibly === undefined ? {} : { interruptibly }),
    },
  )
  return { code, stdout, stderr }
}
