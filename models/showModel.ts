import { type Showable, shown as shownBelow } from '../autodiff/index.ts'
import {
  fail,
  isTensor,
  keyFrom,
  leavesWithPaths,
  outline,
  type Shown,
  showPath,
  type TensorTree,
  type Tree,
} from '../core/index.ts'
import { counted, describe } from '../core/values/index.ts'
import {
  type Expression,
  type FormOf,
  type FormSizes,
  shownExpression,
  shownForm,
} from './attention/index.ts'
import {
  type AnyLayer,
  initialise,
  type PatchGrid,
  shownParameters,
  showPatches,
} from './layers/index.ts'
import type { Images, VitSizes } from './waves/index.ts'

// `show` of this room: wave functions, forms and parameters, beside what `show` of core knows.

/** Parameters to the first branches: those of a layer have branches within branches. */
const summary = (params: Shown): Shown =>
  typeof params === 'string'
    ? params
    : { ...params, parts: params.parts.map((x) => (typeof x === 'string' ? x : x.line)) }

const shownVit = (form: FormOf<unknown>, sizes: VitSizes): readonly Shown[] => {
  const { patches, layers, dim, heads, hidden = 4 * dim } = sizes
  return [
    `${counted(layers, 'layer')} of dim ${dim} and hidden width ${hidden}`,
    shownForm(form, { grid: patches, heads, dim }),
  ]
}

/** Properties that only some wave functions have. */
interface MadeOf {
  readonly form?: FormOf<unknown>
  readonly sizes?: VitSizes
  readonly images?: Images<unknown>
}

const madeOf = (x: AnyLayer & MadeOf): readonly Shown[] =>
  x.images !== undefined
    ? [`sum over ${counted(x.images.count, 'image')}`, ...madeOf(x.images.wave)]
    : x.form !== undefined && x.sizes !== undefined
      ? shownVit(x.form, x.sizes)
      : []

const shownLayer = (x: AnyLayer): Shown => {
  const params = shownParameters(initialise(x, keyFrom(0)) as TensorTree)
  return { line: x.name, parts: [...madeOf(x), summary(params)] }
}

const shownTree = (x: Tree<unknown>): Shown => {
  const alien = leavesWithPaths(x).find(({ leaf }) => !isTensor(leaf))
  return alien === undefined
    ? shownParameters(x as TensorTree)
    : fail('TypeError', 'show', `${describe(alien.leaf)} cannot be shown.`, {
        operands: [`at ${showPath(alien.path)} of what was given`],
      })
}

/** Returns the line and the parts that `show` prints of a value of core, autodiff or models. */
export const shown = (x: object): Shown => {
  const { equations, init, apply, kind, tokens } = Object(x)
  if (isTensor(x) || Array.isArray(equations)) return shownBelow(x as Showable)
  if (typeof init === 'function' && typeof apply === 'function') return shownLayer(x as AnyLayer)
  if (typeof kind === 'string') return shownExpression(x as Expression)
  if (typeof tokens === 'number') return showPatches(x as PatchGrid)
  return shownTree(x as Tree<unknown>)
}

/** The type of `show`: of a value, or of a form at some sizes. */
export interface Show {
  (x: object): string
  <P>(form: FormOf<P>, sizes: FormSizes): string
}

/** Makes the `show` of a room from its `shown`. */
export const showWith =
  (shownInRoom: (x: object) => Shown): Show =>
  (x: object, sizes?: FormSizes): string =>
    // In xs.map(show) an index comes second.
    outline(
      typeof x === 'function' && typeof sizes === 'object'
        ? shownForm(x as FormOf<unknown>, sizes)
        : shownInRoom(x),
    )

/**
 * The text of a wave function or another layer, an attention form, a grid of patches, a tree of
 * parameters, and of what `show` of psigrad/autodiff knows: a line that sums it up, and its parts
 * as a tree. An expression shows its formula and its operands; a form with sizes shows its
 * parameters, its cost and what its weights depend on.
 *
 * Errors  TypeError for what is none of these.
 * @example show(softmaxed(plus(content(), relative()))) // →
 * // softmax(content + relative)
 * // └── content + relative
 * //     ├── content
 * //     └── relative
 */
export const show = showWith(shown)
