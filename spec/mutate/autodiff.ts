import { change, type Suspects } from './mutation.ts'

const autodiff = (...names: string[]): string[] => names.map((n) => `spec/autodiff/${n}.spec.ts`)

export const autodiffSuspects: readonly Suspects[] = [
  {
    file: 'autodiff/vjp.ts',
    specs: autodiff('laws', 'errors'),
    mutations: [
      change('last use wins', '(bar ?? old) : add(old, bar)', '(bar ?? old) : bar'),
      change('forward order', '[...program.equations].reverse()', '[...program.equations]'),
    ],
  },
  {
    file: 'autodiff/jvp.ts',
    specs: autodiff('laws', 'errors'),
    mutations: [change('last operand wins', ': add(total, share)', ': share')],
  },
  {
    file: 'autodiff/grad.ts',
    specs: autodiff('laws', 'errors', 'arguments'),
    mutations: [
      change(
        'gradient doubled',
        'pullback(add(zerosLike(y), 1))',
        'pullback(add(zerosLike(y), 2))',
      ),
      change(
        'jacobian transposed',
        'reshape(transpose(reshape(columns, [n, m])), shape)',
        'reshape(columns, shape)',
      ),
      change('vectors accepted', 'sizeOf(shape) !== 1 || shape.length > 0', 'sizeOf(shape) !== 1'),
      change('precision of directions', 'isConcrete(x) && x.data instanceof Float32Array', 'false'),
    ],
  },
  {
    file: 'autodiff/vmap.ts',
    specs: autodiff('laws', 'errors', 'fitting'),
    mutations: [
      change('samples left last', 'return moveAxis(full, full.shape.length - 1, 0)', 'return full'),
      change(
        'always the first axis',
        'moveAxis(x, axis, x.shape.length - 1)',
        'moveAxis(x, 0, x.shape.length - 1)',
      ),
      change('lengths unchecked', 'mapped.length !== 1 ||', ''),
      change('inAxes unchecked', 'inAxes.length !== trees.length || !known', 'false'),
    ],
  },
  {
    file: 'autodiff/customVjp.ts',
    specs: autodiff('customVjp'),
    mutations: [
      change('shapes unchecked', 'if (wrong >= 0 || bars.length !== n)', 'if (wrong > 1e9)'),
      change('closures accepted', 'x instanceof Traced)', 'x === undefined)'),
    ],
  },
  {
    file: 'autodiff/differences.ts',
    specs: autodiff('check'),
    mutations: [
      change('no extrapolation', '(weight * finer - coarser) / (weight - 1)', 'finer'),
      change('one-sided', '(f(h) - f(-h)) / (2 * h)', '(f(h) - f(0)) / h'),
    ],
  },
  {
    file: 'autodiff/check.ts',
    specs: autodiff('check', 'laws'),
    mutations: [
      change(
        'anything passes',
        'if (first === undefined) return',
        'if (first === undefined || maxError >= 0) return',
      ),
      change('absolute tolerance', '/ (scale + Math.abs(m.other))', '/ (1 + 0 * scale)'),
      change(
        'NaN passes',
        'if (!(error <= tolerance + slack / scale))',
        'if (error > tolerance + slack / scale)',
      ),
      change('first order only', 'options.order !== 2 || E.isLeft(first)', 'first !== undefined'),
      change('nobody blamed', 'blame(f, unflatten(point))', 'undefined'),
    ],
  },
]
