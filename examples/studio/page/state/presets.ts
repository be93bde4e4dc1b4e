import type { Typed } from '../../engine/index.ts'

// Settings that show one thing each. They fill the rail; nothing starts without a click on Train.

export interface Preset {
  readonly name: string
  readonly says: string
  readonly settings: Typed
}

export const presets: readonly Preset[] = [
  { name: 'The default', says: '4x4 sites at J2 = 0.5, Factored attention', settings: {} },
  {
    name: 'Paper: T5',
    says: 'The form with queries and keys that the paper compares with Factored attention',
    settings: { attention: 't5', patch: '2' },
  },
  {
    name: 'Paper: Decoupled',
    says: 'Content and positions, weighed apart',
    settings: { attention: 'decoupled', patch: '2' },
  },
  {
    name: 'Dimer state',
    says: 'The chain at J2 = 0.5, whose ground state is a product of pairs: E/N = −3/8',
    settings: { lattice: 'chain', size: '12', j2: '0.5', patch: '2' },
  },
  {
    name: 'No Marshall signs',
    says: 'The network has to learn the signs itself',
    settings: { j2: '0.2', marshall: 'false' },
  },
  {
    name: 'A form of your own',
    says: 'A formula: positions, and a tenth of what content says',
    settings: { attention: 'relative + 0.1 * softmax(content)', patch: '2' },
  },
]
