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
      change('parameters may be anything finite', '<= largestParameter)', '< Infinity)'),
      change('any variance will do', "    ['the variance of the energy', record.variance],\n", ''),
    ],
  },
  {
    file: 'examples/run/train.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [change('SIGTERM as Ctrl-C', 'SIGTERM: 143', 'SIGTERM: 130')],
  },
  {
    file: 'examples/cli/bytes.ts',
    specs: ['spec/examples/formats.spec.ts'],
    mutations: [
      change('gigabytes are gibibytes', 'GB: 1e9', 'GB: 2 ** 30'),
      change('mebibytes are megabytes', 'MiB: 2 ** 20', 'MiB: 1e6'),
    ],
  },
  {
    file: 'examples/cli/config.ts',
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
    file: 'examples/cli/screen.ts',
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
]
