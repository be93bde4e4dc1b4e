// The grid of runs whose flags name only the problem.

export type Flags = Readonly<Record<string, string | boolean>>

/** A run of the grid: its name, and the flags of `psigrad train`. */
export interface Cell {
  readonly name: string
  readonly flags: Flags
}

/** Attention forms: named ones, and formulas that no example has. */
const forms = [
  'factored',
  't5',
  'decoupled',
  'spatial',
  'softmax(content + relative)',
  'relative + 0.1 * softmax(content)',
  'tanh(content) * relative',
] as const

interface Lattice {
  readonly flags: Flags
  readonly j2: readonly string[]
  /** Patches that tile it. */
  readonly patches: readonly string[]
  readonly signs: boolean
}

const of = (lattice: string, size: string): Flags => ({ lattice, size })

const lattices: readonly Lattice[] = [
  {
    flags: of('square', '4x4'),
    j2: ['0', '0.2', '0.4', '0.5', '0.6', '0.8', '1'],
    patches: ['1', '2'],
    signs: true,
  },
  { flags: of('chain', '16'), j2: ['0', '0.3', '0.5', '1'], patches: ['1', '2'], signs: true },
  { flags: of('triangular', '4x4'), j2: ['0', '0.5'], patches: ['1', '2'], signs: false },
  { flags: of('honeycomb', '4x2'), j2: ['0', '0.3'], patches: ['1', '2'], signs: true },
  { flags: of('kagome', '2x2'), j2: ['0', '0.3'], patches: ['1', '2'], signs: false },
  // J2 is the coupling of the dimers.
  {
    flags: of('shastry-sutherland', '4x4'),
    j2: ['1', '1.3', '2'],
    patches: ['1', '2'],
    signs: false,
  },
  { flags: of('square', '6x4'), j2: ['0', '0.5', '1'], patches: ['1', '2'], signs: true },
  { flags: of('square', '6x6'), j2: ['0.5'], patches: ['1', '2'], signs: true },
]

/**
 * Returns the grid: every form on every lattice and coupling. Patches, signs, precision and seed
 * take turns, so that each pair of them occurs.
 */
export const cells: readonly Cell[] = lattices
  .flatMap(({ flags, j2, patches, signs }) =>
    j2.flatMap((coupling, k) =>
      forms.map((attention, f) => ({
        flags,
        patches,
        signs,
        coupling,
        attention,
        turn: k * forms.length + f,
      })),
    ),
  )
  .map(({ flags, patches, signs, coupling, attention, turn }): Cell => {
    const patch = patches[turn % 2]!
    const marshall = signs && Math.floor(turn / 2) % 2 === 0
    const precision = Math.floor(turn / 3) % 2 === 0 ? 'float64' : 'float32'
    const seed = String(1 + (turn % 3))
    const all: Flags = {
      ...flags,
      j2: coupling,
      attention,
      patch,
      ...(signs ? { marshall } : {}),
      precision,
      seed,
    }
    const name =
      `${flags.lattice} ${flags.size} J2=${coupling} ${attention} patch ${patch}` +
      `${signs ? (marshall ? ' signs' : ' no-signs') : ''} ${precision} seed ${seed}`
    return { name, flags: all }
  })

/** Twelve small cells, for the specs. */
export const smallCells: readonly Cell[] = [
  { lattice: 'chain', size: '8', j2: '0.3' },
  { lattice: 'chain', size: '8', j2: '0.5', patch: '2', attention: 't5' },
  { lattice: 'chain', size: '12', j2: '0', marshall: false, precision: 'float32' },
  { lattice: 'chain', size: '10', j2: '1', patch: '2', attention: 'decoupled' },
  { size: '4x2', j2: '0', attention: 'spatial' },
  { size: '4x2', j2: '0', patch: '2', attention: 'softmax(content + relative)' },
  { size: '6x2', j2: '0.5', patch: '2', precision: 'float32' },
  { size: '6x2', j2: '1', marshall: false },
  { lattice: 'triangular', size: '4x2', j2: '0', attention: 'tanh(content) * relative' },
  { lattice: 'honeycomb', size: '2x2', j2: '0.2', attention: 'relative + 0.1 * softmax(content)' },
  { lattice: 'kagome', size: '2x2', j2: '0', seed: '2' },
  { lattice: 'shastry-sutherland', size: '4x4', j2: '1', patch: '2' },
].map((flags) => ({ name: Object.values(flags).join(' '), flags: flags as unknown as Flags }))
