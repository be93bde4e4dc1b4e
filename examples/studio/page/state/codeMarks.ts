import type { CheckedFile, Finding } from '../../../check/index.ts'

// What a check found, as sentences, numbers and marks at lines of the code.

/** A tensor of a report that went from a thread to the page. */
export interface PlainTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** A blamed rule, as the page needs it. */
export interface PlainBlamed {
  readonly name?: string
  readonly primitive: string
  readonly rule: 'vjp' | 'jvp'
  readonly operand: number
  readonly site?: { readonly file: string; readonly line: number }
  readonly expected: PlainTensor
  readonly obtained: PlainTensor
  readonly mistake?: { readonly words: string }
}

interface PlainReport {
  readonly verdict: string
  readonly blamed: readonly PlainBlamed[]
}

/** The first blamed rules of the first report that has some, each operand of a rule once. */
export const blamedIn = ({ reports, outcome }: Finding): readonly PlainBlamed[] =>
  (reports as readonly PlainReport[]).find(
    ({ verdict, blamed }) => verdict === outcome && blamed.length > 0,
  )?.blamed ?? []

export const isGood = ({ outcome }: Finding): boolean => outcome === 'right'

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** Says in a sentence what was found about an export. */
export const findingSentence = (finding: Finding): string => {
  const { name, kind, outcome, says, brief } = finding
  if (kind === 'claim' && outcome === 'right') return `The claim holds: ${ended(name)}`
  if (kind === 'claim' && outcome === 'wrong') return `The claim does not hold: ${ended(name)}`
  if (outcome === 'right') return `${name} is right: ${ended(says)}`
  if (outcome === 'refused') return `${name} could not be checked: ${ended(says)}`
  if (outcome === 'left out') return `${name} is left out: it ${ended(says)}`
  const verdict = outcome === 'cannot tell' ? `${name} is in doubt` : `${name} is ${outcome}`
  const words = blamedIn(finding).find(({ mistake }) => mistake !== undefined)?.mistake?.words
  if (words !== undefined) return `${verdict}: ${ended(lowered(words))}`
  return brief === outcome ? `${verdict}.` : `${verdict}: ${ended(brief)}`
}

/** Says in a few words what is the matter with an export. */
const shortly = ({ name, kind, outcome }: Finding): string =>
  kind === 'claim'
    ? `a claim ${outcome === 'wrong' ? 'does not hold' : 'could not be checked'}`
    : outcome === 'refused'
      ? `${name} could not be checked`
      : `${name} is ${outcome === 'cannot tell' ? 'in doubt' : outcome}`

/** Says in a sentence what was found about all exports. */
export const fileSentence = ({ findings, problem }: CheckedFile): string => {
  if (problem !== undefined) return `This code cannot be checked: ${ended(problem)}`
  const judged = findings.filter(({ outcome }) => outcome !== 'left out')
  const bad = judged.filter((finding) => !isGood(finding))
  if (judged.length === 0) return 'Nothing here can be checked.'
  const good = judged.length - bad.length
  if (bad.length === 0) return judged.length === 1 ? 'It is right.' : `All ${good} are right.`
  const all = bad.map(shortly).join('; ')
  if (good === 0) return ended(all)
  return `${all}; the other ${good === 1 ? 'is' : `${good} are`} right.`
}

/** The rule of this name in the code, from 1: the line of its pullback; undefined: it has none. */
export const ruleLine = (text: string, name: string): number | undefined => {
  const lines = text.split('\n')
  const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const named = new RegExp(`name:\\s*['"\`]${quoted}['"\`]`)
  const declared = new RegExp(`\\b${quoted}\\b\\s*[:=]`)
  const at = [named, declared].map((of) => lines.findIndex((line) => of.test(line)))
  const start = at.find((index) => index >= 0)
  if (start === undefined) return undefined
  const pullback = lines.findIndex((line, k) => k >= start && /\bpullback\b/.test(line))
  return (pullback < 0 ? start : pullback) + 1
}

/** A mark stands at a line, from 1, and says why. */
export interface Mark {
  readonly line: number
  readonly message: string
}

const lineNamed = (text: string, path: string): number | undefined => {
  const [, own, line] = /\bline (\d+)|(?:^|\s)\S*?:(\d+):\d+/.exec(text) ?? []
  const found = own ?? (text.includes(`${path}:`) ? line : undefined)
  return found === undefined ? undefined : Number(found)
}

const marksOfFinding = (text: string, path: string, finding: Finding): readonly Mark[] => {
  const message = findingSentence(finding)
  const lines = blamedIn(finding).map(
    ({ name, site }) =>
      ruleLine(text, name ?? finding.name) ?? (site?.file === path ? site.line : undefined),
  )
  const said = lineNamed([finding.says, ...finding.block].join('\n'), path)
  const found = lines.some((line) => line !== undefined) ? lines : [said]
  return [...new Set(found)].flatMap((line) => (line === undefined ? [] : [{ line, message }]))
}

/** Returns the lines that are to blame, each once. */
export const marksOf = (
  text: string,
  { path, findings, problem }: CheckedFile,
): readonly Mark[] => {
  const said = problem === undefined ? undefined : lineNamed(problem, path)
  const all = [
    ...(said === undefined ? [] : [{ line: said, message: problem! }]),
    ...findings.filter((f) => !isGood(f)).flatMap((f) => marksOfFinding(text, path, f)),
  ]
  return all.filter(({ line }, k) => all.findIndex((other) => other.line === line) === k)
}
