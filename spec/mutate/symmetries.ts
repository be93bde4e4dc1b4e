import { change, type Suspects } from './mutation.ts'

// Characters that are complex, and what the numbers in the name of a sector mean.

export const symmetriesSuspects: readonly Suspects[] = [
  {
    file: 'models/waves/symmetrise.ts',
    specs: ['spec/models/complexCharacters.spec.ts'],
    mutations: [change('conjugate of the characters', 'Math.atan2(im, re)', 'Math.atan2(-im, re)')],
  },
  {
    file: 'physics/configurations/orbits.ts',
    specs: ['spec/models/complexCharacters.spec.ts'],
    mutations: [change('conjugate of the character', 'Math.atan2(im, re)', 'Math.atan2(-im, re)')],
  },
  {
    file: 'models/waves/symmetries.ts',
    specs: ['spec/physics/exact/sectorNames.spec.ts'],
    mutations: [
      change('quarters the other way', '((quarters % 4) + 4)', '((-quarters % 4) + 4)'),
      change('turns the other way', 'im: Math.sin(', 'im: -Math.sin('),
    ],
  },
  {
    file: 'physics/symmetry/generators.ts',
    specs: ['spec/physics/exact/sectorNames.spec.ts'],
    mutations: [
      change('Marshall’s sign of the real part alone', 'im: sign * im + 0', 'im: im + 0'),
      change(
        'momenta in turns of the first side',
        '(momentum[k]! * x) / lat.dims[k]!',
        '(momentum[k]! * x) / lat.dims[0]!',
      ),
      change(
        'rotation and mirror exchanged',
        '(found.rotation, rotation)',
        '(found.rotation, mirror)',
      ),
    ],
  },
  {
    file: 'physics/symmetry/generators.ts',
    specs: ['spec/physics/symmetry/generators.spec.ts'],
    mutations: [change('any of the motions', '      .sort(before)\n', '')],
  },
  {
    file: 'physics/exact/characters.ts',
    specs: ['spec/physics/exact/sectorNames.spec.ts'],
    mutations: [
      change('momentum the other way', 'Math.atan2(im, re)', 'Math.atan2(-im, re)'),
      change('momenta below 0', '(turns + period) % period', 'turns'),
      change('turns of single sites', 'lat.dims[k]! / shift[k]!', 'lat.dims[k]!'),
    ],
  },
]
