import { change, type Suspects } from './mutation.ts'

// Which number stands where in a picture.

export const picturesSuspects: readonly Suspects[] = [
  {
    file: 'examples/pictures/attentionPictures.ts',
    specs: ['spec/examples/pictures.spec.ts'],
    mutations: [
      change(
        'grid transposed',
        '({ x: j % columns, y: Math.floor(j / columns) })',
        '({ x: Math.floor(j / columns), y: j % columns })',
      ),
      change(
        'patch j listens to patch i',
        'layerName(map), x, y, weight',
        'layerName(map), x: y, y: x, weight',
      ),
    ],
  },
  {
    file: 'examples/pictures/observablePictures.ts',
    specs: ['spec/examples/pictures.spec.ts'],
    mutations: [
      change('correlations transposed', 'x: at(r, 0), y: at(r, 1)', 'x: at(r, 1), y: at(r, 0)'),
      change(
        'wave vectors transposed',
        'x: inPi(k[0]!), y: inPi(k[1] ?? 0)',
        'x: inPi(k[1] ?? 0), y: inPi(k[0]!)',
      ),
      change('y downwards', ', reverse: true', ''),
    ],
  },
  {
    file: 'examples/pictures/curves.ts',
    specs: ['spec/examples/pictures.spec.ts'],
    mutations: [
      change(
        'a band of two errors below',
        '(energy - error) / sites',
        '(energy - 2 * error) / sites',
      ),
      change('exact line of the whole lattice', 'Plot.ruleY([exact / sites]', 'Plot.ruleY([exact]'),
      change('the last step left out', ' || i === records.length - 1', ''),
    ],
  },
  {
    file: 'examples/session/attentionMaps.ts',
    specs: ['spec/examples/session/attentionMaps.spec.ts'],
    mutations: [
      change('variance for deviation', 'rowsOf(varying.map(Math.sqrt), n)', 'rowsOf(varying, n)'),
      change(
        'layers and heads exchanged',
        'layer: Math.floor(k / heads),\n        head: k % heads',
        'layer: k % layers,\n        head: Math.floor(k / layers)',
      ),
      change('columns for rows', 'x.slice(i * n, (i + 1) * n)', 'x.filter((_, k) => k % n === i)'),
      change(
        'all of the mean squares',
        'driven + varianceOf(own)',
        'driven + mean(own.map((x) => x * x))',
      ),
      change('every configuration counts alike', "'weights' in samples ?", "'weight' in samples ?"),
    ],
  },
]
