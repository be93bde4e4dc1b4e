import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jvpRules, vjpRules } from '../../autodiff/index.ts'
import { placeMutants, suspects } from './mutations.ts'
import { ruleMutants } from './rules.ts'

// The mutation run itself is long; that its mutants can still be made is checked every time.

const project = resolve(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(project, file), 'utf8')

describe('mutants', () => {
  it('outside the tables find their place exactly once, and their specs exist', () => {
    const mutants = placeMutants(read)
    expect(mutants.length).toBe(suspects.reduce((n, { mutations }) => n + mutations.length, 0))
    for (const { file, text, specs } of mutants) {
      expect(text).not.toBe(read(file))
      for (const spec of specs) expect(existsSync(join(project, spec)), spec).toBe(true)
    }
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  })

  for (const [table, rules] of Object.entries({ vjpRules, jvpRules }))
    it(`exist for every operand of every rule in ${table}`, () => {
      const names = ruleMutants(
        `autodiff/derivatives/${table}.ts`,
        table,
        read(`autodiff/derivatives/${table}.ts`),
      ).map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      for (const [primitive, rule] of Object.entries(rules)) {
        const found = names.filter((name) => name.startsWith(`${table} ${primitive}`))
        const operands = Array.isArray(rule) ? rule.length : 1
        expect(found.length, primitive).toBeGreaterThanOrEqual(operands)
      }
    })
})
