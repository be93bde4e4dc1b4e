import {
  type Concrete,
  compile,
  dataOf,
  mul,
  sin,
  type Tensor,
  type ThreadPool,
} from '../../../core/index.ts'
import { symmetricProduct } from '../../../core/linalg/gram.ts'
import { matrix } from '../../../core/linalg/matrix.ts'
import { noise } from '../../arbitraries.ts'

// Work for the threads of a pool, in Node and in pages.

/** Work that can be done again and again; each time it gives its numbers. */
export const works: Readonly<Record<string, (pool: ThreadPool) => () => Float64Array>> = {
  'a job': ({ runner }) => {
    const f = (w: Tensor, x: Tensor): Tensor => sin(mul(w, x))
    const { run } = compile(f, ['shared', 'perSample'], { runner })(noise([40], 1), noise([40], 2))
    const xs = noise([4000, 40], 3)
    return () => dataOf(run(noise([40], 1), xs) as Concrete) as Float64Array
  },
  'a task': ({ team }) => {
    const [rows, cols] = [520, 300]
    return () => {
      const data = team.memory('given', rows * cols)
      data.set(dataOf(noise([rows, cols], 4)))
      return symmetricProduct(matrix(rows, cols, data), 'rows', { team }).data.slice()
    }
  },
}
/** A loaded machine may wake the worker late: work until it has taken its share, and failed. */
export const failureOf = (work: () => Float64Array): { error: unknown; seconds: number } => {
  const end = performance.now() + 120_000
  while (performance.now() < end) {
    const start = performance.now()
    try {
      work()
    } catch (error) {
      return { error, seconds: (performance.now() - start) / 1000 }
    }
  }
  throw new Error('the worker never failed')
}
