import fc from 'fast-check'
import {
  type BackendName,
  bind,
  type CompileOptions,
  type Concrete,
  compile,
  type Data,
  dataOf,
  explain,
  keyFrom,
  type Precision,
  type PrimitiveName,
  primitives,
  type Runner,
  serialRunner,
  singleThread,
  type Team,
  type Tensor,
  tensor,
  threadPool,
  uniforms,
  zeros,
} from '../../core/index.ts'
import { cholesky } from '../../core/linalg/cholesky.ts'
import { symmetricProduct } from '../../core/linalg/gram.ts'
import { matrix } from '../../core/linalg/matrix.ts'
import { factored, initialise, patchGrid, vit } from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { cases } from '../cases.ts'

// What compute.spec.ts computes in a page and in Node: the same functions of the same arguments.

/** The threads that compute: a pool, or this thread alone where their number is 0. */
interface Who {
  readonly runner: Runner
  readonly team: Team
}

const asked = async <Result>(
  threads: number,
  work: (who: Who) => Result,
): Promise<{ readonly result: Result; readonly threads: number }> => {
  if (threads === 0)
    return { result: work({ runner: serialRunner, team: singleThread }), threads: 1 }
  const pool = threadPool(threads)
  try {
    await pool.ready()
    return { result: work(pool), threads: pool.threads() }
  } finally {
    pool.close()
  }
}

/** Samples that fill several tiles and a part of one. */
const samplesFor = (tile: number): number => 2 * tile + 5

/** Copies of one operand, each a little closer to zero: all in the primitive's domain. */
const shrunk = (x: Concrete, count: number): Concrete => {
  const data = dataOf(x)
  const rows = new Float64Array(count * data.length)
  for (let s = 0; s < count; s += 1)
    for (let i = 0; i < data.length; i += 1) rows[s * data.length + i] = data[i]! * (1 - s / 4096)
  return tensor(rows, [count, ...x.shape])
}

export type Numbers = Readonly<Record<string, Data>>

/** Random applications of every primitive to many samples. */
export const everyPrimitive = (backend: BackendName, precision: Precision, threads: number) =>
  asked(threads, ({ runner }): Numbers => {
    const found: [string, Data][] = []
    for (const name of Object.keys(primitives) as PrimitiveName[]) {
      // All applications in one program: a page holds no more than a hundred or so.
      const some = fc.sample(cases[name], { numRuns: 2, seed: 5 })
      const operands = some.map((c) => [...c.operands])
      const f = (all: Tensor[][]): Tensor[] =>
        some.map(({ params }, k) => bind(name, params as never, all[k]!))
      const { run, spec } = compile(f, ['perSample'], { backend, precision, runner })(operands)
      const count = samplesFor(spec.tile)
      const out = run(operands.map((xs) => xs.map((x) => shrunk(x, count))))
      out.forEach((x, k) => {
        found.push([`${name} ${k}`, dataOf(x as Concrete)])
      })
    }
    return Object.fromEntries(found)
  })

const SITES = 16
const patches = patchGrid([4, 4], 2)
const wave = () => vit(factored, { patches, layers: 1, dim: 8, heads: 2 })
const ready = (options: CompileOptions) => {
  const model = wave()
  const params = initialise(model, keyFrom(1))
  return { params, evaluators: physics.evaluatorsOf(model, params, SITES, options) }
}

/** log psi of a Vision Transformer and its derivatives, one row for each configuration. */
export const transformer = (
  backend: BackendName,
  precision: Precision,
  samples: number,
  threads: number,
) =>
  asked(threads, ({ runner }): Numbers => {
    const { params, evaluators } = ready({ backend, precision, runner })
    const sector = physics.szSector(SITES)
    const configurations = physics.randomChains(sector, samples, keyFrom(2))
    const { re, im } = evaluators.logPsi(params)(configurations)
    const o = evaluators.logDerivatives(params, configurations)
    const plain = (x: ArrayLike<number>): Float64Array => Float64Array.from(x)
    return { re: plain(re), im: plain(im), derivatives: plain(o.rows) }
  })

/** Dense products and factors, the work of stochastic reconfiguration. */
export const linearAlgebra = (threads: number) =>
  asked(threads, ({ team }): Numbers => {
    const [rows, cols] = [300, 90]
    const data = team.memory('given', rows * cols)
    data.set(uniforms(keyFrom(3), rows * cols).map((u) => u - 0.5))
    const product = symmetricProduct(matrix(rows, cols, data), 'rows', { team })
    const factor = cholesky(product, { shift: 1, team })
    return { product: product.data.slice(), factor: factor.data.slice() }
  })

/** Three whole steps of variational Monte Carlo. */
export const training = (threads: number) =>
  asked(threads, ({ runner, team }): Numbers => {
    const lattice = physics.square(4, 4, 'periodic')
    const hamiltonian = physics.j1j2(lattice, { j1: 1, j2: 0.5 })
    const { params, evaluators } = ready({ runner })
    const vmc: physics.Vmc<typeof params> = {
      hamiltonian: physics.compileOperator(hamiltonian, SITES),
      sector: physics.szSector(SITES),
      symmetries: physics.patchTranslations(lattice, 2),
      evaluators,
      average: {
        kind: 'sampled',
        chains: 16,
        burnIn: 16,
        plan: {
          sites: SITES,
          move: physics.bondExchange(physics.bonds(lattice, 1)),
          length: 6,
          proposals: SITES,
        },
      },
      optimizer: physics.stochasticReconfiguration({ diagShift: 0.01, team }),
      team,
      learningRate: 0.03,
    }
    const step = physics.vmcStep(vmc)
    let state = physics.initialState(vmc, params, 1)
    const energies = [1, 2, 3].map(() => {
      const next = step(state)
      state = next.state
      return next.estimate.energy
    })
    const trained = dataOf(physics.ravel(state.params) as Concrete)
    return { energies: Float64Array.from(energies), trained }
  })

/** Returns the compiler's description of the compiled Transformer. */
export const explained = (precision: Precision): string => {
  const model = wave()
  const params = initialise(model, keyFrom(1))
  const marks = ['shared', 'perSample'] as const
  return explain(compile(model.apply, marks, { precision })(params, zeros([SITES])).spec)
}
