import { change, type Suspects } from './mutation.ts'

const autodiff = (...names: string[]): string[] => names.map((n) => `spec/autodiff/${n}.spec.ts`)

export const autodiffSuspects: readonly Suspects[] = [
  {
    file: 'autodiff/derivatives/vjp.ts',
    specs: autodiff('laws', 'errors'),
    mutations: [
      change('last use wins', '(a ?? b) : add(a, b)', '(a ?? b) : b'),
      change('forward order', 'program.equations.toReversed()', 'program.equations'),
    ],
  },
  {
    file: 'autodiff/derivatives/jvp.ts',
    specs: autodiff('laws', 'errors'),
    mutations: [change('last operand wins', 'return plus(dy, push(', 'return plus(null, push(')],
  },
  {
    file: 'autodiff/derivatives/grad.ts',
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
      change('precision of directions', 'precisionAmong([x])', "'float64'"),
    ],
  },
  {
    file: 'autodiff/derivatives/vmap.ts',
    specs: autodiff('laws', 'errors', 'fitting'),
    mutations: [
      change('samples left last', 'moveAxis(y, y.shape.length - 1, 0)', 'y'),
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
    file: 'autodiff/derivatives/customVjp.ts',
    specs: autodiff('customVjp'),
    mutations: [
      change('shapes unchecked', 'if (wrong >= 0 || bars.length !== n)', 'if (wrong > 1e9)'),
      change('closures accepted', 'x instanceof Traced)', 'x === undefined)'),
    ],
  },
  {
    file: 'autodiff/verify/differences.ts',
    specs: autodiff('verify/check', 'verify/verdict'),
    mutations: [
      change(
        'no extrapolation',
        'const value = finer + (finer - coarser) / (weight - 1)',
        'const value = finer',
      ),
      change(
        'one-sided',
        'const pairs = steps.map((h) => [f(h), f(-h)]',
        'const pairs = steps.map((h) => [f(h), f(0)]',
      ),
    ],
  },
  {
    file: 'autodiff/verify/agreement.ts',
    specs: autodiff('verify/check', 'verify/verdict'),
    mutations: [
      change('anything passes', 'apart > tolerance * size && apart > CLEAR * doubt', 'apart < 0'),
      change('absolute tolerance', 'apart > tolerance * size', 'apart > tolerance'),
      change(
        'NaN passes',
        "if (!Number.isFinite(claimed)) return { agrees: 'not finite'",
        "if (!Number.isFinite(claimed)) return { agrees: 'agree'",
      ),
      change(
        'doubt agrees',
        "error <= tolerance && certain ? 'agree'",
        "error <= tolerance ? 'agree'",
      ),
    ],
  },
  {
    file: 'autodiff/verify/check.ts',
    specs: autodiff('verify/check', 'verify/verdict', 'laws'),
    mutations: [
      change('first order only', "order !== 2 || first.verdict !== 'right'", 'order > 0'),
      change('nobody blamed', "if (blamed.length > 0) return 'wrong'", ''),
      change('unused passes', "unused.length > 0 ? 'no dependence' : 'right'", "'right'"),
    ],
  },
  {
    file: 'autodiff/verify/branches.ts',
    specs: autodiff('verify/verdict'),
    mutations: [
      change('kinks unseen', "if (sides[i] !== 0) return 'kink'", ''),
      change('ties unseen', "      found = 'tie'", "      found = 'none'"),
    ],
  },
]
