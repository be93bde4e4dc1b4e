import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  flatten,
  leavesOf,
  leavesWithPaths,
  mapTree,
  showPath,
  type Tree,
  tensor,
  zipTrees,
} from '../../../core/index.ts'
import { problemOf } from '../../expectations.ts'

const key = fc.constantFrom('a', 'b', 'weight', 'bias', 'trace', 'shape', '0', 'constructor')
const { tree } = fc.letrec<{ tree: Tree<number> }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.integer(),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ) as fc.Arbitrary<Tree<number>>,
}))

/** Follows a path by hand. */
const lookUp = (t: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce((node, step) => (node as Record<string | number, unknown>)[step], t)

describe('trees', () => {
  it('flatten and unflatten undo each other', () => {
    fc.assert(
      fc.property(tree, (t) => {
        const { leaves, unflatten } = flatten<number>(t)
        expect(unflatten(leaves)).toEqual(t)
        expect(leavesOf(unflatten(leaves.map((_, i) => i)))).toEqual(leaves.map((_, i) => i))
      }),
    )
  })

  it('list every leaf under the path that leads to it', () => {
    fc.assert(
      fc.property(tree, (t) => {
        for (const { leaf, path } of leavesWithPaths<number>(t)) {
          expect(typeof leaf).toBe('number')
          expect(lookUp(t, path)).toBe(leaf)
        }
      }),
    )
  })

  it('map as functors do: identity and composition', () => {
    fc.assert(
      fc.property(tree, (t) => {
        expect(mapTree<number, number>(t, (x) => x)).toEqual(t)
        const twice = mapTree<number, number>(
          mapTree<number, number>(t, (x) => x + 1),
          (x) => 3 * x,
        )
        expect(mapTree<number, number>(t, (x) => 3 * (x + 1))).toEqual(twice)
      }),
    )
  })

  it('take tensors as leaves, not as records', () => {
    const x = tensor([1, 2])
    expect(leavesOf({ w: x, list: [x, 3] })).toEqual([x, x, 3])
    expect(leavesOf(x)).toEqual([x])
  })

  it('have no leaves when empty', () => {
    expect(leavesOf({})).toEqual([])
    expect(flatten({ a: [], b: {} }).unflatten([])).toEqual({ a: [], b: {} })
  })

  it('refuse another number of leaves', () => {
    problemOf(() => flatten({ a: 1, b: 2 }).unflatten([1]), 'TypeError', '1 leaves', 'tree of 2')
  })
})

/** The same records, written in the opposite order. */
const reversedKeys = (t: Tree<number>): Tree<number> => {
  if (typeof t === 'number') return t
  if (Array.isArray(t)) return t.map(reversedKeys)
  const entries = Object.entries(t).map(([key, child]) => [key, reversedKeys(child)] as const)
  return Object.fromEntries(entries.reverse())
}

describe('zipTrees', () => {
  it('combines a tree with one of its own structure', () => {
    fc.assert(
      fc.property(tree, (t) => {
        const other = mapTree<number, number>(t, (x) => 2 * x)
        expect(zipTrees<number, number, number>(t, other, (a, b) => b - a)).toEqual(t)
      }),
    )
  })

  it('names the first path that only one tree has, in the words of its caller', () => {
    const add = (a: number, b: number): number => a + b
    const zip = (a: Tree<number>, b: Tree<number>) => () =>
      zipTrees<number, number, number>(a, b, add, 'apply')
    problemOf(zip({ w: 1, b: 2 }, { w: 1 }), 'TypeError in apply: b is missing.')
    problemOf(zip({ w: 1 }, { w: 1, b: 2 }), 'b has no counterpart.', 'needs: w', 'got: w, b')
    problemOf(zip({ w: [1, 2] }, { w: [1] }), 'w[1] is missing.')
    problemOf(zip({ w: { x: 1 } }, { w: 1 }), 'w is a leaf, not a tree.')
    problemOf(zip({ w: 1 }, { w: {} }), 'w is a tree, not a leaf.')
    problemOf(zip({ w: [1] }, { w: { 0: 1 } }), 'w[0] is missing.')
    problemOf(zip({ 'a.b': 1 }, { a: { b: 1 } }), 'is missing.')
  })

  it('names few of many leaves', () => {
    // A tensor of another library is such a record when it is taken for a tree.
    const foreign = { data: Array.from({ length: 5000 }, () => 0), shape: [5000] }
    const zip = () =>
      zipTrees<number, number, number>({ w: 1 }, { w: foreign } as Tree<number>, (x) => x, 'apply')
    const { message } = problemOf(zip, 'w is a tree', 'w.data[0], ', '4,990 more, w.shape[0]')
    expect(message.length).toBeLessThan(300)
  })

  it('pairs by keys, whatever their order', () => {
    fc.assert(
      fc.property(tree, (t) => {
        const other = reversedKeys(t)
        expect(zipTrees<number, number, number>(t, other, (a, b) => b - a + 1)).toEqual(
          mapTree<number, number>(t, () => 1),
        )
      }),
    )
    const got = zipTrees<number, number, number>({ a: 1, b: 2 }, { b: 20, a: 10 }, (x, y) => x + y)
    expect(got).toEqual({ a: 11, b: 22 })
  })
})

describe('showPath', () => {
  it('reads like an access', () => {
    expect(showPath(['encoder', 1, 'value'])).toBe('encoder[1].value')
    expect(showPath([0, 'w'])).toBe('[0].w')
    expect(showPath([])).toBe('(root)')
  })
})
