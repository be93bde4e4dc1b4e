import { createRequire as requireFrom } from 'node:module'
import { Worker } from 'node:worker_threads'
import { type Diagram, toDot } from '../../autodiff/index.ts'
import { escaped, pictureStyle } from '../pictures/index.ts'

// Graphviz, by @viz-js/viz, lays a diagram out in a thread of its own, which ends when its time is
// over: some layouts take minutes, and cannot be interrupted otherwise.

/** The thread needs no file of its own, which a build could forget. */
const script = `
const { parentPort, workerData } = require('node:worker_threads')
require(workerData.viz).instance().then(
  (viz) => parentPort.postMessage(viz.renderString(workerData.dot, { format: 'svg' })),
)`

const renderWithin = (dot: string, seconds: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const viz = requireFrom(import.meta.url).resolve('@viz-js/viz')
    const worker = new Worker(script, { eval: true, workerData: { dot, viz } })
    const end = (svg: string | undefined): void => {
      clearTimeout(clock)
      resolve(svg)
      worker.terminate()
    }
    const clock = setTimeout(() => end(undefined), seconds * 1000)
    worker.once('message', end)
    worker.once('error', () => end(undefined))
    worker.once('exit', () => end(undefined))
  })

const letters = 'ui-monospace, Menlo, Consolas, DejaVu Sans Mono, Liberation Mono, monospace'

/** Returns Graphviz's picture with lines and letters in the reader's colour scheme. */
const restyled = (svg: string, title: string): string => {
  const [, width = '', height = '', box = ''] =
    /<svg width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([^"]+)"/.exec(svg) ?? []
  const drawing = svg
    .slice(svg.indexOf('<g id="graph0"'), svg.lastIndexOf('</svg>'))
    .replace(/<polygon fill="(?:white|none)" stroke="none"[^>]*\/>/, '')
    .replaceAll('"black"', '"currentColor"')
    .replaceAll(/<title>[^<]*<\/title>\s*/g, '')
    .replaceAll(/<text (?![^>]*fill=)/g, '<text fill="currentColor" ')
    .replaceAll(/font-family="[^"]*"/g, `font-family="${letters}"`)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="psigrad" role="img" width="${width}" ` +
    `height="${height}" viewBox="${box}" style="max-width: 100%; height: auto">` +
    `<style>${pictureStyle}</style><title>${escaped(title)}</title>${drawing}</svg>`
  )
}

/** Diagrams of more nodes are not tried. */
const MOST_NODES = 600

/**
 * Returns the picture of a diagram as the text of an SVG element; undefined where Graphviz is not
 * installed, or needs more than so many seconds.
 */
export const graphvizPicture = async (
  diagram: Diagram,
  seconds = 10,
): Promise<string | undefined> => {
  if (diagram.nodes.length > MOST_NODES) return undefined
  const svg = await renderWithin(toDot(diagram), seconds)
  return svg === undefined ? undefined : restyled(svg, diagram.title)
}
