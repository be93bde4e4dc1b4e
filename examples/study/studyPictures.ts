import * as Plot from '@observablehq/plot'
import { energyCurves, inputPicture } from '../compare/index.ts'
import { attentionOnGrid, draw, logScale } from '../pictures/index.ts'
import type { CellData, StudyData } from './data.ts'

// This file draws the pictures of the study, each a file beside its page.

export interface StudyPicture {
  readonly file: string
  readonly block: string
  readonly alt: string
  readonly svg: string
}

/** Draws the error of every run, grouped by form, with heads and layers separated. */
const errors = (cells: readonly CellData[]): string | undefined => {
  const points = cells.flatMap(({ form, config, relativeError }) =>
    relativeError === null
      ? []
      : [{ form, size: `heads ${config.heads}, layers ${config.layers}`, relativeError }],
  )
  if (points.length === 0) return undefined
  const sizes = new Set(points.map((p) => p.size)).size
  // The colours are those of the curves.
  const domain = [...new Set(points.map((p) => p.form))]
  return draw('Relative error of every run', {
    width: 800,
    height: 80 + 100 * sizes,
    marginLeft: 90,
    marginRight: 140,
    marginBottom: 42,
    x: { label: 'relative error of the energy →', ...logScale(points.map((p) => p.relativeError)) },
    y: { type: 'band', label: null, domain },
    fy: { label: null },
    color: { type: 'categorical', scheme: 'observable10', domain },
    marks: [Plot.dot(points, { x: 'relativeError', y: 'form', fy: 'size', stroke: 'form', r: 5 })],
  })
}

const blockPictures = (block: string, all: readonly CellData[]): readonly StudyPicture[] => {
  const cells = all.filter((c) => c.block === block)
  const { heads, layers } = cells[0]!.config
  const base = cells.filter((c) => c.config.heads === heads && c.config.layers === layers)
  const curves = base.map(({ form, config, curve }) => ({ form, seed: config.seed, points: curve }))
  const picture = (name: string, alt: string, svg: string | undefined): readonly StudyPicture[] =>
    svg === undefined ? [] : [{ file: `${block}-${name}.svg`, block, alt, svg }]
  const maps = base.flatMap(({ form, maps, patchGrid }) =>
    maps === undefined
      ? []
      : [
          ...picture(
            `${form}-weights`,
            `${form}: mean weights of every head, first seed`,
            attentionOnGrid(maps, patchGrid),
          ),
          ...(maps.every((map) => map.inputDriven === 0)
            ? []
            : picture(
                `${form}-deviations`,
                `${form}: standard deviations of these weights over the configurations`,
                attentionOnGrid(maps, patchGrid, 'deviations'),
              )),
        ],
  )
  return [
    ...picture(
      'curves',
      `${block}: every run over its steps (heads ${heads}, layers ${layers})`,
      energyCurves(curves, cells[0]!.exact),
    ),
    ...picture('errors', `${block}: the relative error of every run`, errors(cells)),
    ...picture(
      'input',
      `${block}: the share of the variance of each head's weights that the input causes`,
      inputPicture(cells),
    ),
    ...maps,
  ]
}

/** Returns all pictures, block by block. */
export const picturesOf = ({ cells }: StudyData): readonly StudyPicture[] =>
  [...new Set(cells.map((c) => c.block))].flatMap((block) => blockPictures(block, cells))
