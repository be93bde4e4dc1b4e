// Finds faults in examples/cli/commands/{lessonCommand, exerciseCommand}.ts.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { exerciseCommand } from '../../../examples/cli/commands/exerciseCommand.ts'
import { lessonCommand } from '../../../examples/cli/commands/lessonCommand.ts'
import { chosenFrom, courseFolder, courseIn } from '../../../examples/lessons/course.ts'
import { cellsOf, programOf, promisesIn } from '../../../examples/lessons/lessonCells.ts'
import { lessonAsRun, runLesson, showValue } from '../../../examples/lessons/runLesson.ts'
import { prepared, programsIn } from '../../meta/blocks.ts'
import { agrees } from '../../meta/values.ts'

// What a lesson is, and what its reader sees. The values of all lessons are checked with those of
// all documents, by spec/meta/readme.spec.ts.

const MOST_CODE = 80
/** A page holds about so many words. */
const MOST_WORDS = 420

const folder = mkdtempSync(join(tmpdir(), 'psigrad-lessons-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const course = courseIn(courseFolder())
const lessons = course.lessons.map((path) => {
  const text = readFileSync(path, 'utf8')
  return { name: basename(path), path, text }
})

const codeLines = (text: string): number =>
  programOf(text)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length

const words = (text: string): number =>
  text
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/\$\$[\s\S]*?\$\$/g, '')
    .match(/[\p{L}\d]+/gu)!.length

describe('the lessons', () => {
  it('are numbered from 1 to 16 without a gap, and so are their titles', () => {
    const numbers = Array.from({ length: 16 }, (_, k) => k + 1)
    expect(lessons.map(({ name }) => Number.parseInt(name, 10))).toEqual(numbers)
    expect(lessons.map(({ text }) => Number(/^# (\d+)\. /.exec(text)?.[1]))).toEqual(numbers)
  })

  it.each(lessons.map((lesson) => [lesson.name, lesson] as const))(
    '%s has a question, an explanation and something to try, on one page with little code',
    (_, { text }) => {
      expect(text.split('\n')[2]).toMatch(/^\*\*Question\.\*\* .*/)
      expect(text).toContain('**What you see')
      expect(text).toContain('**Try next.**\n')
      expect(codeLines(text)).toBeLessThanOrEqual(MOST_CODE)
      expect(words(text)).toBeLessThanOrEqual(MOST_WORDS)
    },
  )

  it('have formulas that a repository page shows: no signs that Markdown takes for its own', () => {
    const texts = [...course.lessons, ...course.answers].map((path) => readFileSync(path, 'utf8'))
    const formulas = texts.flatMap((text) => {
      const prose = text.replaceAll(/^```[\s\S]*?^```$|`[^`\n]*`/gm, '')
      expect(prose.split('$').length % 2, `every formula ends: ${text.slice(0, 40)}`).toBe(1)
      return [...prose.matchAll(/\$\$([\s\S]*?)\$\$|\$([^$]*)\$/g)].map((m) => m[1] ?? m[2]!)
    })
    expect(formulas.length).toBeGreaterThan(200)
    // Markdown takes the backslash from a punctuation sign before a formula is set.
    expect(formulas.filter((formula) => /\\[^A-Za-z]/.test(formula))).toEqual([])
  })

  it('lead from one to the next, and back', () => {
    for (const [k, { text }] of lessons.entries()) {
      const links = [
        ...text
          .split('\n')
          .at(-2)!
          .matchAll(/\]\(([^)]+)\)/g),
      ].map((m) => m[1])
      const wanted = [lessons[k - 1]?.name, 'README.md', lessons[k + 1]?.name]
      expect(links).toEqual(wanted.filter((name) => name !== undefined))
    }
  })

  it.each(lessons.map((lesson) => [lesson.name, lesson] as const))(
    '%s promises what a parser of TypeScript finds in it',
    (name, { text }) => {
      const [block] = programsIn({ path: `examples/lessons/${name}`, text })
      const { checked, judge } = prepared(block!)
      const promises = promisesIn(programOf(text))
      expect(promises.length).toBe(checked)
      // A judge that sees nothing reports every promise, with its line.
      const reported = judge(new Map()).map((problem) => Number(problem.split(':')[1]))
      expect(reported).toEqual(promises.map(({ line }) => line))
    },
  )
})

describe('a lesson that runs', () => {
  const lesson = [
    '# A lesson',
    '```ts',
    "import { mul, tensor, type Tensor } from 'psigrad/core'",
    'const twice = (x: Tensor): Tensor => mul(2, x)',
    'twice(',
    '  tensor([1, 2]),',
    ') // => [2, 4]',
    '```',
    'words // => 7',
    '```ts',
    "const lines = ['a', 'b']",
    "lines.join('\\n') // =>",
    '// a',
    '// c',
    '```',
    '```sh',
    'not code // => 1',
    '```',
    '',
  ].join('\n')

  it('is one program of its cells, on their own lines', () => {
    expect(cellsOf(lesson).map(({ line }) => line)).toEqual([3, 11])
    const lines = programOf(lesson).split('\n')
    for (const [k, line] of lesson.split('\n').entries())
      if (lines[k] !== '' && lines[k] !== undefined) expect(lines[k]).toBe(line)
    expect(lines.filter((line) => line !== '')).toHaveLength(9)
  })

  it('gives its values in order, with their lines', () => {
    const seen: unknown[] = []
    runLesson('a.md', lesson, ({ line, value, given }) =>
      seen.push([line, value, showValue(given)]),
    )
    expect(seen).toEqual([
      [5, '[2, 4]', '[2, 4]'],
      [12, 'a\nc', 'a\nb'],
    ])
  })

  it('gives every promise of any cells its value and its line, whatever stands between them', () => {
    /** Lines of a statement, and the value that it promises. */
    const statement = fc.oneof(
      fc
        .integer()
        .map((n) => ({ lines: [`{ const quiet = ${n}; void quiet }`], value: undefined })),
      fc.integer({ min: 0 }).map((n) => ({ lines: [`${n} // => ${n}`], value: `${n}` })),
      fc.array(fc.nat(), { minLength: 1 }).map((ns) => ({
        lines: ['Array.of(', ...ns.map((n) => `  ${n},`), `) // => [${ns.join(', ')}]`],
        value: `[${ns.join(', ')}]`,
      })),
      fc.array(fc.stringMatching(/^[a-z ]*[a-z]$/), { minLength: 2 }).map((words) => ({
        lines: [
          `${JSON.stringify(words)}.join('\\n') // =>`,
          ...words.map((word) => `// ${word}`),
          '',
        ],
        value: words.join('\n'),
      })),
    )
    const prose = fc.constantFrom('', 'Words.', '1 // => 2', '```sh\n3 // => 4\n```')
    const parts = fc.array(fc.tuple(prose, fc.array(statement, { minLength: 1 })))
    fc.assert(
      fc.property(parts, (cells) => {
        const lines: string[] = []
        const wanted: unknown[] = []
        for (const [words, statements] of cells) {
          lines.push(...words.split('\n'), '```ts')
          for (const one of statements) {
            if (one.value !== undefined) wanted.push([lines.length + 1, one.value])
            lines.push(...one.lines)
          }
          lines.push('```')
        }
        const lesson = `${lines.join('\n')}\n`
        const seen: unknown[] = []
        runLesson('a.md', lesson, ({ line, value, given }) => {
          expect(showValue(given)).toBe(value)
          seen.push([line, value])
        })
        expect(seen).toEqual(wanted)
        expect(lessonAsRun('a.md', lesson)).toBe(lesson)
      }),
    )
  })

  it('is printed with the values that came, and no other change', () => {
    expect(lessonAsRun('a.md', lesson)).toBe(lesson.replace('// c\n', '// b\n'))
    const other = lesson.replace('mul(2, x)', 'mul(3, x)')
    expect(lessonAsRun('a.md', other)).toContain(') // => [3, 6]\n')
  })

  it('tells the line of an error, and leaves nothing behind', () => {
    const broken = lesson.replace('const lines', 'nothing.here\nconst lines')
    const error = (() => {
      try {
        runLesson('a.md', broken, () => {})
        return undefined
      } catch (thrown) {
        return thrown as Error
      }
    })()
    expect(error?.stack).toMatch(/a\.md:11:/)
    expect(globalThis).not.toHaveProperty('__show')
  })

  it.each([
    [1 / 3, '0.3333333'],
    [-0.5, '-0.5'],
    [Number.NaN, 'NaN'],
    ['a', "'a'"],
    [[true, undefined], '[true, undefined]'],
    [{ re: Float64Array.of(1, 2) }, '{ re: [1, 2] }'],
  ])('shows %j as %s, which the tests read as the same value', (value, text) => {
    expect(showValue(value)).toBe(text)
    if (!text.includes('.3')) expect(agrees(value, text)).toBeUndefined()
  })
})

describe('psigrad lesson and psigrad exercise', () => {
  const streams = () => {
    const texts = { out: '', err: '' }
    const stdout = { write: (text: string) => (texts.out += text) }
    return { texts, stdout, stderr: { write: (text: string) => (texts.err += text) } }
  }
  const lesson = async (which?: string) => {
    const s = streams()
    return { code: await lessonCommand(which, s), ...s.texts }
  }
  const exercise = async (which: string) => {
    const s = streams()
    return { code: await exerciseCommand(which, s), ...s.texts }
  }

  it('list what there is', async () => {
    const { code, out } = await lesson()
    expect(code).toBe(0)
    expect(out.match(/^ {2}\d+\. /gm)).toHaveLength(lessons.length + course.exercises.length)
  })

  it('run a lesson by its number, or a copy by its path', async () => {
    const path = join(folder, 'mine.md')
    writeFileSync(path, lessons[1]!.text.replace('tensor([1, 2, 3])', 'tensor([0, 0, 0])'))
    const original = await lesson('2')
    expect(original.code).toBe(0)
    expect(original.out).toContain('d // => 3.083426\n')
    expect((await lesson(path)).out).toContain('d // => 0\n')
  })

  it('say what they expected, and what went wrong', async () => {
    expect(await lesson('17')).toMatchObject({ code: 2, err: expect.stringContaining('1 to 16') })
    const path = join(folder, 'broken.md')
    writeFileSync(path, '```ts\nnothing.here\n```\n')
    expect(await lesson(path)).toMatchObject({ code: 2, err: expect.stringContaining('nothing') })
    const empty = join(folder, 'empty.ts')
    writeFileSync(empty, 'export const x = 1\n')
    expect(await exercise(empty)).toMatchObject({ code: 2, err: expect.stringContaining('claims') })
    expect(await exercise('0')).toMatchObject({ code: 2, err: expect.stringContaining('1 to 15') })
  })

  it('ask the claims of an exercise: 1 where one fails, and why, 0 where all hold', async () => {
    const wrong = await exercise('5')
    expect(wrong.code).toBe(1)
    expect(wrong.out).toContain('  holds   the gradient of the sum is x\n')
    expect(wrong.out).toContain('  fails   the rule of penalty is right\n      GradientError')
    const path = join(folder, 'right.ts')
    const text = readFileSync(chosenFrom(course.exercises, '5')!, 'utf8')
    writeFileSync(path, text.replace('[x!],', '[mul(_yBar, x!)],'))
    expect(await exercise(path)).toMatchObject({ code: 0 })
  })
})
