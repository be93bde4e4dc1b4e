import { attentionOnGrid, escaped, reportStyle, typeset } from '../pictures/index.ts'
import type { StepRecord } from '../session/index.ts'
import { sizesOf, type TrainConfig } from '../settings/index.ts'
import { energyCurves, inputPicture, windowed } from './comparePictures.ts'
import { type Entry, rowsOf, summaries } from './summary.ts'

// This file makes the page of a comparison: the table, energies over the steps, and the weights of
// every form.

export interface Compared extends Entry {
  readonly records: readonly StepRecord[]
  readonly sites: number
}

/** Returns the energies of every run over its steps. */
export const curves = (all: readonly Compared[]): string =>
  energyCurves(
    all.map(({ form, result, records, sites }) => ({
      form,
      seed: result.seed,
      points: windowed(records, sites),
    })),
    all[0]?.result.exactPerSite ?? null,
  )

const figure = (title: string, caption: string, svg: string | undefined): string =>
  svg === undefined
    ? ''
    : `<figure><figcaption>${title === '' ? '' : `<h2>${escaped(title)}</h2>`}` +
      `<p>${escaped(caption)}</p></figcaption>
<div class="picture">${svg}</div></figure>`

const tableOf = (all: readonly Entry[]): string => {
  const [heading, ...rows] = rowsOf(summaries(all))
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    row.map((text) => `<${tag}>${escaped(typeset(text))}</${tag}>`).join('')
  return `<table class="wide"><thead><tr>${cells(heading!, 'th')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells(row, 'td')}</tr>`)
    .join('\n')}</tbody></table>`
}

/** Returns the whole page, which loads nothing. */
export const comparisonPage = (
  all: readonly Compared[],
  config: TrainConfig,
  command: string,
): string => {
  const { model, method } = sizesOf(config)
  const maps = [...new Map(all.map((c) => [c.form, c] as const)).values()].map(
    ({ form, analysis: { maps, patchGrid } }) =>
      figure(
        form,
        'Mean weights with which the marked patch attends to every patch (last seed).',
        attentionOnGrid(maps, patchGrid),
      ) +
      (maps.every(({ inputDriven }) => inputDriven === 0)
        ? '<p>These weights are the same for every configuration.</p>'
        : figure(
            '',
            'Standard deviations of the same weights over the configurations.',
            attentionOnGrid(maps, patchGrid, 'deviations'),
          )),
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
section { overflow-x: auto; }
section.wide { width: min(96vw, 72rem); margin-inline: calc(50% - min(48vw, 36rem)); }</style>
</head>
<body>
<main>
<header><p class="brand">psigrad</p><h1>Attention forms compared</h1>
<p class="subtitle">${escaped(typeset(`${model}; ${method}`))}</p></header>
<section class="wide">${tableOf(all)}</section>
${figure('Every run over its steps', 'One line for each seed; means over a hundredth of the steps.', curves(all))}
${figure(
  'Do the weights depend on the input?',
  'Each head’s share of the variance of its weights that the configurations cause: 0 for weights ' +
    'that positions alone decide.',
  inputPicture(all.map(({ form, analysis }) => ({ form, heads: analysis.heads }))),
)}
${maps.join('\n')}
<section><h2>Run it again</h2><pre><code>${escaped(command)}</code></pre></section>
</main>
</body>
</html>
`
}
