import {
  dataOf,
  type Problem,
  type Site,
  sameShape,
  showPath,
  showShape,
} from '../../core/index.ts'
import type { Blamed, Comparison, FirstNonFinite, GradientReport } from './verdict.ts'

// Reports in words: the verdict first, then the numbers, then who is to blame, then how to repeat.

const digits = (x: number): string => x.toPrecision(6)
const roughly = (x: number): string => x.toPrecision(2)

/** Names where a slope was taken: `encoder.w[0, 2]`, or a direction. */
export const placeOf = ({ path, index, direction }: Comparison): string => {
  const entry = index !== undefined && index.length > 0 ? `[${index.join(', ')}]` : ''
  const place = path.length === 0 && entry !== '' ? entry : `${showPath(path)}${entry}`
  return direction === undefined ? place : `${place} along a direction`
}

const claimant = ({ mode }: Comparison): string => (mode === 'reverse' ? 'pullback' : 'jvp')

const numbersOf = (c: Comparison): string =>
  `${claimant(c)} ${digits(c.claimed)}, central difference ${digits(c.reference)}`

const ratioOf = ({ claimed, reference }: Comparison): number => claimed / reference

const siteOf = (site: Site | undefined): string =>
  site === undefined ? '' : `, at ${site.file}:${site.line}:${site.column}`

const equationName = ({ primitive, name }: { primitive: string; name?: string }): string =>
  name === undefined ? primitive : `customVjp '${name}'`

const nonFiniteWords = (first: FirstNonFinite): string => {
  const { pass, equation, value, index, operands, site } = first
  const who = pass === 'forward' ? equationName(first) : `the pullback of ${equationName(first)}`
  const where = index.length === 0 ? '' : ` at [${index.join(', ')}]`
  const from = operands.map((v) => v.toPrecision(4)).join(', ')
  const given = operands.length === 0 ? '' : `, from ${from}`
  return `${who} made the first ${value}${where}${given} (equation ${equation}${siteOf(site)}).`
}

const sidesOf = (c: Comparison): string => {
  const [before, after] = c.sides ?? [c.reference, c.reference]
  return `the slope is ${digits(before)} on one side and ${digits(after)} on the other; ${claimant(c)} ${digits(c.claimed)}`
}

/** Returns the sentence that gives the verdict its reason. */
export const reasonOf = (report: Omit<GradientReport, 'reason'>): string => {
  const { verdict, worst, nonFinite, unused, problem, tolerance, compared, maxError } = report
  if (problem !== undefined) return `${problem.where}: ${problem.what}`
  switch (verdict) {
    case 'right':
      return `right: ${compared} slopes agree to ${roughly(maxError)}, allowed ${tolerance}.`
    case 'wrong':
      return worst === undefined || worst.agrees !== 'disagree'
        ? 'wrong: a rule of its program is, although the whole gradient does not show it here.'
        : `wrong at ${placeOf(worst)}: ${numbersOf(worst)}, ratio ${ratioOf(worst).toPrecision(4)}.`
    case 'not finite':
      return nonFinite === undefined
        ? 'not finite: the gradient has NaN or infinity.'
        : `not finite: ${nonFiniteWords(nonFinite)}`
    case 'not differentiable':
      return worst === undefined || worst.agrees !== 'kink'
        ? 'not differentiable: an equation stands on a kink here.'
        : `not differentiable at ${placeOf(worst)}: a kink or a jump is there, ${sidesOf(worst)}.`
    case 'not deterministic':
      return 'not deterministic: two calls with the same argument give different values.'
    case 'no dependence':
      return `no dependence: it never uses ${unused.map(showPath).join(', ')}.`
    default:
      return worst === undefined
        ? 'cannot tell: nothing could be compared.'
        : `cannot tell at ${placeOf(worst)}: ${numbersOf(worst)}, which may be off by ${roughly(worst.referenceError + worst.claimedError)}.`
  }
}

/** Equal ratios of all certain comparisons suggest a factor. */
const constantRatio = ({ failed, verdict }: GradientReport): number | undefined => {
  const certain = failed.filter((c) => c.agrees === 'disagree' && c.index !== undefined)
  const ratios = certain.map(ratioOf)
  const first = ratios[0]
  const same = ratios.every((r) => Math.abs(r - first!) < 1e-4 * Math.abs(first!))
  return verdict === 'wrong' && ratios.length > 1 && same ? first : undefined
}

const ruleName = ({ primitive, name, rule }: Blamed): string =>
  `${equationName({ primitive, ...(name === undefined ? {} : { name }) })}.${rule}`

/** Says in two or three lines what a rule gives and what it should. */
export const blamedLines = (blamed: Blamed): string[] => {
  const { equation, within = [], operand, rule, expected, obtained, site, mistake } = blamed
  const line = [...within, equation].join(' › ')
  const after = [
    ...(mistake === undefined ? [] : [`Likely: ${mistake.words}`]),
    `equation ${line}: ${blamed.name ?? blamed.primitive} on ${showShape(expected.shape)}${siteOf(site)}`,
  ]
  const who = `Blamed: ${ruleName(blamed)}, operand ${operand + 1}: ${rule} gives`
  if (!sameShape(expected.shape, obtained.shape))
    return [
      `${who} ${showShape(obtained.shape)} where ${showShape(expected.shape)} is due.`,
      ...after,
    ]
  const [want, got] = [dataOf(expected), dataOf(obtained)]
  const off = (i: number): number => Math.abs(got[i]! - want[i]!) / (Math.abs(want[i]!) + 1e-300)
  const entries = [...want.keys()].filter((i) => Number.isFinite(want[i]!))
  const i = entries.reduce((a, b) => (off(b) > off(a) ? b : a), entries[0] ?? 0)
  const ratio = got[i]! / want[i]!
  const numbers = `${digits(got[i]!)}, the central difference ${digits(want[i]!)}`
  return [`${who} ${numbers}, ratio ${ratio.toPrecision(4)}.`, ...after]
}

/** A report shows so many rules in full. */
const SHOWN = 3

/** Returns the report as a problem, with the report itself as its data. */
export const problemOf = (report: GradientReport): Problem => {
  const { name, reason, blamed, replay, problem, verdict, nonFinite } = report
  const ratio = constantRatio(report)
  const more = blamed.length - SHOWN
  const nobody = verdict === 'wrong' && blamed.length === 0 && problem === undefined
  return {
    kind: 'GradientError',
    where: name,
    what: reason,
    operands: [
      ...(ratio === undefined
        ? []
        : [`The ratio is the same for all entries: is a factor ${ratio.toPrecision(3)} too much?`]),
      ...(problem?.operands ?? []),
      ...blamed.slice(0, SHOWN).flatMap(blamedLines),
      ...(more > 0 ? [`Blamed too: ${blamed.slice(SHOWN).map(ruleName).join(', ')}`] : []),
      ...(nobody ? ['No single rule is to blame: each is right where it is used.'] : []),
      ...(verdict === 'not finite' && nonFinite?.pass === 'backward'
        ? ['The value itself is finite.']
        : []),
      `Again: the same point, with seed ${replay.seed}${replay.path === '' ? '' : ` and path ${replay.path}`}.`,
    ],
    ...(problem?.fix === undefined ? {} : { fix: problem.fix }),
    data: { ...report },
  }
}
