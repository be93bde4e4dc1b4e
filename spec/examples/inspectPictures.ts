import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Diagram,
  diagram,
  differenceDiagram,
  programDifference,
} from '../../autodiff/index.ts'
import { add, cos, mul, programOf, sin, sum, type Tensor, tensor } from '../../core/index.ts'
import { formReference } from '../../examples/forms/index.ts'
import { graphvizPicture, inspectExport } from '../../examples/inspect/index.ts'
import { blocksIn } from '../meta/blocks.ts'
import { read, root } from '../meta/files.ts'

// node --import tsx spec/examples/inspectPictures.ts
// Draws the pictures of docs/inspecting.md again.

/** The first program of the page, as a reader saves it. */
const savedProgram = (): string => {
  const block = blocksIn(read('docs/inspecting.md')).find(({ language }) => language === 'ts')
  const file = join(mkdtempSync(join(tmpdir(), 'psigrad-page-')), 'own.ts')
  writeFileSync(file, block!.code)
  return `${file}#loss`
}

const diagrams: Readonly<Record<string, () => Diagram>> = {
  'docs/images/inspect-rule.svg': () => {
    const reference = formReference(savedProgram())!
    const found = inspectExport({ reference, seed: 1, rules: true })
    if (found._tag === 'Left') throw new Error(found.left)
    return diagram(found.right.inspection, { colour: 'rule' })
  },
  'docs/images/inspect-difference.svg': () => {
    const x = tensor([1, 2])
    const before = programOf((y: Tensor) => sum(mul(sin(y), cos(y))))(x)
    const after = programOf((y: Tensor) => sum(mul(sin(y), add(cos(y), 1))))(x)
    return differenceDiagram(programDifference(before, after))
  },
}

/** The paths of the page's pictures, with their texts. */
export const pagePictures = async (): Promise<readonly (readonly [string, string])[]> =>
  Promise.all(
    Object.entries(diagrams).map(
      async ([path, make]) => [path, `${await graphvizPicture(make(), 100)}\n`] as const,
    ),
  )

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, svg] of await pagePictures()) writeFileSync(join(root, path), svg)
