// Finds faults in examples/studio/engine/running.ts, examples/studio/page/state/codeMarks.ts,
// examples/studio/page/state/wrongExamples.ts, examples/studio/buildLessons.ts and
// examples/check/watching.ts.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckedFile, Finding } from '../../../examples/check/index.ts'
import { checkInThreads } from '../../../examples/check/watching.ts'
import { cellsOf, courseFolder, courseIn } from '../../../examples/lessons/index.ts'
import { courseTexts, lessonText } from '../../../examples/studio/buildLessons.ts'
import type { CodeReport } from '../../../examples/studio/engine/index.ts'
import { ranCells, runCode } from '../../../examples/studio/engine/running.ts'
import {
  fileSentence,
  findingSentence,
  marksOf,
  ruleLine,
} from '../../../examples/studio/page/state/codeMarks.ts'
import { mistakes } from '../../../examples/studio/page/state/wrongExamples.ts'

const path = 'code.ts'

/** Checks a text as the engine does. */
const checked = async (text: string): Promise<CheckedFile> => {
  const findings: Finding[] = []
  let problem: string | undefined
  const hear = (report: CodeReport): void => {
    if (report.kind === 'found') findings.push(report.finding)
    if (report.kind === 'problem') problem = report.says
  }
  await runCode({ kind: 'check', task: { path, text, seed: 0, done: [] } }, hear)
  return { path, findings, ...(problem === undefined ? {} : { problem }) }
}

describe('the examples of mistakes', () => {
  it.each(mistakes.map((mistake) => [mistake.title, mistake.text] as const))(
    '%s: it is found, and its line is marked',
    async (_, text) => {
      const file = await checked(text)
      const [mark, ...others] = marksOf(text, file)
      expect(others).toEqual([])
      const line = text.split('\n')[mark!.line - 1]
      expect(line).toMatch(/1\.01|pullback: \(_x, y|x \* x/)
      expect(fileSentence(file)).not.toMatch(/^It is|^All|^Nothing/)
    },
  )

  it('say which mistake it is', async () => {
    const [sine, softmax] = await Promise.all(mistakes.map(({ text }) => checked(text)))
    expect(findingSentence(sine!.findings[0]!)).toMatch(/^mySine is wrong: .* 1\.010 times/)
    expect(findingSentence(softmax!.findings[0]!)).toMatch(/axis 1 in place of axis 0/)
    expect(fileSentence(sine!)).toBe('mySine is wrong; the other is right.')
  })

  it('become right when they are mended', async () => {
    const mended = mistakes[1]!.text.replace(', 0, { keepDims', ', 1, { keepDims')
    const file = await checked(mended)
    expect(fileSentence(file)).toBe('It is right.')
    expect(marksOf(mended, file)).toEqual([])
  })
})

describe('marks', () => {
  it('stand at the pullback of the rule that is named, wherever it is', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(names, fc.nat(3), fc.nat(), (all, blank, pick) => {
        const name = all[pick % all.length]!
        const text = all
          .map(
            (n) =>
              `const ${n} = customVjp({\n  name: '${n}',\n  forward,\n  pullback: of_${n},\n})`,
          )
          .join('\n'.repeat(blank + 1))
        const line = ruleLine(text, name)
        expect(text.split('\n')[line! - 1]).toBe(`  pullback: of_${name},`)
      }),
    )
    expect(ruleLine('const f = 1', 'g')).toBeUndefined()
  })

  it('stand where the code is no TypeScript, and where it throws', async () => {
    for (const [text, line] of [
      ['\n\nexport const f = (x) => {', 3],
      ["export const a = 1\nthrow new Error('no')", 2],
    ] as const) {
      const file = await checked(text)
      expect(fileSentence(file)).toMatch(/^This code cannot be checked: it /)
      expect(marksOf(text, file).map((mark) => mark.line)).toEqual([line])
    }
  })
})

describe('cells', () => {
  it('get the values of their run, whatever stood there', () => {
    const numbers = fc.array(fc.tuple(fc.integer(), fc.integer({ max: 99 })), { minLength: 1 })
    fc.assert(
      fc.property(numbers, (pairs) => {
        const cells = pairs.map(([a, b], k) => `const v${k} = ${a}\nv${k} + (${b}) // => ${b}`)
        const ran = ranCells(cells)
        expect(ran.problem).toBeUndefined()
        expect(ran.cells).toEqual(
          pairs.map(([a, b], k) => `const v${k} = ${a}\nv${k} + (${b}) // => ${a + b}`),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('name the cell and the line of a mistake, and keep the values before it', () => {
    const ran = ranCells(['1 + 1 // => ?', 'const a = 2\na // => ?\nb // => ?', 'a // => ?'])
    expect(ran.cells).toEqual(['1 + 1 // => 2', 'const a = 2\na // => 2\nb // => ?', 'a // => ?'])
    expect(ran.problem).toEqual({ cell: 1, line: 3, says: 'it throws b is not defined' })
    expect(ranCells(['1 +']).problem).toMatchObject({ cell: 0 })
    expect(ranCells(['1', '```']).problem).toMatchObject({ cell: 1 })
  })
})

describe('the lessons of the page', () => {
  it('have the cells of their texts, in order, and all their formulas', () => {
    const { lessons } = courseIn(courseFolder())
    expect(courseTexts().lessons.length).toBe(16)
    for (const lesson of lessons) {
      const text = readFileSync(lesson, 'utf8')
      const { title, parts } = lessonText(text)
      expect(text).toContain(`# ${title}\n`)
      const code = parts.flatMap((part) => ('code' in part ? [part.code] : []))
      expect(code).toEqual(cellsOf(text).map((cell) => cell.code.trimEnd()))
      const html = parts.map((part) => ('html' in part ? part.html : '')).join('')
      expect(html.replaceAll(/<(code|annotation)[\s\S]*?<\/\1>/g, '')).not.toMatch(/\$|```/)
      expect(html).not.toMatch(/<math[^>]*><\/math>|<script|\son\w+=|javascript:/)
    }
  })

  it('show formulas as MathML and refuse those that cannot be read', () => {
    const [part] = lessonText('# 1. T\n\nA sum $a_i + b$ and $$x^2$$ too.\n').parts
    expect(part).toHaveProperty('html', expect.stringMatching(/<msub>[\s\S]*display="block"/))
    expect(() => lessonText('# 1. T\n\n$\\frac{1$\n')).toThrow()
  })
})

describe('a watched thread', () => {
  it('is replaced when it ends by itself, and the rest is checked', async () => {
    const started: (readonly string[])[] = []
    const found = (name: string): Finding => ({
      name,
      kind: 'function',
      outcome: 'right',
      brief: '',
      says: '',
      block: [],
      compared: 0,
      seconds: 0,
      reports: [],
    })
    const file = await checkInThreads(
      ({ done }, { message, broke }) => {
        started.push(done)
        setTimeout(() => {
          for (const name of ['a', 'b', 'c'].filter((one) => !done.includes(one))) {
            message({ kind: 'started', name, of: 'function' })
            if (name === 'b') return broke('it ended')
            message({ kind: 'found', finding: found(name) })
          }
          message({ kind: 'finished' })
        })
        return () => {}
      },
      { path, seed: 0, timeLimit: 60 },
    )
    expect(started).toEqual([[], ['a', 'b']])
    expect(file.findings.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['a', 'right'],
      ['b', 'refused'],
      ['c', 'right'],
    ])
  })
})
