import { describe, expect, it } from 'vitest'
import { escaped, reportPage, typeset } from '../../../examples/pictures/report.ts'
import { reportStyle } from '../../../examples/pictures/style.ts'
import { draw } from '../../../examples/pictures/svg.ts'
import { defaults } from '../../../examples/settings/defaults.ts'

describe('a picture', () => {
  const bar = { x: 10, y: 20, range: ['#000', '#888', '#fff'], low: 'least', high: 'most' }
  const picture = (title: string, range = bar.range): string =>
    draw(title, { width: 200, height: 100 }, { ...bar, range })

  it('has its title for readers, and one style sheet, of our own', () => {
    const svg = draw('Energy per site', {})
    expect(svg).toMatch(/^<svg [^>]*><title>Energy per site<\/title><style>/)
    expect(svg.match(/<style>/g)).toHaveLength(1)
    expect(svg).toContain('aria-label="Energy per site"')
    expect(svg).not.toMatch(/<linearGradient|https?:(?!\/\/www\.w3\.org)/)
  })

  it('has a bar of its colours from end to end, with the values at its ends', () => {
    const svg = picture('A b')
    const stops = [...svg.matchAll(/<stop offset="([^"]*)" stop-color="([^"]*)"\/>/g)]
    expect(stops.map(([, at, colour]) => [at, colour])).toEqual([
      ['0', '#000'],
      ['0.5', '#888'],
      ['1', '#fff'],
    ])
    expect(svg).toContain('<text x="10" y="42" text-anchor="start" fill="currentColor">least<')
    expect(svg).toContain('<text x="130" y="42" text-anchor="end" fill="currentColor">most<')
    expect(svg.trimEnd().endsWith('</g></svg>')).toBe(true)
  })

  it('shares the id of its bar with pictures of equal colours alone', () => {
    const idOf = (svg: string): string | undefined => /<linearGradient id="([^"]*)"/.exec(svg)?.[1]
    expect(idOf(picture('A b'))).toBe('bar-a-b-3')
    expect(idOf(picture('A b', ['#000', '#fff']))).toBe('bar-a-b-2')
    expect(picture('A b')).toContain('fill="url(#bar-a-b-3)"')
  })
})

describe('the page of a run', () => {
  const row = { name: 'E < 0', value: '-1.5e-3', unit: 'J & K' }
  const picture = { file: 'a&b.svg', title: '1 < 2', caption: '"so"', svg: '<svg id="own"></svg>' }
  const page = reportPage({
    title: 'ring of 4, J2 -1',
    subtitle: 'a > b',
    headline: [row, { name: 'steps', value: '7' }],
    results: [row],
    config: { ...defaults, size: [4, 6] },
    command: 'psigrad train --size 4x6 > "log"',
    pictures: [picture],
  })

  it('shows texts as they are, numbers with a minus sign, and pictures whole', () => {
    expect(page).toContain('<h1>ring of 4, J2 −1</h1>')
    expect(page).toContain('<dt>E &lt; 0</dt><dd>−1.5e−3<small>J &amp; K</small></dd>')
    expect(page).toContain('<dt>steps</dt><dd>7</dd>')
    expect(page).toContain('<td>−1.5e−3</td><td class="unit">J &amp; K</td>')
    expect(page).toContain('<th scope="row">size</th><td>4x6</td>')
    expect(page).toContain('<h2>1 &lt; 2</h2><p>&quot;so&quot;</p>')
    expect(page).toContain('<div class="picture"><svg id="own"></svg></div>')
    expect(page).toContain('--size 4x6 &gt; &quot;log&quot;</code>')
    expect(escaped('a-1')).toBe('a-1')
    expect(typeset('J1-J2, -3 and 1e-4')).toBe('J1-J2, −3 and 1e−4')
  })

  it('stands alone: no scripts, nothing fetched, every class with a style', () => {
    expect(page).not.toMatch(/<script|<link|\bsrc=|url\(|@import/)
    expect(page).toContain(`<style>${reportStyle}</style>`)
    const styled = new Set([...reportStyle.matchAll(/\.([a-z]+)/g)].map(([, name]) => name))
    for (const [, name] of page.matchAll(/class="([a-z]+)"/g)) expect(styled).toContain(name)
    expect(reportStyle).toMatch(/prefers-color-scheme: dark/)
    expect(reportStyle.split('{')).toHaveLength(reportStyle.split('}').length)
  })
})
