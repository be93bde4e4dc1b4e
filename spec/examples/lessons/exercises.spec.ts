import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkCandidates } from '../../../examples/check/checkCandidates.ts'
import type { Finding } from '../../../examples/check/finding.ts'
import { courseFolder, courseIn } from '../../../examples/lessons/course.ts'
import { answered, askClaims } from '../../../examples/lessons/exercise.ts'

// Every exercise is wrong as it stands, and right with the change of its answer.

// Finds faults in examples/lessons/exercises/{01-cube, 02-damped-wave, 03-square-root}.ts and
// examples/lessons/exercises/{04-gaussian, 05-penalty, 06-scale, 07-linear, 08-shares}.ts and
// examples/lessons/exercises/{09-softmax, 10-attention-values, 11-layer-norm, 12-local-energy}.ts
// and examples/lessons/exercises/{13-force, 14-acceptance, 15-natural-gradient}.ts.

const folder = mkdtempSync(join(tmpdir(), 'psigrad-exercises-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { exercises, answers } = courseIn(courseFolder())
const pairs = exercises.map((path, k) => [basename(path, '.ts'), path, answers[k]!] as const)

/** A change of an answer is small: its reader sees the mistake, and not a new program. */
const MOST_LINES = 2

describe('exercises', () => {
  it('each have one answer, of the same name', () => {
    expect(exercises.length).toBeGreaterThanOrEqual(10)
    expect(answers.map((path) => basename(path, '.md'))).toEqual(pairs.map(([name]) => name))
  })

  it.each(pairs)('%s is wrong as it stands, and right with its answer', (name, path, answer) => {
    const wrong = askClaims(path)
    expect(wrong.some(({ holds }) => !holds)).toBe(true)

    const before = readFileSync(path, 'utf8')
    const after = answered(before, readFileSync(answer, 'utf8'))
    const mended = join(folder, `${name}.ts`)
    writeFileSync(mended, after)
    const right = askClaims(mended)
    expect(right).toEqual(wrong.map(({ claim }) => ({ claim, holds: true })))

    const lines = new Set(before.split('\n'))
    const changed = after.split('\n').filter((line) => !lines.has(line))
    expect(changed.length).toBeLessThanOrEqual(MOST_LINES)
  })
})

describe('psigrad check', () => {
  const checked = async (path: string): Promise<readonly Finding[]> => {
    const findings: Finding[] = []
    await checkCandidates({ path, seed: 1, done: [] }, (message) => {
      if (message.kind === 'found') findings.push(message.finding)
    })
    return findings
  }

  it.each([5, 14])('asks the claims of exercise %i, and checks its rules', async (n) => {
    const path = exercises[n - 1]!
    const findings = await checked(path)
    const claims = findings.filter(({ kind }) => kind === 'claim')
    expect(
      claims.map(({ name, outcome }) => ({ claim: name, holds: outcome === 'right' })),
    ).toEqual(askClaims(path).map(({ claim, holds }) => ({ claim, holds })))
    for (const { says } of claims) expect(says).toMatch(/^(it holds|it does not hold|Gradient.*)$/)
    const rules = findings.filter(({ kind }) => kind === 'rule')
    expect(rules.map(({ outcome }) => outcome)).toEqual(n === 5 ? ['wrong'] : [])
  })

  it('accepts a rule with its answer, at the arguments that the exercise names', async () => {
    const mended = join(folder, 'gaussian.ts')
    const [exercise, answer] = [exercises[3]!, answers[3]!].map((path) =>
      readFileSync(path, 'utf8'),
    )
    writeFileSync(mended, answered(exercise!, answer!))
    const findings = await checked(mended)
    expect(findings.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['rule', 'right'],
      ['claim', 'right'],
    ])
  })
})

describe('an answer', () => {
  const answer = (...diff: string[]): string => ['# A', '```diff', ...diff, '```', ''].join('\n')

  it('changes the lines that it shows, several places if it must', () => {
    const text = 'a\nb\nc\nd\n'
    expect(answered(text, answer('-b', '-c', '+B', '-d', '+D', '+E'))).toBe('a\nB\nD\nE\n')
  })

  it('is refused where its lines stand nowhere, or twice, or where it has none', () => {
    expect(() => answered('a\n', answer('-b', '+c'))).toThrow('0 times')
    expect(() => answered('a\na\n', answer('-a', '+c'))).toThrow('2 times')
    expect(() => answered('a\n', '# A')).toThrow('changes nothing')
  })
})

describe('a claim', () => {
  const ask = (code: string) => {
    const path = join(folder, `claim${code.length}.ts`)
    writeFileSync(
      path,
      `import { fail } from 'psigrad/core'\nexport const claims = { c: ${code} }\n`,
    )
    return askClaims(path)
  }

  it('holds or fails by its value, by a Left, or by an error of tensors', () => {
    expect(ask('() => true')).toEqual([{ claim: 'c', holds: true }])
    expect(ask('() => false')).toEqual([{ claim: 'c', holds: false }])
    expect(ask("() => ({ _tag: 'Right', right: 1 })")).toEqual([{ claim: 'c', holds: true }])
    const left = "{ kind: 'ShapeError', where: 'here', what: 'it is wrong.' }"
    const why = { claim: 'c', holds: false, reason: 'ShapeError in here: it is wrong.' }
    expect(ask(`() => ({ _tag: 'Left', left: ${left} })`)).toEqual([why])
    expect(ask("() => fail('ShapeError', 'here', 'it is wrong.')")).toEqual([why])
    expect(() => ask("() => { throw new Error('a slip') }")).toThrow('a slip')
  })
})
