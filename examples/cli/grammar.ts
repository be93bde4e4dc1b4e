import { Argument, Command, Option } from 'commander'
import { type Flag, flags, named, psigrad, showTerms, spoken } from '../settings/index.ts'

// The grammar of the command line and its help. What the commands do is loaded when one is called.

export interface Actions {
  readonly train: (options: Options) => Promise<void>
  readonly exact: (options: Options) => Promise<void>
  readonly compare: (options: Options) => Promise<void>
  readonly attention: (run: string, options: Options) => Promise<void>
  readonly observe: (run: string, options: Options) => Promise<void>
  readonly study: (options: Options) => Promise<void>
  readonly devices: (options: Options) => Promise<void>
}

export type Options = Readonly<Record<string, string | boolean | undefined>>

const optionsOf = ({ key, flag, value, help, group }: Flag): readonly Option[] => {
  const text = spoken(`${help} ${showTerms(key)}`)
  if (value !== '') return [new Option(`${flag} <${value}>`, text).helpGroup(group)]
  const negated = new Option(flag.replace('--', '--no-'), help).hideHelp()
  return [new Option(flag, text).helpGroup(group), negated]
}

const addSettings = (command: Command, keys: (flag: Flag) => boolean): Command =>
  flags
    .filter(keys)
    .flatMap(optionsOf)
    .reduce((c, option) => c.addOption(option), command)

const run = 'Run:'

/** An option that takes a name in the file system. */
const pathOption = (flag: string, help: string): Option =>
  new Option(flag, help).argParser(named).helpGroup(run)

/** What commands that look at a run take. */
const runFolder = (): Argument => new Argument('<run>', 'folder of a run').argParser(named)

const modelKeys: readonly string[] = ['lattice', 'size', 'boundary', 'j1', 'j2']

const trainHelp = `
Settings come from the defaults, then from --config, then from the flags, the last one winning. What
is given and does nothing in the run is refused; "with ..." above says what makes a setting count.

Run folder: config.json, log.json (NetKet's layout), checkpoint.safetensors,
parameters.safetensors, result.json, pictures (*.svg) and report.html. The state is saved about
every 10 s, on Ctrl-C, when the terminal closes (SIGHUP), on SIGTERM and after a numerical failure.
--out never overwrites: the folder must be new or empty.

--resume goes on where the last save was, with the same numbers as an uninterrupted run. What
decides the numbers stays: a run whose config.json was changed is refused. --final-rounds,
--backend, --threads and --memory may be others, and --steps larger where --lr-schedule is constant;
with the other schedules every step depends on the number of steps.

--from begins a new run with the parameters of another one, and with its settings unless --config
names others: flags may change couplings, seed, samples, optimiser, symmetries and precision. Steps,
chains and the memory of the optimiser begin anew. start.safetensors keeps the first parameters.

--attention FILE.ts, or FILE.ts#name: a form of your own, see docs/attention-forms.md. The path
starts at the working folder (in --config at that file's); the run keeps a copy of the file.

--json prints one object: energyPerSite, energyError (standard error of energyPerSite),
variancePerSite, vScore, exactPerSite, relativeError, parameters, steps, seconds, acceptance, rHat,
evaluations (of log ψ: asked for by proposals, samples and bonds, and made), seed, runDir.
Energies are in units of J; what was not measured is null.

Exit codes: 0 done; 2 wrong usage or settings; 3 numerical failure, the last good state is saved;
130 stopped by Ctrl-C, 129 by SIGHUP, 143 by SIGTERM, the state is saved (a second Ctrl-C quits at
once). A device that is lost or fails in a run ends it with 3 as well: --resume goes on with another
--backend. A folder that refuses a file, as on a full disk, ends with 2; the numbers of a finished
run are printed all the same.

Examples:
  psigrad train
  psigrad train --size 4x4 --j2 0.5 --sum full --steps 100
  psigrad train --lattice chain --size 20 --j2 0 --patch 2 --marshall --out runs/chain
  psigrad train --config runs/chain/config.json --lr 0.02
  psigrad train --patch 2 --symmetry none:60,translations:20,full --steps 100
  psigrad train --lattice kagome --size 2x2 --j2 0 --symmetry full --sector rotation=1
  psigrad train --attention mine.ts --out runs/mine
  psigrad train --resume runs/chain --steps 400
  psigrad train --from runs/chain --j2 0.1 --seed 2 --out runs/chain-0.1`

