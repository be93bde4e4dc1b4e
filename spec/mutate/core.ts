import { change, type Suspects, specsIn } from './mutation.ts'

const core = specsIn('spec/core')

export const coreSuspects: readonly Suspects[] = [
  {
    file: 'core/programs/complex.ts',
    specs: core('complex'),
    mutations: [
      change('sign in a product', 'sub(mul(a.re, b.re)', 'add(mul(a.re, b.re)'),
      change('phase of log cosh', 'mul(tanh(a), sin(b)), cos(b)', 'mul(tanh(a), cos(b)), sin(b)'),
      change('half of the logarithm', 'mul(0.5, log(modulus2))', 'log(modulus2)'),
      change('log 2', 'sub(m, Math.LN2)', 'm'),
    ],
  },
  {
    file: 'core/programs/einsum.ts',
    specs: core('einsum'),
    mutations: [
      change('diagonal', 'k * n + k', 'k * n'),
      change(
        'labels needed later',
        'const later = new Set([...labelled.slice(i + 2)',
        'const later = new Set([...labelled.slice(i + 3)',
      ),
      change(
        'order of the result',
        'x : transpose(x, axes)',
        'x : transpose(x, [...axes].reverse())',
      ),
      change('what is summed early', 'new Set([...b.labels, ...out])', 'new Set([...out])'),
    ],
  },
  {
    file: 'core/primitives/contraction.ts',
    specs: core('primitives'),
    mutations: [
      change('last axis summed first', '...out.slice(0, -1), ...summed', '...out.slice(0, -1)'),
      change('sums start anywhere', 'total.data.fill(0, total', 'total.data.fill(1, total'),
      change(
        'samples of one side',
        'right: inRight ? [...right, sample] : right',
        'right: [...right, sample]',
      ),
      change('lonely labels', '.length < 2)', '.length < 1)'),
      change('stride of x', 'a[q! + i * dq!]!', 'a[q! + i]!'),
      change('stride of y', '* b[r! + i * dr!]!', '* b[r! + i]!'),
    ],
  },
  {
    file: 'core/primitives/structure.ts',
    specs: core('primitives'),
    mutations: [
      change('scatter overwrites', 'ops.addeq(block(', 'ops.assign(block('),
      change(
        'zeros on the wrong side',
        'sliceView(out, low, end)',
        'sliceView(out, low.map(() => 0), x.shape)',
      ),
      change(
        'maximum of negative numbers',
        "'maximum over the given axes', -Infinity",
        "'maximum over the given axes', 0",
      ),
      change('samples transposed', 'axes: [...axes, axes.length]', 'axes: [axes.length, ...axes]'),
      change('samples sliced', 'stop: [...stop, size]', 'stop: [...stop, 1]'),
      change('fractions as lengths', 'areLengths(shape) && sizeOf(x)', 'sizeOf(x)'),
      change('always the first position', 'block(x, axis, i, i + 1)', 'block(x, axis, 0, 1)'),
    ],
  },
  {
    file: 'core/primitives/elementwise.ts',
    specs: core('primitives'),
    mutations: [
      change('square for power', 'x ** p)', 'x * x)'),
      change('less or equal', "viaOps('lt')", "viaOps('leq')"),
      change('angle of (x, y)', "viaOps('atan2')", '(o, y, x) => ops.atan2(o, x!, y!)'),
      change('select turned round', '!== 0 ? p[', '=== 0 ? p['),
    ],
  },
  {
    file: 'core/values/strided.ts',
    specs: core('primitives', 'tensor'),
    mutations: [
      change(
        'axes merged wrongly',
        'merged[k]![last] === s[axis]! * size',
        'merged[k]![last]! >= s[axis]! * size',
      ),
      change('no way back', '-= d * flat', '-= (d - 1) * flat'),
    ],
  },
  {
    file: 'core/values/tensor.ts',
    specs: core('tensor', 'primitives', 'sharedOnce'),
    mutations: [
      change('zero without its sign', '!Object.is(a[i], b[i])', 'a[i] !== b[i]'),
      change(
        'strided taken for row-major',
        'd !== 1 && x.stride[i] !== s',
        'd !== 1 && x.stride[i]! < s',
      ),
      change('slice from the start', 'x.hi(...stop).lo(...start)', 'x.hi(...stop)'),
      change('precision kept', 'precisionOf(x) === precision ? x', 'x.size > 0 ? x'),
      change('NaN unequal', 'Object.is(v, q[i]!) ||', ''),
    ],
  },
  {
    file: 'core/values/special.ts',
    specs: core('special'),
    mutations: [
      change('too few terms', 'let n = 30', 'let n = 14'),
      change('too few steps', '220 / (a * a)', '60 / (a * a)'),
      change('constant of erf', '1.1283791670955126', '1.1283791670955146'),
      change('−0 lost', 'if (x === 0) return x', ''),
    ],
  },
  {
    file: 'core/programs/trace.ts',
    specs: core('program'),
    mutations: [
      change('dead symbols used', 'if (!recording.open) return', 'if (recording.order < 0) return'),
      change('dead symbols captured', '!x.recording.open) return', 'x.recording.order < 0) return'),
      change('outermost trace', '.order > found.order', '.order < found.order'),
      change('constants twice', 'known.set(x, variable)', ''),
      change('memory shared', 'dataOf(x).slice()', 'dataOf(x)'),
    ],
  },
  {
    file: 'core/primitives/program.ts',
    specs: core('program'),
    mutations: [change('nothing pruned', 'needed.has(eq.output.id) ? emit', 'true ? emit')],
  },
  {
    file: 'core/programs/batch.ts',
    specs: core('batch', 'primitives'),
    mutations: [
      change(
        'pullback of one sample',
        'pullback: batchProgram(params.pullback, size)',
        'pullback: params.pullback',
      ),
      change(
        'all marked as samples',
        'precision), batched: false }',
        'precision), batched: true }',
      ),
    ],
  },
  {
    file: 'core/programs/function.ts',
    specs: ['spec/autodiff/fitting.spec.ts', 'spec/autodiff/errors.spec.ts'],
    mutations: [change('shapes unchecked', '!sameShape(shape, wanted)', 'shape.length < 0')],
  },
  {
    file: 'core/programs/function.ts',
    specs: core('batch', 'program'),
    mutations: [
      change(
        'constants keep precision',
        'toPrecision(wrap(eq.params.data, eq.params.shape), precision)',
        'wrap(eq.params.data, eq.params.shape)',
      ),
    ],
  },
  {
    file: 'core/values/tree.ts',
    specs: core('tree'),
    mutations: [
      change(
        'keys paired by their order',
        'walk(child, found.get(key), at)',
        'walk(child, [...found.values()][mine.findIndex(([k]) => k === key)], at)',
      ),
      change(
        'longer right tree',
        'theirs.find(([key]) => !known.has(key))',
        'theirs.find(() => false)',
      ),
    ],
  },
  {
    file: 'core/programs/print.ts',
    specs: core('print'),
    mutations: [
      change('names repeat', 'Math.floor(v.id / 26)', 'Math.floor(v.id / 1e9)'),
      change('arrows lost', '...eq.inputs.map((v) => `', '...eq.inputs.slice(1).map((v) => `'),
    ],
  },
]
