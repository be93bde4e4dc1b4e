import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

// Observable Plot draws into a document; here it is one of linkedom, so that no browser is needed.

/** These colours are readable on white and on near-black (contrast at least 3.4 on either). */
export const colours = { run: '#3b82c4', exact: '#d9603b', mark: '#8a8f98' } as const

/**
 * Text and axes follow the colour scheme of the reader; programs without CSS show black without
 * background. Fonts are those of the reader: nothing is fetched.
 */
const style = `
.psigrad { color: #1c2128; font: 12px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
.psigrad text { white-space: pre; font-variant-numeric: tabular-nums; }
@media (prefers-color-scheme: dark) { .psigrad { color: #d9dde3; } }`

const alone = `
svg.psigrad:root { background: #fff; }
@media (prefers-color-scheme: dark) { svg.psigrad:root { background: #14171c; } }`

/** The style sheet of a picture that stands alone: its class is `psigrad`. */
export const pictureStyle = style + alone

/** A bar of colours with the values at its ends, under a picture. */
export interface ColourBar {
  readonly x: number
  readonly y: number
  readonly range: readonly string[]
  readonly low: string
  readonly high: string
}

const barWidth = 120

const colourBar = ({ x, y, range, low, high }: ColourBar, id: string): string => {
  const stops = range.map(
    (colour, k) => `<stop offset="${k / (range.length - 1)}" stop-color="${colour}"/>`,
  )
  return (
    `<g><defs><linearGradient id="${id}">${stops.join('')}</linearGradient></defs>` +
    `<rect x="${x}" y="${y}" width="${barWidth}" height="9" rx="2" fill="url(#${id})" ` +
    `stroke="${colours.mark}" stroke-width="0.5"/>` +
    `<text x="${x}" y="${y + 22}" text-anchor="start" fill="currentColor">${low}</text>` +
    `<text x="${x + barWidth}" y="${y + 22}" text-anchor="end" fill="currentColor">${high}</text></g>`
  )
}

/** Returns a picture as the text of an SVG element, for a file or a page. */
export const draw = (title: string, options: Plot.PlotOptions, bar?: ColourBar): string => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({
    ...options,
    className: 'psigrad',
    ariaLabel: title,
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
  })
  // Plot's own style sheet assumes a page, so it is replaced.
  for (const sheet of svg.querySelectorAll('style')) sheet.remove()
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.setAttribute('role', 'img')
  const sheet = document.createElement('style')
  sheet.textContent = pictureStyle
  svg.prepend(sheet)
  const name = document.createElement('title')
  name.textContent = title
  svg.prepend(name)
  if (bar === undefined) return svg.outerHTML
  // All pictures of a page share their ids, so equal ids must mean equal colours. The change is
  // made in the text, because the parser would take SVG tags for HTML.
  const id = `bar-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${bar.range.length}`
  return svg.outerHTML.replace(/<\/svg>\s*$/, `${colourBar(bar, id)}</svg>`)
}
