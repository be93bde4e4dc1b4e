import { change, type Suspects } from './mutation.ts'

const physics = (...names: string[]): string[] => names.map((n) => `spec/physics/${n}.spec.ts`)

export const physicsSuspects: readonly Suspects[] = [
  {
    file: 'physics/localEnergy.ts',
    specs: physics('localEnergy', 'stochasticReconfiguration'),
    mutations: [
      change('sign of the quotient', 're[s]! += rows.re[k]! * c', 're[s]! -= rows.re[k]! * c'),
      change('columns of H', 'other.im[k]! - own.im[s]!', 'own.im[s]! - other.im[k]!'),
      change('conjugate of H', '- rows.im[k]! * d', '+ rows.im[k]! * d'),
      change('imaginary part of H', '+ rows.im[k]! * c', '- rows.im[k]! * c'),
      change('inverted quotient', 'other.re[k]! - own.re[s]!', 'own.re[s]! - other.re[k]!'),
      change(
        'diagonal lost',
        'const re = rows.diagonalRe.slice(0, rows.samples)',
        'const re = new Float64Array(rows.samples)',
      ),
      change('|ψ| for |ψ|²', 'Math.exp(2 * (a - top))', 'Math.exp(a - top)'),
    ],
  },
  {
    file: 'physics/sr.ts',
    specs: physics('stochasticReconfiguration'),
    mutations: [
      change('factor 2 of the force', '2 * root * (e[s]!', 'root * (e[s]!'),
      change('sign of the force', '2 * root * (e[s]!', '-2 * root * (e[s]!'),
      change(
        'derivatives not centred',
        '(rows[s * params + k]! - mean[k]!)',
        'rows[s * params + k]!',
      ),
      change('weight for its root', 'const root = Math.sqrt(w[s]!)', 'const root = w[s]!'),
      change('imaginary rows forgotten', '[o.im, energy.im],', '[o.im, energy.re],'),
      change(
        'no shift in parameter space',
        'quantumGeometricTensor(c), { shift: diagShift }',
        'quantumGeometricTensor(c), { shift: 1e-9 }',
      ),
      change(
        'no shift in sample space',
        'neuralTangentKernel(c), { shift: diagShift }',
        'neuralTangentKernel(c), { shift: 1e-9 }',
      ),
    ],
  },
  {
    file: 'physics/vmc.ts',
    specs: physics('stochasticReconfiguration'),
    mutations: [change('uphill', 'x - learningRate * delta', 'x + learningRate * delta')],
  },
]
