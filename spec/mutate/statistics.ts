import { change, type Suspects } from './mutation.ts'

// Errors, times and spreads: factors of a few per cent, n for n − 1, which mean is taken.

export const statisticsSuspects: readonly Suspects[] = [
  {
    file: 'physics/statistics/autocorrelation.ts',
    specs: ['spec/physics/statistics/autocorrelationTime.spec.ts'],
    mutations: [
      change('5% too short', '(2 * autocovariance', '(1.9 * autocovariance'),
      change('biased', '(2 * window + 1) / n', '0 / n'),
      change('a window of two times', 'windowFactor = 5', 'windowFactor = 2'),
      change('a window up to the end', 'Math.floor(length / 2)', 'length - 1'),
      change('fewer pairs, the same n', '(chains[0]!.length - lag)', 'chains[0]!.length'),
      change(
        'every chain about its own mean',
        'of chains) {\n    for (let t = 0; t + lag',
        'of chains) {\n    const centre = meanOf([chain])\n    for (let t = 0; t + lag',
      ),
      change(
        'uncertainty of a variance for that of an error',
        'Math.sqrt(2 * (count - 1))',
        'Math.sqrt(count - 1)',
      ),
      change('blocks over n', 'level) / count / (count - 1)', 'level) / count / count'),
    ],
  },
  {
    file: 'physics/statistics/statistics.ts',
    specs: ['spec/physics/statistics/autocorrelationTime.spec.ts'],
    mutations: [change('error over n', '* (tau / (n - 1))', '* (tau / n)')],
  },
  {
    file: 'physics/statistics/statistics.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [
      change('halves that begin at half', 'chain.length - half', 'half'),
      change(
        'variance of the means over n',
        '([means]) / (means.length - 1)',
        '([means]) / means.length',
      ),
    ],
  },
  {
    file: 'physics/statistics/rHatLimit.ts',
    specs: ['spec/physics/statistics/rHatLimit.spec.ts'],
    mutations: [
      change('as if samples were independent', 'two / one - 1 + ERRORS * error', '0'),
      change('no spread of R-hat', '(between / within) * quantile', 'between / within'),
      change('steps from the first sample', '- chain[t]!) ** 2', '- chain[0]!) ** 2'),
    ],
  },
  {
    file: 'physics/estimates/uncertainty.ts',
    specs: ['spec/physics/estimates/uncertainty.spec.ts'],
    mutations: [
      change('a variance without imaginary parts', '- mean.im) ** 2', '- mean.im) * 0'),
      change('an energy known exactly', 'y - 2 * scale', 'y - 0 * scale'),
      change('weights of all drawings together', 'w / sum / multiplicity[k]!', 'w / sum'),
    ],
  },
  {
    file: 'physics/estimates/correlations.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [
      change('observables of one long chain', 'chainsOf(re, samples.chains)', 'chainsOf(re, 1)'),
    ],
  },
  {
    file: 'physics/estimates/correlations.ts',
    specs: ['spec/physics/estimates/waveVectors.spec.ts'],
    mutations: [
      change('skewed wave vectors', 'coordinates[a]![c]!, 0)', 'coordinates[c]![a]!, 0)'),
    ],
  },
  {
    file: 'physics/estimates/observables.ts',
    specs: ['spec/physics/estimates/waveVectors.spec.ts'],
    mutations: [
      change('bonds of one kind are all strong', 'cell[direction]! % 2 === 0 ? 1 : -1', '1'),
    ],
  },
  {
    file: 'physics/estimates/observables.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [change('an operator of one long chain', 'chainsOf(re, chains)', 'chainsOf(re, 1)')],
  },
  {
    file: 'examples/session/spreads.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [change('spread over n', '/ (x.length - 1)', '/ x.length')],
  },
  {
    file: 'examples/compare/summary.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [
      change(
        'standard error over n',
        'spread / Math.sqrt(results.length)',
        'spread / results.length',
      ),
      change(
        'V-score of the best',
        'mean(results.map((r) => r.vScore))',
        'Math.min(...results.map((r) => r.vScore))',
      ),
      change('mean error of the best', 'null : mean(errors)', 'null : Math.min(...errors)'),
      change('seconds of all steps', 'r.seconds / r.steps', 'r.seconds'),
    ],
  },
  {
    file: 'examples/compare/analysis.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [
      change(
        'variance for deviation',
        'Math.sqrt(meanSquare(deviations) / size)',
        'meanSquare(deviations) / size',
      ),
    ],
  },
  {
    file: 'examples/study/claims.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [
      change('three errors are none', 'const APART = 2', 'const APART = 3'),
      change(
        'errors add, not their squares',
        'Math.hypot(factored.error, other.error)',
        '(factored.error + other.error)',
      ),
      change('lower is called higher', "sigmas < 0 ? 'lower'", "sigmas > 0 ? 'lower'"),
    ],
  },
]