const compareHelp = `
Forms are names, formulas, or files with forms of your own: FILE.ts, or FILE.ts#name for an export.
Settings as for train; --seed is the first seed. Forms that say the same in other words are one, and
refused; --forms takes the place of an attention in --config. A setting that counts for one form may
be given. Every run has its folder in --out, named
by form, seed and settings: run the command again to go on after a stop, or to add forms and seeds;
what is done is not done again. report.html there holds the table, the energies over the steps, and
the attention maps. A file that was edited is another form.

The columns: energy per site, mean over the seeds with its standard error; relative error, mean and
best; V-score; parameters; floating-point operations and time for log psi of one configuration
among many on one thread, the forms timed in turn; time of a step; and the share of the variance of
the attention weights that the configurations cause, before and after the training, mean over the
heads (0: the weights do not depend on the input).

--json prints { forms: [...] }: form, seeds, energyPerSite, energyError, relativeError (best),
meanRelativeError, vScore, parameters, flops, evaluationSeconds, stepSeconds, inputDrivenBefore,
inputDrivenAfter.

Examples:
  psigrad compare --forms factored,t5,decoupled --patch 2 --dim 16 --seeds 3 --out runs/three
  psigrad compare --forms "factored, relative + 0.1 * softmax(content)" --steps 40 --out runs/mine`

const attentionHelp = `
--json prints { attention, step, flops, heads: [...] }: for each head its layer and head, counted
from 0, before, after, spreadBefore and spreadAfter.

Example:
  psigrad attention runs/chain`

const observeHelp = `
For every displacement r the mean of S_0 . S_r, the structure factor S(k) at every wave vector, the
squared staggered magnetisation, and the squared columnar dimer order along the sides; with
standard errors that know how far samples are correlated (tau: samples that count as one), and on
small lattices the values of the exact ground state beside them (the average where it is
degenerate). Pictures go into the run's folder and its report.

--json prints { step, observables, exact }: correlations, structureFactor, staggeredMagnetisation,
dimerOrder, each with value, error and autocorrelationTime, and absent: which orders the lattice
does not have, and why. exact is null on larger lattices.

Example:
  psigrad observe runs/chain`

const studyHelp = `
Trains the forms of the paper, and one more, on 4x4 and 6x6 sites at J2 = 0.5, with several heads,
layers and seeds, and writes study.md: tables, pictures, and the paper's four claims answered with
these numbers. Every run has its folder in --out and is done once: stop the study at any time, even
by kill -9, and run it again to go on. Data and page are written anew after every run. A run that
the data beside the page (study/data.json) hold with the plan's settings is done, too: --again
trains it all the same.

A name is block/form/h<heads>-l<layers>/seed-<n>, such as 6x6/t5/h6-l2/seed-1. --only takes parts
of names apart by commas; * stands for anything. Two processes may share the work, each with its
own --only.

Examples:
  psigrad study --quick
  psigrad study --list
  psigrad study --only "6x6/*/seed-1"
  psigrad study --pages`

const devicesHelp = `
The rates are those of 64 x 64 matrices times the vectors of many samples, in float32. What is not
there stands with the reason; a software renderer is a program that behaves like a graphics card.

--json prints { devices: [{ backend, kind, about, gigaflops }] }; kind is psigrad, card, software,
processor or absent.`

const exactHelp = `
The ground state is looked for in every sector of translations and spin inversion. Where these are
too many states it is the one-dimensional sectors of all symmetries, and on lattices such as 6x6,
which takes about 6 GB and half an hour or more, one of those, that of Marshall's signs; complete
is false then, and --sectors looks at all of them. What took more than 3 seconds is kept in
~/.cache/psigrad (environment PSIGRAD_CACHE: another folder, or off).

--json prints one object: energy, energyPerSite, residual, sector, dimension, seconds, complete and
looked, the number of sectors; with --states above 1 also states, a list of { energy,
energyPerSite, residual, sector }; with --sectors also sectors, a list of the same with dimension
and alike, how many sectors have these energies. The sector is the one that --sector of train would
name, null where the state is in none. Energies are in units of J; Sz is 0, or 1/2 for an odd
number of sites.

Examples:
  psigrad exact
  psigrad exact --lattice chain --size 12 --j2 0 --states 4
  psigrad exact --size 6x4 --sectors
  psigrad exact --size 4x4 --j2 0.5 --json`

