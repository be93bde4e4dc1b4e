import { largest, smallest } from '../../core/values/index.ts'
import { median } from '../session/index.ts'
import type { Item } from './items.ts'
import type { Measurement } from './measure.ts'
import { type Report, type Row, ratio, rowsOf, summaries } from './report.ts'

// This file prints the report as Markdown whose columns also line up on a terminal.

const times = (x: number): string => `${x.toFixed(x < 10 ? 2 : 1)}x`
const percent = (x: number | null): string => (x === null ? '' : `${Math.round(100 * x)}%`)
const megabytes = (bytes: number | null): string =>
  bytes === null ? '' : `${Math.round(bytes / 1e6)}`
const significant = (x: number): string => {
  const power = Math.max(0, Math.floor(Math.log10(x)) - 2)
  return `${Math.round(x / 10 ** power) * 10 ** power}`.replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
const perSecond = ({ batch, minSeconds }: Measurement): string => significant(batch / minSeconds)
const milliseconds = (seconds: number): string => {
  const ms = 1000 * seconds
  return ms < 100 ? ms.toFixed(1) : significant(ms)
}

/** Aligns numbers to the right, words to the left. */
const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows]
  const widths = head.map((_, k) => Math.max(3, largest(all.map((row) => [...row[k]!].length))))
  const right = head.map((_, k) => rows.every((row) => !/^[A-Za-z]/.test(row[k]!)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((c, k) => (right[k] ? c.padStart(widths[k]!) : c.padEnd(widths[k]!))).join(' | ')} |`
  const rule = widths.map((w, k) => (right[k] ? `${'-'.repeat(w - 1)}:` : '-'.repeat(w)))
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

const labels = ({ work, size, precision }: Item): readonly string[] => [work, size, precision]

const peersOf = (rows: readonly Row[]): readonly string[] => [
  ...new Set(rows.flatMap(({ peers }) => peers.map((p) => p.contender))),
]

const kernelTable = (rows: readonly Row[], threads: number): string => {
  const peers = peersOf(rows)
  const several = rows.some(({ single }) => single !== undefined)
  const alone = several ? ['1 thread/s', 'of its ceiling', 'threads gain'] : []
  const head = ['work', 'size', 'precision', 'batch', 'psigrad/s', 'of ceiling', ...alone]
  const body = rows.map(({ item, psigrad, single, share, singleShare, peers: found }) => [
    ...labels(item),
    `${psigrad.batch}`,
    perSecond(psigrad),
    percent(share),
    ...(several
      ? single === undefined
        ? ['', '', '']
        : [perSecond(single), percent(singleShare), times(ratio(psigrad, single).best)]
      : []),
    ...peers.map((name) => {
      const peer = found.find((p) => p.contender === name)
      return peer === undefined ? '' : times(ratio(psigrad, peer).best)
    }),
  ])
  return [
    `Evaluations per second at best, on ${threads} ${threads === 1 ? 'thread' : 'threads'}; under`,
    "a peer's name: how many times as fast psigrad is.\n",
    markdown([...head, ...peers.map((name) => `vs ${name}`)], body),
  ].join('\n')
}

const stepTable = (rows: readonly Row[]): string => {
  const head = ['VMC step', 'precision', 'contender', 'samples', 'ms', 'median', 'psigrad']
  const more = ['start to first step, s', 'sooner', 'requested', 'computed', 'peak MB']
  const body = rows.flatMap(({ item, psigrad, peers }) =>
    [psigrad, ...peers].map((m) => [
      item.size,
      item.precision,
      m.contender,
      `${m.batch}`,
      milliseconds(m.minSeconds),
      milliseconds(m.medianSeconds),
      m === psigrad ? '' : times(ratio(psigrad, m).best),
      m.firstSeconds.toFixed(2),
      m === psigrad ? '' : times(m.firstSeconds / psigrad.firstSeconds),
      m.evaluations === null ? '' : `${m.evaluations.asked}`,
      m.evaluations === null ? '' : `${m.evaluations.made}`,
      megabytes(m.peakBytes),
    ]),
  )
  return [
    'Whole VMC steps. Requested: evaluations of log psi for every proposal, sample and bond; computed:',
    'those that were done in the last step.\n',
    markdown([...head, ...more], body),
  ].join('\n')
}

const summaryTable = (title: string, rows: readonly Row[]): string => {
  const found = summaries(rows)
  if (found.length === 0) return ''
  const head = [title, 'geometric mean', 'of medians', 'least', 'rows']
  return markdown(
    head,
    found.map(({ peer, best, middle, least, rows: count }) => [
      `psigrad vs ${peer}`,
      times(best),
      times(middle),
      times(least),
      `${count}`,
    ]),
  )
}

/** Returns the peak memory and the time to the first result, over all items a contender did. */
const processTable = (measured: readonly Measurement[]): string => {
  const names = [...new Set(measured.map((m) => m.contender))]
  const head = ['process', 'version', 'least peak MB', 'most peak MB', 'start to first result, s']
  return markdown(
    head,
    names.map((name) => {
      const all = measured.filter((m) => m.contender === name)
      const peaks = all.flatMap(({ peakBytes }) => (peakBytes === null ? [] : [peakBytes]))
      return [
        name,
        all[0]!.version,
        peaks.length === 0 ? '' : megabytes(smallest(peaks)),
        peaks.length === 0 ? '' : megabytes(largest(peaks)),
        median(all.map((m) => m.firstSeconds)).toFixed(2),
      ]
    }),
  )
}

const ceilingLines = (measured: readonly Measurement[]): readonly string[] =>
  (['float32', 'float64'] as const).flatMap((precision) => {
    const rates = measured
      .filter((m) => m.kind === 'ceiling' && m.item.precision === precision && !m.alone)
      .map((m) => m.flops! / m.minSeconds / 1e9)
    return rates.length === 0 ? [] : [`${precision} up to ${largest(rates).toFixed(1)} GF/s`]
  })

/** Returns the whole report. */
export const showReport = (report: Report): string => {
  const rows = rowsOf(report)
  const kernels = rows.filter(({ item }) => item.work !== 'vmc')
  const steps = rows.filter(({ item }) => item.work === 'vmc')
  const { machine, settings, dropped, measured } = report
  const { processor, cores, memoryBytes, system, node } = machine
  const gib = (memoryBytes / 2 ** 30).toFixed(0)
  const ceiling = ceilingLines(measured)
  const parts = [
    `${report.date.slice(0, 10)}, ${processor}, ${cores} cores, ${gib} GiB, ${system}, Node ${node}; ` +
      `${settings.repeats} turns each, interleaved.` +
      (ceiling.length === 0 ? '' : ` Multiply-add ceiling: ${ceiling.join(', ')}.`),
    kernels.length === 0 ? '' : kernelTable(kernels, settings.threads),
    summaryTable('all work', kernels),
    steps.length === 0 ? '' : stepTable(steps),
    summaryTable('VMC steps', steps),
    measured.length === 0 ? 'Nothing was measured.' : processTable(measured),
    dropped
      .map(
        ({ item, contender, why }) => `- ${labels(item).join(' ')}: ${contender} dropped: ${why}`,
      )
      .join('\n'),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
