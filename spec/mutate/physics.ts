import { change, type Suspects, specsIn } from './mutation.ts'

const physics = specsIn('spec/physics')

export const physicsSuspects: readonly Suspects[] = [
  {
    file: 'physics/estimates/localEnergy.ts',
    specs: physics('localEnergy', 'stochasticReconfiguration'),
    mutations: [
      change('sign of the quotient', 're[s]! += rows.re[k]! * c', 're[s]! -= rows.re[k]! * c'),
      change('columns of H', 'other.im[k]! - own.im[s]!', 'own.im[s]! - other.im[k]!'),
      change(
        'conjugate of H',
        '* c - rows.im[k]! * d\n      im[s]',
        '* c + rows.im[k]! * d\n      im[s]',
      ),
      change(
        'imaginary part of H',
        'im[s]! += rows.re[k]! * d + rows',
        'im[s]! += rows.re[k]! * d - rows',
      ),
      change('inverted quotient', 'other.re[k]! - own.re[s]!', 'own.re[s]! - other.re[k]!'),
      change(
        'diagonal lost',
        'const re = rows.diagonalRe.slice(0, rows.samples)',
        'const re = new Float64Array(rows.samples)',
      ),
    ],
  },
  {
    file: 'physics/estimates/fullSum.ts',
    specs: physics('fullSum', 'localEnergy'),
    mutations: [
      change('|ψ| for |ψ|²', '(a, k) => Math.exp(2 * (a - top))', '(a, k) => Math.exp(a - top)'),
    ],
  },
  {
    file: 'physics/update/sr.ts',
    specs: physics('stochasticReconfiguration', 'singlePrecision'),
    mutations: [
      change('no shift', '{ shift: diagShift, ...options }', '{ shift: 1e-9, ...options }'),
      change(
        'twice the update',
        'transposedTimesVector(x, y, options) // (2)',
        'transposedTimesVector(x, y.map((v) => 2 * v), options) // (2)',
      ),
      change('any residual will do', 'const RESIDUAL = 1e-6', 'const RESIDUAL = 1'),
    ],
  },
  {
    file: 'physics/update/centred.ts',
    specs: physics('stochasticReconfiguration', 'rowBudget'),
    mutations: [
      change('factor 2 of the force', '2 * Math.sqrt(w[s]!) * (e[s]!', 'Math.sqrt(w[s]!) * (e[s]!'),
      change('sign of the force', '2 * Math.sqrt(w[s]!) * (e', '-2 * Math.sqrt(w[s]!) * (e'),
      change('energies not centred', '(e[s]! - mean)', 'e[s]!'),
      change(
        'imaginary energies forgotten',
        '[energy.re, energy.im].entries',
        '[energy.re, energy.re].entries',
      ),
      change('the last block stays as it was', 'if (!whole) centre(', 'if (whole) centre('),
      change('a block is taken for another', 'old.range[1] === range[1] ?', 'true ?'),
    ],
  },
  {
    file: 'core/linalg/centre.ts',
    specs: physics('stochasticReconfiguration'),
    mutations: [
      change('rows not centred', '(data[at + k]! - mean[shift + k]!)', 'data[at + k]!'),
      change('the mean loses rows', 'w3 * data[r3 + k]!', 'w3 * data[r2 + k]!'),
      change('the mean loses the last rows', '; n < counted.length; n', '; n < 0; n'),
      change('weight for its root', 'const root = Math.sqrt(', 'const root = ('),
      change('weight 0 keeps what was there', 'data.fill(0, at + from,', 'data.fill(0, at + to,'),
    ],
  },
  {
    file: 'physics/update/rowBudget.ts',
    specs: physics('rowBudget'),
    mutations: [
      change('the matrix is free', '(budget - matrixBytes(sizes)) / rowBytes', 'budget / rowBytes'),
      change('holds what should stream', 'within(blocks - streamed)', 'within(blocks)'),
    ],
  },
  {
    file: 'physics/sampling/walkers.ts',
    specs: physics('metropolis', 'transitionMatrix'),
    mutations: [
      change(
        'prefers its first sets',
        '(words[2 * c]! * UNIT_32 * sets)',
        '((words[2 * c]! * UNIT_32) ** 2 * sets)',
      ),
      change('draws one number for two', '=> words[2 * c + 1]!', '=> words[2 * c]!'),
      change('chains draw alike', '(words[2 * c]! * UNIT_32', '(words[0]! * UNIT_32'),
    ],
  },
  {
    file: 'physics/sampling/rowWalkers.ts',
    specs: physics('metropolis', 'transitionMatrix'),
    mutations: [
      change(
        'accepts by |ψ|² whatever the power',
        'ratioOf(next[m]!, logAmplitude[c]!, power)',
        'ratioOf(next[m]!, logAmplitude[c]!, 2)',
      ),
      change(
        'accepts by the inverse ratio',
        'ratioOf(next[m]!, logAmplitude[c]!, power)',
        'ratioOf(logAmplitude[c]!, next[m]!, power)',
      ),
      change('moves one way only', 'chains[a] === chains[b]', 'chains[a]! >= chains[b]!'),
      change('keeps the old amplitude', 'logAmplitude[c] = next[m]!', 'next[m] = next[m]!'),
      change(
        'acceptance of all proposals',
        'sites)).re\n      tried += moving',
        'sites)).re\n      tried += count',
      ),
    ],
  },
  {
    file: 'physics/sampling/bitWalkers.ts',
    specs: physics('metropolis', 'transitionMatrix'),
    mutations: [
      change(
        'accepts by |ψ|² whatever the power',
        'Math.exp(power * (table[spins]! - top))',
        'Math.exp(2 * (table[spins]! - top))',
      ),
      change('faint weights by |ψ|²', 'table[spins]!, power)', 'table[spins]!, 2)'),
      change('faint weights as they are', '!(held > FAINT && ', '!('),
      change('moves parallel pairs', 'Number(up !== 0) & ', ''),
      change(
        'turns one spin of two',
        'spins ^ (pair & -moving)',
        'spins ^ (first[set]! & -moving)',
      ),
      change('single spins never move', ' | Number(second[set] === 0)', ''),
      change('counts proposals that change nothing', 'tried += moving\n', 'tried += 1\n'),
    ],
  },
  {
    file: 'physics/configurations/configurationIndex.ts',
    specs: physics('configurationIndex', 'metropolis', 'orbits'),
    mutations: [
      change('bits read backwards', '(sites - 1 - i)) & 1', 'i) & 1'),
      change('words run over', 'Math.min(32, sites - 32 * w)', '32'),
      change('compares the first word alone', 'while (w < width && keys', 'while (w < 1 && keys'),
      change(
        'moves keys and forgets them',
        'words.set(oldKeys.subarray',
        'words.set(keys.subarray',
      ),
    ],
  },
  {
    file: 'physics/sampling/metropolis.ts',
    specs: physics('metropolis', 'transitionMatrix'),
    mutations: [
      change('burn-in drawn twice', 'propose(before + k * proposals', 'propose(k * proposals'),
      change('records by time', '(c * length + k) * sites', '(k * count + c) * sites'),
      change(
        'matrix by |ψ|² whatever the power',
        'ratioOf(amplitude[to]!, amplitude[k]!, power)',
        'ratioOf(amplitude[to]!, amplitude[k]!, 2)',
      ),
      change(
        'matrix by the inverse ratio',
        'ratioOf(amplitude[to]!, amplitude[k]!, power)',
        'ratioOf(amplitude[k]!, amplitude[to]!, power)',
      ),
      change('matrix loses refusals', '+= (1 - rate) / sets', '+= rate / sets'),
    ],
  },
  {
    file: 'physics/update/evaluators.ts',
    specs: physics('symmetricRuns'),
    mutations: [
      change('one piece of images for all', 'from < configurations.length; from', 'from < 1; from'),
      change(
        'pieces on top of each other',
        'dataOf(part.im), from / sites)',
        'dataOf(part.im), 0)',
      ),
    ],
  },
  {
    file: 'physics/estimates/importance.ts',
    specs: physics('importance', 'sampledVmc'),
    mutations: [
      change('weights of |ψ| for those of |ψ|²', '(2 - power) *', '(1 - power) *'),
      change('forgets how often', 'm * Math.exp((2', 'Math.exp((2'),
      change(
        'the series of the samples as they are',
        'return r * e[k]! + (1 - r) * mean',
        'return e[k]!',
      ),
      change('weights without the energy', '(1 - r) * mean', '0'),
    ],
  },
  {
    file: 'physics/configurations/orbits.ts',
    specs: physics('orbits', 'symmetricRuns'),
    mutations: [
      change('the last for the first', 'return difference\n', 'return -difference\n'),
      change('any that is ahead', 'offset, g, best)', 'offset, g, identity)'),
      change('shifts within patches', '(_, k) => k * patch', '(_, k) => k'),
      change('recalls another', 'found![bits] = bitsOf(out', 'found![bits] = bitsOf(sigma'),
      change('inverted spins forgotten', 'best.flip * sigma[', 'sigma['),
      change('phase forgotten', ': phaseOf(best)', ': 0'),
      change('zeros forgotten', 'zero ||= ', 'zero &&= '),
    ],
  },
  {
    file: 'physics/symmetry/generators.ts',
    specs: physics('generators'),
    mutations: [
      change('momentum the other way', 'sum + (momentum[k]! * x)', 'sum - (momentum[k]! * x)'),
      change('Marshall signs forgotten', 'sign * re + 0', 're'),
    ],
  },
  {
    file: 'physics/exact/characters.ts',
    specs: physics('generators'),
    mutations: [
      change('conjugate of the characters', 'im -= a * d - b * c', 'im += a * d - b * c'),
    ],
  },
  {
    file: 'physics/symmetry/invariance.ts',
    specs: physics('generators'),
    mutations: [change('inverted spins forgotten', 'flip === -1 && odd', 'false')],
  },
  {
    file: 'physics/configurations/logPsi.ts',
    specs: physics('logPsi'),
    mutations: [
      change('phase for modulus', 'list.im.set(more.im', 'list.im.set(more.re'),
      change('turned back', 'evaluated.im[at]! + turn', 'evaluated.im[at]! - turn'),
      change('forgets when it grows', 'bigger.set(old)', 'bigger.set([])'),
      change('counts once', 'multiplicity[k]! += 1', 'multiplicity[k]! = 1'),
    ],
  },
  {
    file: 'physics/update/optimizers.ts',
    specs: physics('optimizers', 'march'),
    mutations: [
      change('sign of SPRING’s carried part', 'd + carried[k]!', 'd - carried[k]!'),
      change('sign of SPRING’s expectation', 'v - expected[s]!', 'v + expected[s]!'),
      change(
        'SPRING without its factor',
        'previous).map((d) => momentum * d',
        'previous).map((d) => d',
      ),
      change('SPRING forgets', 'previous: tensor(delta) } }', 'previous: tensor(correction) } }'),
      change('MARCH by the root', ') ** 0.25)', ') ** 0.5)'),
      change('MARCH unscaled', 'carried[k]! + d / root[k]!', 'carried[k]! + d'),
      change('MARCH forgets its moments', 'beta * moments[k]! +', 'beta +'),
      change('no bias correction of m', 'x / (1 - beta1 ** t)', 'x / (1 - beta1)'),
      change('no bias correction of v', '/ (1 - beta2 ** t)', '/ (1 - beta2)'),
      change('v of |F|', '(1 - beta2) * x * x', '(1 - beta2) * Math.abs(x)'),
    ],
  },
  {
    file: 'physics/update/parameters.ts',
    specs: physics('stochasticReconfiguration', 'vmc'),
    mutations: [change('uphill', 'x - learningRate * delta', 'x + learningRate * delta')],
  },
  {
    file: 'physics/vmc.ts',
    specs: physics('stochasticReconfiguration', 'vmc', 'sampledVmc'),
    mutations: [
      change(
        'key used again',
        '[use, key] = nextKey(state.key)',
        '[use, key] = [state.key, state.key]',
      ),
    ],
  },
  {
    file: 'physics/energy.ts',
    specs: physics('vmc', 'sampledVmc'),
    mutations: [
      change(
        'samples counted once',
        'complexMoments(localEnergy, unique.multiplicity)',
        'complexMoments(localEnergy)',
      ),
      change('measures another power', ' * rounds }', ' * rounds, power: 2 }'),
      change('weights of one power for all', 'localEnergy, power)', 'localEnergy, 2)'),
    ],
  },
  {
    file: 'physics/sampling/averages.ts',
    specs: physics('vmc', 'sampledVmc'),
    mutations: [change('burns in at every step', 'settled ? 0 : burnIn', 'burnIn')],
  },
]
