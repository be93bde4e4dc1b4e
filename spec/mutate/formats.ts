import { change, type Suspects } from './mutation.ts'

// What stands in files: bytes, units, seconds, and per site or not.

export const formatsSuspects: readonly Suspects[] = [
  {
    file: 'examples/run/safetensors.ts',
    specs: ['spec/examples/formats.spec.ts'],
    mutations: [
      change(
        'narrow numbers first',
        'b.values.BYTES_PER_ELEMENT - a.values',
        'a.values.BYTES_PER_ELEMENT - b.values',
      ),
      change(
        'a view is its whole buffer',
        'values.buffer, values.byteOffset,',
        'values.buffer, 0,',
      ),
    ],
  },
  {
    file: 'examples/run/safetensors.ts',
    specs: ['spec/examples/files.spec.ts'],
    mutations: [
      change('big-endian header', 'BigInt(padded), true', 'BigInt(padded), false'),
      change('header padded by zeros', '.fill(32, 0,', '.fill(0, 0,'),
    ],
  },
  {
    file: 'examples/run/checkpoint.ts',
    specs: ['spec/examples/formats.spec.ts'],
    mutations: [change('whole seconds', 'String(seconds)', 'String(Math.round(seconds))')],
  },
  {
    file: 'examples/run/checkpoint.ts',
    specs: ['spec/examples/files.spec.ts'],
    mutations: [
      change('float64 as float32', 'values: dataOf(x) }', 'values: dataOf(x).map(Math.fround) }'),
    ],
  },
  {
    file: 'examples/run/stepLog.ts',
    specs: ['spec/examples/files.spec.ts'],
    mutations: [
      change(
        'R-hat for the autocorrelation time',
        'TauCorr: records.map((r) => toNetKet(r.autocorrelationTime))',
        'TauCorr: records.map((r) => toNetKet(r.rHat))',
      ),
    ],
  },
  {
    file: 'examples/run/stepLog.ts',
    specs: ['spec/examples/stepLog.spec.ts'],
    mutations: [
      change('times that count twice', '(tau - 1) / 2', 'tau - 1'),
      change('old times as NetKet’s', 'errors.reliable === undefined', 'false'),
    ],
  },
  {
    file: 'examples/run/result.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [
      change('error of the whole lattice', 'final.energyError / sites', 'final.energyError'),
      change('variance of the whole lattice', 'final.variance / sites', 'final.variance'),
      change(
        'relative error with a sign',
        'Math.abs((energy - exact) / exact)',
        '(energy - exact) / exact',
      ),
    ],
  },
  {
    file: 'examples/compare/comparePictures.ts',
    specs: ['spec/examples/results.spec.ts'],
    mutations: [
      change('curves of the whole lattice', '/ within.length / sites', '/ within.length'),
      change('windows end where they begin', 'within.at(-1)!.step', 'within[0]!.step'),
    ],
  },
]
