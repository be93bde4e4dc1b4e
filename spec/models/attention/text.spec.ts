import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { showProblem } from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import { expressions } from './expressions.ts'

const { content, relative, absolute, plus, times, scaled, softmaxed, constant, mask } = models
const parsed = (text: string): unknown => {
  const result = models.parseForm(text)
  return E.isLeft(result) ? showProblem(result.left) : result.right
}

describe('the text of an attention form', () => {
  it('reads back as the same form', () => {
    fc.assert(
      fc.property(expressions, (e) => {
        expect(parsed(models.showForm(e))).toEqual(e)
      }),
      { numRuns: 1000 },
    )
  })

  it('binds like arithmetic, from the left; a number in front scales', () => {
    const cases: Record<string, models.Expression> = {
      'softmax(content + relative)': softmaxed(plus(content(), relative())),
      'content + relative * absolute': plus(content(), times(relative(), absolute())),
      '(content + relative) * absolute': times(plus(content(), relative()), absolute()),
      'content+relative+absolute': plus(plus(content(), relative()), absolute()),
      ' 0.5 * absolute ': scaled(0.5, absolute()),
      '2 * relative * absolute': times(scaled(2, relative()), absolute()),
      '(2) * relative': times(constant(2), relative()),
      'relative - content()': plus(relative(), scaled(-1, content())),
      '-relative': scaled(-1, relative()),
      '-1e-3': constant(-1e-3),
      'relative * mask(1.5)': times(relative(), mask(1.5)),
      decoupled: plus(softmaxed(content()), relative()),
      'softmax(t5)': softmaxed(softmaxed(plus(content(), relative()))),
    }
    for (const [text, e] of Object.entries(cases)) expect([text, parsed(text)]).toEqual([text, e])
  })

  it('says where it cannot be read, and what was expected there', () => {
    const cases: Record<string, readonly [at: number, expected: string]> = {
      '': [0, 'a form such as content'],
      'softmax(content + )': [18, 'a form such as content'],
      'softmax(content': [15, ') to close softmax('],
      'softmax content': [8, '( and a form, such as softmax(content)'],
      'contnet + relative': [0, '"content"'],
      'content + Relative': [10, '"relative"'],
      'content + banana': [10, 'one of content, positioned'],
      'content relative': [8, '+, -, * or the end'],
      'content / 2': [8, '+, -, * or the end'],
      'relative(3)': [9, ') at once: relative takes nothing'],
      'mask(relative)': [5, 'a number'],
      '1e999 * relative': [0, 'a form such as content'],
      'content)': [7, '+, -, * or the end'],
    }
    for (const [text, [at, expected]] of Object.entries(cases)) {
      const result = models.parseForm(text)
      expect(text).toSatisfy(() => E.isLeft(result))
      const problem = E.isLeft(result) ? result.left : undefined
      expect([text, problem?.kind, problem?.data?.at]).toEqual([text, 'ParseError', at])
      expect(problem?.what).toContain(expected)
      expect(showProblem(problem!).split('\n').at(-1)).toBe(`  ${' '.repeat(at)}^`)
    }
  })

  it('is refused or read, never anything else, whatever is typed', () => {
    const pieces = fc.constantFrom(
      'content',
      'softmax',
      '(',
      ')',
      '+',
      '*',
      '-',
      '2',
      ' ',
      'x',
      '.',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (list) => {
        const text = list.join('')
        const result = models.parseForm(text)
        if (E.isRight(result)) expect(parsed(models.showForm(result.right))).toEqual(result.right)
        else expect(result.left.data?.at).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 500 },
    )
  })
})
