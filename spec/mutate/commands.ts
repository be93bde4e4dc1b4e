import { change, type Suspects } from './mutation.ts'

// When a run saves, what it compares and advises, and which setting wins.

export const commandsSuspects: readonly Suspects[] = [
  {
    file: 'examples/run/unfold.ts',
    specs: ['spec/examples/unfold.spec.ts'],
    mutations: [
      change('saves at every step once it has begun', '      saved = progress.seconds\n', ''),
      change('never saves', 'progress.seconds - saved >= watch.saveSeconds', 'false'),
      change(
        'saves as if the seconds before were of now',
        'let saved = progress.seconds',
        'let saved = 0',
      ),
      change('seconds of this session alone', 'from.seconds + secondsSince', '0 + secondsSince'),
    ],
  },
  {
    file: 'examples/run/health.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [
      change('parameters may be anything finite', '<= LARGEST_PARAMETER)', '< Infinity)'),
      change('any variance will do', "    ['the variance of the energy', record.variance],\n", ''),
    ],
  },
  {
    file: 'examples/settings/exitCodes.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [change('SIGTERM as Ctrl-C', 'SIGTERM: 143', 'SIGTERM: 130')],
  },
  {
    file: 'examples/settings/usage.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change(
        'no shells at all',
        '  return Number.isInteger(n) && n >= 1',
        '  return Number.isInteger(n) && n >= 0',
      ),
    ],
  },
  {
    file: 'examples/settings/bytes.ts',
    specs: ['spec/examples/formats.spec.ts'],
    mutations: [
      change('gigabytes are gibibytes', 'GB: 1e9', 'GB: 2 ** 30'),
      change('mebibytes are megabytes', 'MiB: 2 ** 20', 'MiB: 1e6'),
    ],
  },
  {
    file: 'examples/settings/config.ts',
    specs: ['spec/examples/formats.spec.ts'],
    mutations: [
      change(
        'defaults of the lattice in the file',
        'flags.lattice ?? file?.values.lattice',
        'file?.values.lattice ?? flags.lattice',
      ),
      change(
        'no defaults of the backend in the file',
        'flags.backend ?? file?.values.backend',
        'flags.backend',
      ),
    ],
  },
  {
    file: 'examples/cli/parts/screen.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [
      change(
        'error of the whole lattice on the screen',
        'record.energyError / sites',
        'record.energyError',
      ),
      change(
        'time of all steps for what is left',
        '(steps - step) / stepsPerSecond',
        'steps / stepsPerSecond',
      ),
    ],
  },
  {
    file: 'examples/run/train.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change(
        'a finished run cannot go on',
        '.state.step > config.steps',
        '.state.step >= config.steps',
      ),
      change('the exact energy at step 1 alone', 'record.step === first', 'record.step === 1'),
    ],
  },
  {
    file: 'examples/run/advice.ts',
    specs: ['spec/examples/words.spec.ts'],
    mutations: [change('smaller shifts advised', 'diagShift * 10', 'diagShift / 10')],
  },
  {
    file: 'examples/run/progress.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change('parameters of another step', 'step: String(step) }', 'step: String(step + 1) }'),
    ],
  },
  {
    file: 'examples/settings/schema.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change('the power may be 0', 'n > 0 && n <= 2', 'n >= 0 && n <= 2'),
      change('all of the last update', 'n >= 0 && n < 1', 'n >= 0 && n <= 1'),
    ],
  },
  {
    file: 'examples/session/exactLevels.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change(
        'per cell, not per site',
        'energyPerSite: energy / sites,\n  residual,',
        'energyPerSite: (2 * energy) / sites,\n  residual,',
      ),
    ],
  },
  {
    file: 'examples/cli/commands/attentionCommand.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [change('heads from 0', 'h.head + 1', 'h.head')],
  },
  {
    file: 'examples/run/observedRows.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change('times for errors', 'showSmall(error)', 'showSmall(autocorrelationTime)'),
      change('exact values of the next row', 'twins[k]![1]', 'twins[(k + 1) % twins.length]![1]'),
    ],
  },
  {
    file: 'examples/compare/cells.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [change('sectors share a folder', '{ symmetry, sector }', '{ symmetry }')],
  },
  {
    file: 'examples/compare/analysis.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change(
        'before is after the first step',
        'training.attention({ ...initial, chains })',
        'training.attention(training.step(initial).state)',
      ),
    ],
  },
  {
    file: 'examples/study/gather.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [
      change(
        'the middle of a square grid',
        'Math.floor(rows / 2) * columns',
        'Math.floor(rows / 2) * rows',
      ),
    ],
  },
  {
    file: 'examples/settings/groups.ts',
    specs: ['spec/examples/commands.spec.ts'],
    mutations: [change('steps of half a period', 'patches.patch * period', 'patches.patch')],
  },
]
