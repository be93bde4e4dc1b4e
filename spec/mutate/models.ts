import { change, type Suspects } from './mutation.ts'

export const modelsSuspects: readonly Suspects[] = [
  {
    file: 'models/waves/symmetrise.ts',
    specs: ['spec/models/waves/symmetries.spec.ts', 'spec/physics/symmetricRuns.spec.ts'],
    mutations: [
      change('characters forgotten', 'add(im, angles)', 'im'),
      change('inversions forgotten', 'mul(flips, reshape', 'mul(1, reshape'),
      change('images not flipped', 'flip * configurations[', 'configurations['),
      change('images moved back', 'row + from[i]!]', 'row + from.indexOf(i)]'),
    ],
  },
  {
    file: 'models/attention/semantics.ts',
    specs: ['spec/models/attention/initial.spec.ts'],
    mutations: [
      change(
        'scores as faint as weights',
        "one(of, sizes, 'scores', ",
        "one(of, sizes, 'weights', ",
      ),
      change(
        'weights as strong as scores',
        "...semanticsOf(e, sizes, 'weights')",
        "...semanticsOf(e, sizes, 'scores')",
      ),
      change(
        'positions of pairs forgotten',
        'positional([heads, n, n], n, role)',
        "positional([heads, n, n], n, 'weights')",
      ),
    ],
  },
  {
    file: 'models/waves/symmetries.ts',
    specs: ['spec/models/waves/symmetries.spec.ts'],
    mutations: [
      change('composed the other way', 'i) => h.sites[i]!', 'i) => g.sites[i]!'),
      change('left cosets', 'composed(h, r)', 'composed(r, h)'),
    ],
  },
]
