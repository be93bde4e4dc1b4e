import type { Row } from '../run/index.ts'
import type { TrainConfig } from '../settings/index.ts'
import { reportStyle } from './style.ts'

// This file makes one self-contained page about a run: no scripts, nothing fetched, light and dark.

export interface Picture {
  /** The name of its file in the run folder. */
  readonly file: string
  readonly title: string
  readonly caption: string
  readonly svg: string
}

export interface Report {
  readonly title: string
  readonly subtitle: string
  /** The numbers that a reader looks for first. */
  readonly headline: readonly Row[]
  readonly results: readonly Row[]
  readonly config: TrainConfig
  readonly command: string
  readonly pictures: readonly Picture[]
}

export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** Returns numbers with a true minus sign; hyphens in names stay. */
export const typeset = (text: string): string => text.replaceAll(/(^|[ e])-(?=\d)/g, '$1−')

const card = ({ name, value, unit }: Row): string =>
  `<div class="card"><dt>${escaped(name)}</dt><dd>${escaped(typeset(value))}` +
  `${unit === undefined ? '' : `<small>${escaped(unit)}</small>`}</dd></div>`

const row = ({ name, value, unit }: Row): string =>
  `<tr><th scope="row">${escaped(name)}</th><td>${escaped(typeset(value))}</td>` +
  `<td class="unit">${escaped(unit ?? '')}</td></tr>`

const figure = ({ title, caption, svg, file }: Picture): string => `
<figure>
<figcaption><h2>${escaped(title)}</h2><p>${escaped(caption)}</p></figcaption>
<div class="picture">${svg}</div>
<p class="file">${escaped(file)}</p>
</figure>`

const showSetting = (value: TrainConfig[keyof TrainConfig]): string =>
  Array.isArray(value) ? value.join('x') : String(value)

const settings = (config: TrainConfig): string =>
  Object.entries(config)
    .map(([name, value]) => row({ name, value: showSetting(value) }))
    .join('\n')

/** Returns the whole page. */
export const reportPage = (report: Report): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(report.title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<header>
<p class="brand">psigrad</p>
<h1>${escaped(typeset(report.title))}</h1>
<p class="subtitle">${escaped(report.subtitle)}</p>
</header>
<dl class="cards">${report.headline.map(card).join('')}</dl>
${report.pictures.map(figure).join('\n')}
<section class="tables">
<div><h2>Results</h2><table>${report.results.map(row).join('\n')}</table></div>
<div><h2>Settings</h2><table>${settings(report.config)}</table></div>
</section>
<section><h2>Run it again</h2>
<pre><code>${escaped(report.command)}</code></pre></section>
</main>
</body>
</html>
`
