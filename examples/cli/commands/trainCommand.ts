import { join } from 'node:path'
import { either as E } from 'fp-ts'
import type { RunSources } from '../../run/index.ts'
import {
  efforts,
  exitCodes,
  readWish,
  shellWord,
  showConfigProblems,
  spoken,
  type WishTexts,
} from '../../settings/index.ts'
import type { CliCommand } from '../parts/cliCommand.ts'
import { type CommandContext, refuse, reportFailure } from '../parts/context.ts'
import {
  configOption,
  jsonOption,
  option,
  pathOption,
  settingOptions,
} from '../parts/sharedOptions.ts'

// `psigrad train` makes a run from its settings to its results.

/** The arguments of `psigrad train`. */
export interface TrainArguments extends RunSources, WishTexts {
  readonly json: boolean
}

/** Returns the options among the arguments that bring settings of their own. */
const broughtBy = ({ config, resume, from }: RunSources): readonly string[] =>
  Object.entries({ '--config': config, '--resume': resume, '--from': from }).flatMap(
    ([flag, value]) => (value === undefined ? [] : [flag]),
  )

/**
 * Runs the command and returns the exit code. Results go to stdout, everything else to stderr.
 */
export const trainCommand = async (
  args: TrainArguments,
  context: CommandContext,
): Promise<number> => {
  const { plan, stdout, stderr } = context
  const { files, resultRows, runSettings, showFolderProblem, toJson, train } = await import(
    '../../run/index.ts'
  )
  const resolved = runSettings(args)
  if (E.isLeft(resolved)) return refuse(stderr, showConfigProblems(resolved.left))
  const { out, resume, from } = args
  const [given, others] = [Object.keys(args.flags), broughtBy(args)]
  const wish = readWish(args, given, others)
  if (E.isLeft(wish)) return refuse(stderr, showConfigProblems(wish.left))
  const suit = others.length === 0 ? await context.suit?.() : undefined
  const tell = (text: string): void => {
    stderr.write(`psigrad train: ${spoken(text)} ...\n`)
  }
  const suited =
    suit?.(resolved.right, given, wish.right, tell) ??
    E.right({ config: resolved.right, notes: [] })
  if (E.isLeft(suited)) return refuse(stderr, showConfigProblems(suited.left))
  const { config, notes } = suited.right
  const { trainingContext } = await import('../parts/trainingContext.ts')
  const terminal = trainingContext(config, context)
  for (const note of notes) stderr.write(`  ${spoken(note)}\n`)
  const trained = await train({ ...terminal, plan: await plan(), config, out, resume, from })
  if (E.isLeft(trained)) return reportFailure(stderr, trained.left)
  const { result, report } = trained.right
  if (args.json) stdout.write(`${toJson(result)}\n`)
  else {
    const { table } = await import('../parts/columns.ts')
    stdout.write(
      `\n${table(resultRows(result))}\n\n` +
        (E.isRight(report)
          ? `Pictures and all numbers: ${report.right}\n`
          : `All numbers: ${join(result.runDir, files.result)}\n`),
    )
  }
  if (E.isRight(report)) return exitCodes.done
  return refuse(
    stderr,
    `the report is missing or incomplete: ${showFolderProblem(report.left)}\n` +
      'The numbers are saved. This command draws the report:\n' +
      `  psigrad train --resume ${shellWord(result.runDir)}`,
  )
}

