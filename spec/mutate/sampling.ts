import { change, type Suspects } from './mutation.ts'

// Where chains start, which key is whose, and when they burn in.

export const samplingSuspects: readonly Suspects[] = [
  {
    file: 'physics/sampling/metropolis.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [change('chains start alike', '(sector, u, c * sites)', '(sector, u, 0)')],
  },
  {
    file: 'physics/sampling/metropolis.ts',
    specs: ['spec/physics/sampling/metropolis.spec.ts'],
    mutations: [
      change('one key for two rounds', 'foldIn(key, round)', 'foldIn(key, round >> 1)'),
      change('counts a proposal too many', 'accepted / tried,', 'accepted / (tried + 1),'),
    ],
  },
  {
    file: 'physics/configurations/szSector.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [
      change(
        'the last sites have the spins that are left',
        'u * (sector.sites - i) < left',
        'u * sector.sites < left || left === sector.sites - i',
      ),
    ],
  },
  {
    file: 'physics/sampling/walkers.ts',
    specs: ['spec/physics/sampling/metropolis.spec.ts'],
    mutations: [
      change('the last set is never proposed', 'UNIT_32 * sets) | 0', 'UNIT_32 * (sets - 1)) | 0'),
    ],
  },
  {
    file: 'physics/sampling/moves.ts',
    specs: ['spec/physics/sampling/metropolis.spec.ts'],
    mutations: [
      change(
        'single flips take a neighbour along',
        'i / 2 : -1)',
        'i / 2 : ((i + 1) / 2) % sites)',
      ),
    ],
  },
  {
    file: 'physics/vmc.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [
      change('chains start from the key of the parameters', '.slice(1) as', '.slice(0) as'),
    ],
  },
  {
    file: 'physics/vmc.ts',
    specs: ['spec/physics/update/schedule.spec.ts', 'spec/physics/sampledVmc.spec.ts'],
    mutations: [
      change('a schedule one step ahead', 'schedule(state.step))', 'schedule(state.step + 1))'),
      change(
        'chains begin anew at every step',
        'chains: samples.chains, optimizer',
        'chains: state.chains, optimizer',
      ),
    ],
  },
  {
    file: 'physics/trustedStep.ts',
    specs: ['spec/physics/trustedStep.spec.ts'],
    mutations: [
      change('every step is kept', 'return useless || !(', 'return useless && !('),
      change('the key of a refused step used again', 'key: nextKey(key)[1],', 'key,'),
      change('the next try is as long', 'trust.share * SHORTER', 'trust.share'),
      change('stages are compared', 'settledAt(vmc, state) ? trust.start', 'true ? trust.start'),
      change('refusals are not counted', 'trust.refusals + 1', 'trust.refusals'),
    ],
  },
  {
    file: 'physics/samples.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [
      change('samples of a run do not settle', 'settledAt(measurement, state)', 'true'),
      change('samples of one round', 'rounds, state.step', '1, state.step'),
    ],
  },
  {
    file: 'physics/sampling/burnIn.ts',
    specs: ['spec/physics/sampling/burnIn.spec.ts'],
    mutations: [
      change('over at once', 'most <= least || !drifts(change)', 'true'),
      change('never said to be unfinished', 'over: false', 'over: true'),
      change('the first half counts as well', 'round < total / 2 || ', ''),
      change('any change is a drift', 'ERRORS * Math.sqrt', '0 * Math.sqrt'),
    ],
  },
  {
    file: 'physics/energy.ts',
    specs: ['spec/physics/statistics/chains.spec.ts'],
    mutations: [change('one long chain', 'chains: source.chains }', 'chains: 1 }')],
  },
  {
    file: 'physics/sampling/averages.ts',
    specs: ['spec/examples/stagedRuns.spec.ts'],
    mutations: [
      change('burn-in of proposals, not of sweeps', 'burnIn: BURN_IN * sites', 'burnIn: BURN_IN'),
    ],
  },
  {
    file: 'physics/samples.ts',
    specs: ['spec/physics/sampledVmc.spec.ts'],
    mutations: [
      change('observes what the steps sample', 'power: 2 } }', '...{} } }'),
      change('observes before the chains settle', ', start: step }', ' }'),
    ],
  },
  {
    file: 'physics/plateau.ts',
    specs: ['spec/physics/plateau.spec.ts'],
    mutations: [
      change('leaves the ground state', 'energy > smallest', 'energy < smallest'),
      change('takes every update for none', '<= STILL)', '<= 1)'),
      change('takes any acceptance', 'acceptance === 1', 'acceptance !== null'),
      change('leaves nothing', '-JOLT)', '0)'),
    ],
  },
  {
    file: 'examples/session/planTraining.ts',
    specs: ['spec/examples/stagedRuns.spec.ts'],
    mutations: [
      change(
        'parameters from the key of the chains',
        '(config.seed), 3)[0]!',
        '(config.seed), 3)[1]!',
      ),
      change('later stages do not burn in', 'start: from,', 'start: 0,'),
      change('measures one round', '(vmc, config.finalRounds)', '(vmc, 1)'),
      change('measures in the stage to come', 'Math.max(0, step - 1)', 'step'),
      change('a chain is a column', '[1, patches.grid[0]!]', '[patches.grid[0]!, 1]'),
      change(
        'columns and rows of patches exchanged',
        'patchGrid: [rows!, columns!]',
        'patchGrid: [columns!, rows!]',
      ),
    ],
  },
]
