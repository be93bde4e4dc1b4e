import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { anchored, ruleLines } from './derivatives.ts'
import { read, root } from './files.ts'

// node --import tsx spec/meta/anchors.ts
// Points the links of autodiff/derivatives/README.md at the lines where the rules stand now.

const path = 'autodiff/derivatives/README.md'
const text = anchored(read(path).text, {
  'vjpRules.ts': ruleLines(read('autodiff/derivatives/vjpRules.ts')),
  'jvpRules.ts': ruleLines(read('autodiff/derivatives/jvpRules.ts')),
})
writeFileSync(join(root, path), text)
