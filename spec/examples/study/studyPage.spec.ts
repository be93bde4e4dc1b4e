import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { either as E } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { listingRows } from '../../../examples/study/listing.ts'
import { cellsOfPlan } from '../../../examples/study/studyCells.ts'
import { studyPage } from '../../../examples/study/studyPage.ts'
import { picturesOf } from '../../../examples/study/studyPictures.ts'
import { madeUp, ring } from '../madeUpStudy.ts'

const command = (...flags: string[]): string => ['npm run study', ...flags].join(' ')

describe('the page of a study', () => {
  const numbers = madeUp({ factored: -0.499, t5: -0.48 }, 0.25, { factored: 2e-6, t5: 3e-6 })
  const blocks = [
    { ...ring, name: 'b', note: 'A note.' },
    { ...ring, name: 'later', title: 'Not yet' },
  ]
  const pictures = picturesOf(numbers)
  const page = studyPage(blocks, numbers, pictures, 'study', command)

  it('has a section for each block with runs, a row for each form, and what was reached', () => {
    expect(page).toContain('6 of 9 runs are done, 0.0 hours')
    expect(page).toContain('A note.\n\nPatches of')
    expect(page).toContain('Exact: E₀/N = -0.500000000.')
    expect(page).not.toContain('Not yet')
    expect(page).toMatch(
      /\| factored \| 2 \| 1 \| 3 \| .* \| 2\.0e-3 \| 2\.0e-3 \| 1\.0e-3 \| 90 \| 1,000 \| 2\.00 \|/,
    )
    expect(page).toMatch(
      /\| t5 \| 2 \| 1 \| 3 \| .* \| 4\.0e-2 \| 4\.0e-2 \| 1\.0e-3 \| 100 \| 1,000 \| 3\.00 \|/,
    )
    expect(page).toContain('| t5 | 2 | 1 | 5.0e-1 | 2.5e-1 | 5.0e-1 | 2.5e-1 |')
    const { dimer, timings: _, ...rest } = numbers
    const cells = rest.cells.map((c) => ({
      ...c,
      reached: [[1e-2, 60 * c.config.seed]] as [number, number][],
    }))
    const untimed = studyPage(blocks, { ...rest, cells, dimer, timings: [] }, [], 'study', command)
    expect(untimed).toMatch(/\| 90 \| – \| – \|/)
    expect(untimed).toMatch(/- t5: 1e-2 after 1/)
  })

  it('shows its pictures, each with a text of its own', () => {
    expect(pictures.map(({ file }) => file)).toEqual([
      'b-curves.svg',
      'b-errors.svg',
      'b-input.svg',
    ])
    for (const { file, alt, svg } of pictures) {
      expect(page).toContain(`<img src="study/${file}" width="720" alt="${alt}">`)
      expect(svg).toMatch(/^<svg /)
    }
    expect(pictures[1]!.svg.match(/<circle /g)).toHaveLength(6)
    const inexact = numbers.cells.map((c) => ({ ...c, exact: null, relativeError: null }))
    const without = picturesOf({ ...numbers, cells: inexact })
    expect(without.map(({ file }) => file)).toEqual(['b-curves.svg', 'b-input.svg'])
  })

  it('comes after a list of what is left to do', () => {
    const cells = cellsOfPlan([ring])
    const nowhere = join(tmpdir(), 'psigrad-no-study')
    const rows = listingRows(cells, { out: nowhere, pages: nowhere })
    expect(E.isRight(rows) && rows.right).toEqual([
      ['run', 'state'],
      ...cells.map(({ name }) => [name, 'to do']),
    ])
  })
})
