// Finds faults in models/attention/{depth, named, parse, tokens}.ts.

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { showProblem } from '../../../core/index.ts'
import * as models from '../../../models/index.ts'
import { problemOf } from '../../expectations.ts'
import { anyExpressions } from './expressions.ts'

const { content, relative, absolute, plus, times, scaled, softmaxed, constant, mask } = models
const { applied, gated, learned, loudness, over, raised, MOST_DEPTH } = models
const parsed = (text: string): unknown => {
  const result = models.parseForm(text)
  return E.isLeft(result) ? showProblem(result.left) : result.right
}

describe('the text of an attention form', () => {
  it('reads back as the same form', () => {
    fc.assert(
      fc.property(anyExpressions, (e) => {
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
      'content / 2': over(content(), constant(2)),
      '2 / content * relative': times(over(constant(2), content()), relative()),
      'content / relative / absolute': over(over(content(), relative()), absolute()),
      '2 * content / relative': over(scaled(2, content()), relative()),
      'content / (2 * relative)': over(content(), scaled(2, relative())),
      '-content ^ 2': scaled(-1, raised(2, content())),
      '(-2) ^ 2': raised(2, constant(-2)),
      '2 ^ 3 * content': times(raised(3, constant(2)), content()),
      'content ** -0.5': raised(-0.5, content()),
      '(content ^ 2) ^ 2': raised(2, raised(2, content())),
      'tanh(content) + sigmoid(exp(relu(loudness)))': plus(
        applied('tanh', content()),
        applied('sigmoid', applied('exp', applied('relu', loudness()))),
      ),
      'learned * content': times(learned(), content()),
      'learned(-0.5) + learned()': plus(learned(-0.5), learned(1)),
      'gate(softmax(content), relative)': gated(softmaxed(content()), relative()),
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
      'contnet + relative': [0, 'not "contnet" at character 1: did you mean content?'],
      'content + Relative': [10, 'not "Relative" at character 11: did you mean relative?'],
      'content + banana': [10, 'not "banana" at character 11: one of content, positioned'],
      'tanhh(content)': [0, 'a known word, not "tanhh" at character 1: did you mean tanh?'],
      'content * sigmod(relative)': [10, 'did you mean sigmoid?'],
      'lerned(1) * content': [0, 'did you mean learned?'],
      'tanh content': [5, '( and a form, such as tanh(content)'],
      'gate(content)': [12, ', and a second form'],
      'learned(x)': [8, 'a number to start from, such as learned(0.1)'],
      'content ^ relative': [10, 'a number as exponent, such as 2 or -0.5'],
      'content ^ 2 ^ 2': [12, '+, -, *, /, ^ or the end'],
      'toString(content)': [0, 'a known word, not "toString"'],
      'content relative': [8, '+, -, *, /, ^ or the end'],
      'content / ': [10, 'a form such as content'],
      'relative(3)': [9, ') at once: relative takes nothing'],
      'mask(relative)': [5, 'a number'],
      '1e999 * relative': [0, 'a form such as content'],
      'content)': [7, '+, -, *, /, ^ or the end'],
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

  it('is refused with words where it is too deep or too long, and never ends the stack', () => {
    const many = 20_000
    const deep: Record<string, string> = {
      brackets: `${'('.repeat(many)}content${')'.repeat(many)}`,
      open: '('.repeat(many),
      signs: `${'-'.repeat(many)}content`,
      functions: `${'tanh('.repeat(1900)}content${')'.repeat(1900)}`,
      gates: `${'gate(1,'.repeat(1200)}content${')'.repeat(1200)}`,
      sum: `content${' + content'.repeat(900)}`,
      product: `content${'*content'.repeat(900)}`,
      'more brackets than may be': `${'('.repeat(MOST_DEPTH + 1)}1${')'.repeat(MOST_DEPTH + 1)}`,
      'more terms than may be': `1${'+1'.repeat(MOST_DEPTH)}`,
    }
    for (const [name, text] of Object.entries(deep)) {
      const result = models.parseForm(text)
      expect([name, E.isLeft(result)]).toEqual([name, true])
      const problem = E.isLeft(result) ? result.left : undefined
      expect(problem?.what).toMatch(/at most (200 nested operations or brackets|10000 characters)/)
      expect(showProblem(problem!).length).toBeLessThan(400)
    }
    for (const text of [
      `${'('.repeat(MOST_DEPTH)}1${')'.repeat(MOST_DEPTH)}`,
      `1${'+1'.repeat(MOST_DEPTH - 1)}`,
    ])
      expect(E.isRight(models.parseForm(text))).toBe(true)
  })

  it('built in code is refused likewise: printed, run, and told of', () => {
    const deepest = (levels: number): models.Expression =>
      Array.from({ length: levels - 1 }).reduce<models.Expression>(
        (e) => applied('tanh', e),
        content(),
      )
    for (const levels of [MOST_DEPTH + 1, 50_000])
      for (const use of [models.showForm, models.attention])
        problemOf(() => use(deepest(levels)), 'DomainError', '200 nested operations')
    const grid = models.patchGrid([4], 1)
    const properties = models.formProperties(models.attention(deepest(MOST_DEPTH)), {
      grid,
      heads: 1,
      dim: 2,
    })
    expect(properties.parameters).toBe(8)
    expect(parsed(models.showForm(deepest(MOST_DEPTH)))).toEqual(deepest(MOST_DEPTH))
  })

  it('is refused or read, never anything else, whatever is typed', () => {
    const pieces = fc.constantFrom(
      'content',
      'softmax',
      '(',
      ')',
      '+',
      '*',
      '/',
      '^',
      ',',
      'gate',
      'learned',
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
