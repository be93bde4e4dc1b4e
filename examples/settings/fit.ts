import { either as E } from 'fp-ts'
import { smallest } from '../../core/values/index.ts'
import { onDevice, showSize } from './defaults.ts'
import { isBipartite, latticeKinds, sitesOf } from './lattices.ts'
import { flagOf } from './options.ts'
import type { Unfit } from './schema.ts'
import type { TrainConfig } from './settings.ts'
import { parseSector, parseStages } from './stages.ts'

// These checks tell whether settings that are right on their own fit together.

export type Model = Pick<TrainConfig, 'lattice' | 'size' | 'boundary' | 'j1' | 'j2'>

const divisors = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0)

const nextMultiple = (n: number, of: number): number => Math.max(1, Math.ceil(n / of)) * of

/** A size with more sites is taken for a typing error. */
const maxSites = 10_000

/** Lists problems of lattice and couplings, for `train` and `exact` alike. */
export const unfitModel = ({ lattice, size, boundary, j1, j2 }: Model): readonly Unfit[] => {
  const wrong = (expected: string): Unfit[] => [{ keys: ['size', 'lattice'], expected }]
  const [first] = size
  if (lattice === 'chain' && size.length !== 1)
    return wrong(
      `one length for a chain, such as --size ${sitesOf('square', size)}, or --lattice square`,
    )
  if (lattice !== 'chain' && size.length !== 2)
    return wrong(
      `two sides for a ${lattice} lattice, such as --size ${first}x${first}, or --lattice chain`,
    )
  const dimerless = boundary === 'periodic' ? 4 : 2
  if (lattice === 'shastry-sutherland' && size.some((side) => side % 2 !== 0 || side < dimerless))
    return wrong(`even sides of at least ${dimerless} for orthogonal dimers, such as --size 4x4`)
  const sites = sitesOf(lattice, size)
  if (sites < 2) return wrong('at least 2 sites')
  if (sites > maxSites) return wrong(`at most ${maxSites} sites, not ${sites}`)
  if (j1 === 0 && j2 === 0)
    return [{ keys: ['j2', 'j1'], expected: 'a coupling other than 0: without any, H = 0' }]
  return []
}

/** Runs are in the sector of total Sz = 0. */
const unfitSpins = ({ lattice, size }: TrainConfig): readonly Unfit[] => {
  const sites = sitesOf(lattice, size)
  if (sites % 2 === 0) return []
  const larger = showSize([size[0]! + 1, ...size.slice(1)])
  const expected =
    `an even number of sites: ${sites} spins 1/2 cannot have total Sz = 0; ` + `such as ${larger}`
  return [{ keys: ['size', 'lattice'], expected }]
}

const unfitPatch = ({ size, patch }: TrainConfig): readonly Unfit[] => {
  if (size.every((side) => side % patch === 0)) return []
  const fitting = divisors(smallest(size)).filter((d) => size.every((side) => side % d === 0))
  const larger = showSize(size.map((side) => nextMultiple(side, patch)))
  return [
    {
      keys: ['size', 'patch'],
      expected:
        `patches of ${size.map(() => patch).join('x')} sites to fill ${showSize(size)}: ` +
        `${flagOf('patch')} ${fitting.join(' or ')}, or ${flagOf('size')} ${larger}`,
    },
  ]
}

const unfitHeads = ({ dim, heads }: TrainConfig): readonly Unfit[] =>
  dim % heads === 0
    ? []
    : [
        {
          keys: ['heads', 'dim'],
          expected:
            `heads that divide dim: ${flagOf('heads')} ${divisors(dim).join(' or ')}, ` +
            `or ${flagOf('dim')} ${nextMultiple(dim, heads)}`,
        },
      ]

const unfitSigns = ({ lattice, size, boundary, marshall }: TrainConfig): readonly Unfit[] => {
  if (!marshall || isBipartite(lattice, size, boundary)) return []
  const expected = latticeKinds[lattice].bipartite
    ? '--no-marshall, even sides or --boundary open: an odd side leaves no two sublattices'
    : `--no-marshall: a ${lattice} lattice has no two sublattices`
  return [{ keys: ['marshall', 'size', 'lattice'], expected }]
}

/** Energies are squared for their variance, which must neither overflow nor vanish. */
const largestCoupling = 1e100

const unfitScale = ({ j1, j2 }: TrainConfig): readonly Unfit[] => {
  const scale = Math.max(Math.abs(j1), Math.abs(j2))
  if (scale === 0 || (scale <= largestCoupling && scale >= 1 / largestCoupling)) return []
  const key = Math.abs(j1) === scale ? 'j1' : 'j2'
  return [
    {
      keys: [key],
      expected:
        'couplings of which the larger is near 1, in whose units energies are given, ' +
        `such as ${flagOf(key)} ${Math.sign(key === 'j1' ? j1 : j2)}`,
    },
  ]
}

const unfitSymmetry = ({ symmetry, sector, steps, lattice }: TrainConfig): readonly Unfit[] => {
  const stages = parseStages(symmetry)
  const characters = parseSector(sector)
  const last = E.isRight(stages) ? stages.right.at(-1)!.from : 0
  const { directions } = latticeKinds[lattice]
  const momentum =
    E.isRight(characters) && characters.right !== 'auto' ? characters.right.momentum : undefined
  return [
    ...(last < steps
      ? []
      : [
          {
            keys: ['steps', 'symmetry'] as const,
            expected: `more than ${last} steps, so that the last stage of ${symmetry} begins`,
          },
        ]),
    ...(momentum === undefined || momentum.length === directions
      ? []
      : [
          {
            keys: ['sector', 'lattice'] as const,
            expected: `${directions} whole number(s) behind k on a ${lattice} lattice`,
          },
        ]),
  ]
}

const unfitPrecision = ({ backend, precision }: TrainConfig): readonly Unfit[] =>
  onDevice(backend) && precision !== 'float32'
    ? [{ keys: ['precision', 'backend'], expected: 'float32, the precision of graphics cards' }]
    : []

/** Lists the settings that do not fit together. */
export const unfitTogether = (config: TrainConfig): readonly Unfit[] => [
  ...unfitModel(config),
  ...unfitSpins(config),
  ...unfitScale(config),
  ...unfitPatch(config),
  ...unfitHeads(config),
  ...unfitSigns(config),
  ...unfitSymmetry(config),
  ...unfitPrecision(config),
]