/** The program; `version` is read only when asked for. */
export const program = (version: string, actions: Actions): Command => {
  const { train, exact, compare, attention, observe, study, devices } = actions
  const root = new Command(psigrad)
    .description('Transformer wave functions for quantum spins, trained by variational Monte Carlo')
    .version(version, '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', spoken('\nEvery command explains itself: psigrad train --help'))
  const training = root
    .command('train')
    .description('Find the ground state of a J1-J2 model with a Vision-Transformer wave function.')
  addSettings(training, () => true)
    .addOption(pathOption('--config <file.json>', 'settings to start from'))
    .addOption(pathOption('--out <dir>', 'run folder (default: runs/<time>-<model>)'))
    .addOption(pathOption('--resume <dir>', 'go on with the run in this folder'))
    .addOption(
      pathOption('--from <dir>', 'a new run from the parameters of the one in this folder'),
    )
    .addOption(new Option('--json', 'print the results as one JSON object').helpGroup(run))
    .addHelpText('after', spoken(trainHelp))
    .action((options: Options) => train(options))
  const exactly = root
    .command('exact')
    .description('Lowest energies of a J1-J2 model by exact diagonalisation, by its symmetries.')
  addSettings(exactly, ({ key }) => modelKeys.includes(key))
    .addOption(
      new Option('--states <k>', 'how many states, up to 24 sites').default('1').helpGroup(run),
    )
    .addOption(new Option('--sectors', 'the lowest state of every sector').helpGroup(run))
    .addOption(new Option('--json', 'print the results as one JSON object').helpGroup(run))
    .addHelpText('after', spoken(exactHelp))
    .action((options: Options) => exact(options))
  const comparing = root
    .command('compare')
    .description('Train several attention forms on the same settings and seeds, and compare them.')
  addSettings(comparing, ({ key }) => key !== 'attention')
    .addOption(
      new Option(
        '--forms <list>',
        'attention forms apart by commas: names, formulas, or files FILE.ts#name',
      )
        .makeOptionMandatory()
        .helpGroup(run),
    )
    .addOption(new Option('--seeds <n>', 'runs of each form').default('1').helpGroup(run))
    .addOption(pathOption('--config <file.json>', 'settings to start from'))
    .addOption(pathOption('--out <dir>', 'folder of all runs').makeOptionMandatory())
    .addOption(new Option('--json', 'print the table as one JSON object').helpGroup(run))
    .addHelpText('after', spoken(compareHelp))
    .action((options: Options) => compare(options))
  const attending = root
    .command('attention')
    .description('Tell, head by head, whether the attention weights of a run depend on the input.')
    .addArgument(runFolder())
    .addOption(new Option('--json', 'print one JSON object').helpGroup(run))
    .addHelpText('after', spoken(attentionHelp))
    .action((folder: string, options: Options) => attention(folder, options))
  const observing = root
    .command('observe')
    .description('Correlations, structure factor and orders of the state that a run has reached.')
    .addArgument(runFolder())
    .addOption(
      new Option(
        '--rounds <n>',
        'so many times the samples of a step (of a sampled run; default: 1)',
      ).helpGroup(run),
    )
    .addOption(new Option('--json', 'print one JSON object').helpGroup(run))
    .addHelpText('after', spoken(observeHelp))
    .action((folder: string, options: Options) => observe(folder, options))
  const studying = root
    .command('study')
    .description("The paper's study: every run of its plan, and the page of what they say.")
    .addOption(new Option('--quick', 'minutes: small networks, short runs').helpGroup(run))
    .addOption(new Option('--only <pattern>', 'these runs alone').helpGroup(run))
    .addOption(new Option('--list', 'print every run and how far it is').helpGroup(run))
    .addOption(
      new Option('--pages', 'write page and pictures from their data alone').helpGroup(run),
    )
    .addOption(
      new Option('--again', 'train also what the data beside the page hold').helpGroup(run),
    )
    .addOption(pathOption('--out <dir>', 'folder of all runs (default: runs/study)'))
    .addOption(pathOption('--docs <dir>', 'folder of study.md (default: docs; --quick: --out)'))
    .addOption(new Option('--threads <n>', 'worker threads').helpGroup(run))
    .addHelpText('after', spoken(studyHelp))
    .action((options: Options) => study(options))
  const listing = root
    .command('devices')
    .description('List what can evaluate a wave function here, with its measured speed.')
    .addOption(new Option('--json', 'print one JSON object').helpGroup(run))
    .addHelpText('after', spoken(devicesHelp))
    .action((options: Options) => devices(options))
  for (const command of [
    root,
    training,
    exactly,
    comparing,
    attending,
    observing,
    studying,
    listing,
  ]) {
    // Commands made before this do not inherit it.
    command.addHelpOption(new Option('--help', 'print this help').helpGroup(run)).exitOverride()
    command.configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'psigrad: ')),
    })
  }
  return root
}
