import { smallest } from '../../core/values/index.ts'
import { mean } from '../session/index.ts'
import { showCount, showDensity, showEnergy, showSmall, showTime } from '../settings/index.ts'
import { type Group, groupsOf, relativeOf } from './bySeed.ts'
import { type Answer, answers } from './claims.ts'
import type { CellData, StudyData } from './data.ts'
import type { StudyPicture } from './studyPictures.ts'
import type { Block } from './studyPlan.ts'

// This file writes the page of the study: what was run, what came out, and what that says about the
// paper's claims.

const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heading, heading.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const optional = (x: number | null, show: (x: number) => string): string =>
  x === null ? '–' : show(x)

const bestOf = (cells: readonly CellData[]): number | null => {
  const errors = cells.flatMap((c) => (c.relativeError === null ? [] : [c.relativeError]))
  return errors.length === 0 ? null : smallest(errors)
}

const resultRow = (g: Group): readonly string[] => [
  g.form,
  String(g.heads),
  String(g.layers),
  String(g.cells.length),
  `${showEnergy(g.energy)} ± ${showSmall(g.error)}`,
  optional(relativeOf(g), showSmall),
  optional(bestOf(g.cells), showSmall),
  showSmall(mean(g.cells.map((c) => c.vScore))),
  showCount(g.parameters),
  g.cost === null ? '–' : showCount(g.cost.flops),
  g.cost === null ? '–' : (g.cost.seconds * 1e6).toPrecision(3),
  (g.stepSeconds * 1000).toPrecision(3),
  showTime(mean(g.cells.map((c) => c.seconds))),
]

const results = (groups: readonly Group[]): string =>
  table(
    [
      'form',
      'heads',
      'layers',
      'seeds',
      'E/N (J)',
      'rel. error',
      'best',
      'V-score',
      'parameters',
      'FLOP/eval',
      'µs/eval',
      'ms/step',
      'time',
    ],
    groups.map(resultRow),
  )

const inputRows = (groups: readonly Group[]): string =>
  table(
    ['form', 'heads', 'layers', 'share before', 'share after', 'spread before', 'spread after'],
    groups.map((g) => [
      g.form,
      String(g.heads),
      String(g.layers),
      ...[g.before, g.after, g.spreadBefore, g.spreadAfter].map(showSmall),
    ]),
  )

const settings = ({ settings: s }: Block): string =>
  `Patches of ${s.patch}x${s.patch}, d = ${s.dim}, ` +
  `${s.marshall ? 'Marshall signs given' : 'no signs given'}, ${s.precision}` +
  `${s.symmetry === 'none' ? '' : `, symmetries in stages ${s.symmetry}`}; ` +
  `${showCount(s.samples)} samples of ${showDensity(s.samplePower)} a step, ${showCount(s.steps)} steps, ` +
  `learning rate ${s.lr} (${s.lrSchedule}), diagonal shift ${s.diagShift}, momentum ${s.momentum}. The last ` +
  `measurement takes ${showCount(s.samples * s.finalRounds)} samples of |ψ|².`

/** Returns how soon the fastest run of each form reached each error. */
const reachedText = (cells: readonly CellData[]): string => {
  const forms = [...new Set(cells.map((c) => c.form))]
  const lines = forms.flatMap((form) => {
    const all = cells.filter((c) => c.form === form).flatMap((c) => c.reached)
    const thresholds = [...new Set(all.map(([t]) => t))].toSorted((a, b) => b - a)
    if (thresholds.length === 0) return []
    const soonest = thresholds.map((t) => {
      const seconds = all.flatMap(([threshold, s]) => (threshold === t ? [s] : []))
      return `${t.toExponential(0)} after ${showTime(smallest(seconds))}`
    })
    return [`- ${form}: ${soonest.join(', ')}`]
  })
  return lines.length === 0
    ? ''
    : 'The first time that the median of 20 steps was so near the exact energy, relatively, in ' +
        `the quickest run of each form:\n\n${lines.join('\n')}\n`
}

const shown = (pictures: readonly StudyPicture[], folder: string): string =>
  pictures
    .map(({ file, alt }) => `<img src="${folder}/${file}" width="720" alt="${alt}">`)
    .join('\n\n')

const section = (
  block: Block,
  data: StudyData,
  groups: readonly Group[],
  pictures: readonly StudyPicture[],
  folder: string,
): string => {
  const cells = data.cells.filter((c) => c.block === block.name)
  if (cells.length === 0) return ''
  const own = groups.filter((g) => g.block === block.name)
  const exact = cells[0]!.exact
  return `## ${block.title}

${block.note === undefined ? '' : `${block.note}\n\n`}${settings(block)}${exact === null ? '' : ` Exact: E₀/N = ${exact.toFixed(9)}.`}

${results(own)}

${reachedText(cells)}
Do the weights depend on the input? The share of the variance of a head's weights that the
configurations cause, and the standard deviation over the configurations against the size of the
weights, before and after the training (means over heads and seeds):

${inputRows(own)}

${shown(
  pictures.filter((p) => p.block === block.name),
  folder,
)}
`
}

const answerText = ({ claim, verdict, evidence }: Answer, k: number): string =>
  `### ${k + 1}. ${claim}

**${verdict}**

${evidence.map((line) => `- ${line}`).join('\n')}
`

/** Returns the page in Markdown; its pictures are in the named folder. */
export const studyPage = (
  plan: readonly Block[],
  data: StudyData,
  pictures: readonly StudyPicture[],
  folder: string,
  command: (...flags: string[]) => string,
): string => {
  const groups = groupsOf(data)
  const hours = data.cells.reduce((sum, c) => sum + c.seconds, 0) / 3600
  return `# The paper's study, in our numbers

Does a Transformer wave function need queries and keys? Several attention forms, trained alike on
the J1-J2 Heisenberg model, against exact energies. This page is made from
\`${folder}/data.json\` by \`${command('--pages')}\`; \`${command()}\` runs what is missing first.
${data.cells.length} of ${data.planned} runs are done, ${hours.toFixed(1)} hours of training in all.

The columns: energy per site, mean over the seeds, with the standard error from their spread, from
the samples or of one rounding, the largest; distance of that mean from the exact energy, and of the
best run; V-score; parameters; floating-point operations and time of one log ψ among many, before
symmetries are restored, on one thread and the forms in turn; time of a step and of a run.

${plan.map((block) => section(block, data, groups, pictures, folder)).join('\n')}
## The four claims

${answers(data).map(answerText).join('\n')}`
}
