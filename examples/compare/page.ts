import * as Plot from '@observablehq/plot'
import { attentionOnGrid } from '../pictures/attention.ts'
import { logScale } from '../pictures/curves.ts'
import { escaped, typeset } from '../pictures/report.ts'
import { reportStyle } from '../pictures/style.ts'
import { draw } from '../pictures/svg.ts'
import { sizesOf } from '../run/numbers.ts'
import type { StepRecord, TrainConfig } from '../training.ts'
import type { HeadInput } from './analysis.ts'
import { type Entry, rowsOf, summaries } from './summary.ts'

// One page about a comparison: the table, energies over the steps, and what every form looks at.

export interface Compared extends Entry {
  readonly records: readonly StepRecord[]
  readonly sites: number
}

/** Energies over the steps, of all runs; the error to the exact one where that is known. */
export const curves = (all: readonly Compared[]): string => {
  const exact = all[0]?.result.exactPerSite ?? null
  const points = all.flatMap(({ form, result, records, sites }) =>
    records.map(({ step, energy }) => ({
      form,
      run: `${form} ${result.seed}`,
      step,
      y: exact === null ? energy / sites : Math.abs((energy / sites - exact) / exact),
    })),
  )
  const label =
    exact === null ? '↑ energy per site (units of J)' : '↑ relative error |E − E₀| / |E₀|'
  return draw('Every run over its steps', {
    width: 800,
    height: 340,
    marginLeft: 72,
    marginRight: 240,
    marginBottom: 42,
    x: { label: 'step →', labelAnchor: 'right' },
    y: { label, grid: true, ...(exact === null ? {} : logScale(points.map((p) => p.y))) },
    color: { type: 'categorical', scheme: 'observable10' },
    marks: [
      Plot.lineY(points, { x: 'step', y: 'y', z: 'run', stroke: 'form', strokeWidth: 1.5 }),
      Plot.text(points, {
        ...Plot.selectLast({ x: 'step', y: 'y', z: 'form', text: 'form', fill: 'form' }),
        textAnchor: 'start',
        dx: 8,
      }),
    ],
  })
}

/** The input-driven share of every head, before and after the training. */
export const inputPicture = (all: readonly Compared[]): string | undefined => {
  const points = all.flatMap(({ form, analysis }) =>
    analysis.heads.flatMap(({ before, after }: HeadInput) => [
      { form, when: 'before', share: before },
      { form, when: 'after', share: after },
    ]),
  )
  if (points.every(({ share }) => share < 1e-12)) return undefined
  const forms = new Set(points.map((p) => p.form)).size
  return draw('What the input drives', {
    width: 800,
    height: 60 + 56 * forms,
    marginLeft: 60,
    marginRight: 240,
    marginBottom: 42,
    x: { label: 'share of the variance of the weights →', domain: [0, 1], grid: true },
    y: { type: 'band', label: null, domain: ['before', 'after'] },
    fy: { label: null },
    color: { domain: ['before', 'after'], range: ['#8a8f98', '#3b82c4'] },
    marks: [Plot.dot(points, { x: 'share', y: 'when', fy: 'form', stroke: 'when', r: 4 })],
  })
}

const figure = (title: string, caption: string, svg: string | undefined): string =>
  svg === undefined
    ? ''
    : `<figure><figcaption><h2>${escaped(title)}</h2><p>${escaped(caption)}</p></figcaption>
<div class="picture">${svg}</div></figure>`

const tableOf = (all: readonly Entry[]): string => {
  const [heading, ...rows] = rowsOf(summaries(all))
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    row.map((text) => `<${tag}>${escaped(typeset(text))}</${tag}>`).join('')
  return `<table class="wide"><thead><tr>${cells(heading!, 'th')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells(row, 'td')}</tr>`)
    .join('\n')}</tbody></table>`
}

/** The whole page; loads nothing. */
export const comparisonPage = (
  all: readonly Compared[],
  config: TrainConfig,
  command: string,
): string => {
  const { model, method } = sizesOf(config)
  const maps = [...new Map(all.map((c) => [c.form, c] as const)).values()].map(
    ({ form, analysis }) =>
      figure(
        form,
        'Mean weights with which the marked patch listens to every patch (last seed).',
        attentionOnGrid(analysis.maps, analysis.patchGrid),
      ),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Attention forms compared</title>
<style>${reportStyle}
table.wide { font-size: 0.75rem; }
table.wide td, table.wide th { text-align: right; padding: 0.2rem 0.35rem; }
table.wide td:first-child, table.wide th:first-child { text-align: left; }
section { overflow-x: auto; }</style>
</head>
<body>
<main>
<header><p class="brand">psigrad</p><h1>Attention forms compared</h1>
<p class="subtitle">${escaped(typeset(`${model}; ${method}`))}</p></header>
<section>${tableOf(all)}</section>
${figure('Every run over its steps', 'One line for each seed.', curves(all))}
${figure(
  'Do the weights depend on the input?',
  'Each head’s share of the variance of its weights that the configurations cause: 0 for weights ' +
    'that positions alone decide.',
  inputPicture(all),
)}
${maps.join('\n')}
<section><h2>Run it again</h2><pre><code>${escaped(command)}</code></pre></section>
</main>
</body>
</html>
`
}
