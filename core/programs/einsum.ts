import { either as E } from 'fp-ts'
import type { Checked } from '../primitives/index.ts'
import { axesOf, fail, raise, shapeError, showShape } from '../values/index.ts'
import { gather, reshape, sum, toTensor, transpose } from './ops.ts'
import { bind, requireTensors, shapeOf, type Tensor, type TensorLike } from './trace.ts'

interface Spec {
  readonly operands: readonly (readonly string[])[]
  readonly out: readonly string[]
}

/**
 * `'h i j, h j d -> h i d'`: labels are words, one per axis. Without blanks every letter is a
 * label (`'hij,hjd->hid'`).
 */
export const parseEinsum = (spec: string): Checked<Spec> => {
  const [left, right, ...more] = String(spec).split('->')
  const where = `einsum '${spec}'`
  if (left === undefined || right === undefined || more.length > 0)
    return shapeError(where, "needs exactly one '->'.", [], "write it as 'i j, j k -> i k'.")
  const compact = !/\S\s+\S/.test(spec.replaceAll(/\s*(,|->)\s*/g, '$1'))
  const labels = (text: string): string[] => text.match(compact ? /\S/gu : /\S+/g) ?? []
  const operands = left.split(',').map(labels)
  const out = labels(right)
  const bad = [...operands.flat(), ...out].find((l) => !/^[A-Za-z_]\w*$/.test(l))
  if (bad !== undefined) return shapeError(where, `'${bad}' is not a label.`)
  const missing = out.find((l) => !operands.flat().includes(l))
  if (missing !== undefined) return shapeError(where, `output label '${missing}' is on no operand.`)
  const twice = out.find((l, i) => out.indexOf(l) !== i)
  if (twice !== undefined) return shapeError(where, `output label '${twice}' is there twice.`)
  return E.right({ operands, out })
}

interface Labelled {
  readonly x: Tensor
  readonly labels: readonly string[]
}

const diagonal = ({ x, labels }: Labelled): Labelled => {
  const twice = labels.find((l, i) => labels.indexOf(l) !== i)
  if (twice === undefined) return { x, labels }
  const [i, j] = [labels.indexOf(twice), labels.lastIndexOf(twice)]
  const rest = axesOf(labels.length).filter((a) => a !== i && a !== j)
  const shape = shapeOf(x)
  const n = shape[i]!
  if (shape[j] !== n)
    return fail(
      'ShapeError',
      'einsum',
      `axis '${twice}' has lengths ${n} and ${shape[j]} in ${showShape(shape)}.`,
    )
  const flat = reshape(transpose(x, [i, j, ...rest]), [n * n, ...rest.map((a) => shape[a]!)])
  const places = axesOf(n).map((k) => k * n + k)
  return diagonal({ x: gather(flat, places), labels: [twice, ...rest.map((a) => labels[a]!)] })
}

/** Sums over the labels that nothing else needs. */
const reduce = ({ x, labels }: Labelled, needed: ReadonlySet<string>): Labelled => {
  const axes = axesOf(labels.length).filter((a) => !needed.has(labels[a]!))
  if (axes.length === 0) return { x, labels }
  return { x: sum(x, axes), labels: labels.filter((l) => needed.has(l)) }
}

const arrange = ({ x, labels }: Labelled, out: readonly string[]): Tensor => {
  const axes = out.map((l) => labels.indexOf(l))
  return axes.every((a, i) => a === i) ? x : transpose(x, axes)
}

const pair = (a: Labelled, b: Labelled, out: readonly string[]): Labelled => {
  const left = reduce(a, new Set([...b.labels, ...out]))
  const right = reduce(b, new Set([...a.labels, ...out]))
  const params = { left: left.labels, right: right.labels, out }
  return { x: bind('contract', params, [left.x, right.x]), labels: out }
}

/**
 * Einstein summation with named axes: multiplies the operands and sums over every label that is
 * not in the output. Several operands are contracted from left to right.
 *
 * Shapes  one label per axis; equal labels have equal lengths; a label twice on one operand takes
 *         its diagonal.
 * Errors  ShapeError naming the spec, the label and the operands' shapes.
 * @example einsum('i j, j -> i', tensor([[1, 2], [3, 4]]), tensor([1, 1])) // → [3, 7]
 */
export const einsum = (spec: string, ...xs: readonly TensorLike[]): Tensor => {
  const parsed = parseEinsum(spec)
  if (E.isLeft(parsed)) return raise(parsed.left)
  const { operands, out } = parsed.right
  requireTensors(`einsum '${spec}'`, xs)
  const wrong = operands.findIndex((l, i) => l.length !== shapeOf(xs[i] ?? 0).length)
  if (operands.length !== xs.length || wrong >= 0)
    return fail(
      'ShapeError',
      `einsum '${spec}'`,
      operands.length === xs.length
        ? `operand ${wrong + 1} has ${shapeOf(xs[wrong]!).length} axes, its labels are '${operands[wrong]!.join(' ')}'.`
        : `names ${operands.length} operands, got ${xs.length}.`,
      {
        operands: xs.map((x, i) => `operand ${i + 1} ${showShape(shapeOf(x))}`),
        ...(/^\w\w+$/.test(spec.split(/,|->/)[wrong]?.trim() ?? '')
          ? { fix: 'separate labels by blanks; without any, every letter is a label.' }
          : {}),
      },
    )
  const labelled = xs.map((x, i) => diagonal({ x: toTensor(x), labels: operands[i]! }))
  const result = labelled.slice(1).reduce((acc, next, i) => {
    const later = new Set([...labelled.slice(i + 2).flatMap((l) => l.labels), ...out])
    const all = [...new Set([...acc.labels, ...next.labels])]
    const isLast = i + 2 === labelled.length
    return pair(acc, next, isLast ? out : all.filter((l) => later.has(l)))
  }, labelled[0]!)
  return arrange(reduce(result, new Set(out)), out)
}

/** Returns a · b, summed over the last axis of a and the first of b. */
export const dot = (a: TensorLike, b: TensorLike): Tensor => {
  requireTensors('dot', [a, b])
  const [m, n] = [shapeOf(a).length, shapeOf(b).length]
  if (m === 0 || n === 0)
    return fail('ShapeError', 'dot', 'both operands need an axis to sum over.', {
      operands: [`a ${showShape(shapeOf(a))}`, `b ${showShape(shapeOf(b))}`],
      fix: 'multiply scalars with mul.',
    })
  const rows = axesOf(m - 1).map((i) => `i${i}`)
  const columns = axesOf(n - 1).map((j) => `j${j}`)
  const params = { left: [...rows, 'k'], right: ['k', ...columns], out: [...rows, ...columns] }
  return bind('contract', params, [a, b])
}