/** The command `psigrad train`. */
export const command: CliCommand = {
  name: 'train',
  description: 'Find the ground state of a J1-J2 model with a Vision-Transformer wave function.',
  options: [
    ...settingOptions(() => true),
    configOption(),
    pathOption('--out <dir>', 'run folder (default: runs/<time>-<model>)'),
    pathOption('--resume <dir>', 'continue the run in this folder'),
    pathOption('--from <dir>', 'start a new run from the parameters of the run in this folder'),
    option(`--effort <${efforts.join('|')}>`, 'size and length of a new run (default: normal)'),
    option('--time <time>', 'a new run of about this time, such as 10m: as many steps as fit'),
    jsonOption('print the results as one JSON object'),
  ],
  savesOnSignal: true,
  run: ({ flags, texts, switches }, context) => {
    const { config, out, resume, from, effort, time } = texts
    const json = switches.json === true
    return trainCommand({ flags, config, out, resume, from, effort, time, json }, context)
  },
  help: `
Settings come from the defaults, then from --config, then from the flags; later ones replace earlier
ones. A setting that has no effect in the run is refused; "with ..." above says when it has one.

A new run without --symmetry, --sector, --sample-power and --config takes what suits the problem in
place of these defaults. |psi| is sampled. Up to 24 sites all symmetries are summed over from the
first step, beyond that in the last steps, in the sector of the ground state: exact diagonalisation
finds it up to 24 sites, else it is that of Marshall's signs where they are known to hold; without a
known sector nothing is summed over. --effort sets the size of the network, samples, steps and
learning rate for the size of the lattice; settings that are given stay. --time times a few steps on
this machine and sets their number, so that the run ends about then. The first lines say what was
chosen, and config.json has it. --symmetry none has the defaults above.

Run folder: config.json, log.json (NetKet's layout), checkpoint.safetensors,
parameters.safetensors, result.json, pictures (*.svg) and report.html. The state is saved about
every 10 s, on Ctrl-C, when the terminal closes (SIGHUP), on SIGTERM and after a numerical failure.
--out never overwrites: the folder must be new or empty.

A step that raised the energy by more than three errors, or after which nothing can be computed, is
taken back: the run returns to the parameters before it, forgets the momentum, and steps again at
half the learning rate, which then grows again by a tenth a step. The last step is judged, too. The
log counts these steps; --no-take-back keeps every step.

--resume continues from the last save, with the same numbers as an uninterrupted run. Settings that
affect the numbers cannot change: a run whose config.json was changed is refused. --final-rounds,
--backend, --threads and --memory may change. --steps may be larger if --lr-schedule is constant;
with the other schedules every step depends on the number of steps.

--from starts a new run with the parameters of another one, and with its settings unless --config
names others: flags may change couplings, seed, samples, optimiser, symmetries and precision. Steps,
chains and the optimiser's state start fresh. start.safetensors keeps the first parameters.

--attention FILE.ts, or FILE.ts#name, is a form of your own, see docs/attention-forms.md. The path
is relative to the working folder, in --config to that file's folder. The run keeps a copy of it.

--json prints one object: energyPerSite, energyError (standard error of energyPerSite), reliable
(whether that error can be trusted), variancePerSite, varianceError, vScore, vScoreError,
exactPerSite, relativeError, parameters, steps, refusals (steps taken back), seconds, acceptance,
rHat, rHatLimit (stationary chains exceed it in one of a hundred cases), autocorrelationTime,
effectiveSamples, evaluations (of log ψ: requested by proposals, samples and bonds, and computed),
seed, runDir. Energies are in units of J; a value that was not measured is null, an infinite one
"Infinity". On the screen, ? marks an error that is not reliable, and ! an R-hat beyond its limit.

Exit codes: 0 done; 2 wrong usage or settings; 3 numerical failure, the last good state is saved;
130 stopped by Ctrl-C, 129 by SIGHUP, 143 by SIGTERM, the state is saved (a second Ctrl-C quits at
once). A device that is lost or fails in a run also ends it with 3: continue with --resume and
another --backend. If a file cannot be written, as on a full disk, the run ends with 2; the numbers
of a finished run are still printed.

Examples:
  psigrad train
  psigrad train --size 4x4 --j2 0.5 --sum full --steps 100
  psigrad train --lattice chain --size 20 --j2 0 --patch 2 --marshall --out runs/chain
  psigrad train --config runs/chain/config.json --lr 0.02
  psigrad train --patch 2 --symmetry none:60,translations:20,full --steps 100
  psigrad train --lattice kagome --size 2x2 --j2 0 --symmetry full --sector rotation=1
  psigrad train --attention mine.ts --out runs/mine
  psigrad train --resume runs/chain --steps 400
  psigrad train --from runs/chain --j2 0.1 --seed 2 --out runs/chain-0.1`,
}
