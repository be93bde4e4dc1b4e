// What the page gives to its reader as files.

/** Returns rows as comma-separated values; texts with commas are quoted. */
export const toCsv = (rows: readonly (readonly (string | number)[])[]): string =>
  rows
    .map((row) =>
      row
        .map((cell) =>
          typeof cell === 'string' && /[",\n]/.test(cell)
            ? `"${cell.replaceAll('"', '""')}"`
            : String(cell),
        )
        .join(','),
    )
    .map((line) => `${line}\n`)
    .join('')

/** The properties that a picture takes from the page's style sheet. */
const inherited = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'fill-opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'color',
] as const

/** Returns an SVG that looks outside of the page as it does inside. */
export const svgText = (svg: SVGSVGElement): string => {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const [own, copies] = [svg.querySelectorAll('*'), copy.querySelectorAll('*')]
  const settle = (from: Element, to: Element): void => {
    const style = getComputedStyle(from)
    for (const name of inherited) to.setAttribute(name, style.getPropertyValue(name))
    to.removeAttribute('class')
  }
  settle(svg, copy)
  own.forEach((element, k) => {
    if (element.tagName !== 'style') settle(element, copies[k]!)
  })
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.style.background = getComputedStyle(document.body).backgroundColor
  return copy.outerHTML
}

/** Hands a text or bytes to the reader as a file. */
export const saveBytes = (name: string, type: string, content: string | Uint8Array): void => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content as BlobPart], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
