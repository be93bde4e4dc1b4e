import { dirname, join, relative } from 'node:path'

// What a reader has to type to run psigrad depends on where it is: in a checkout, or in a project
// that has it installed. Messages say `psigrad train ...`; where they leave the program, `spoken`
// puts the command that exists in place of the name.

const inCheckout = 'npm run -s psigrad --'
const installed = 'npx psigrad'

const windows = process.platform === 'win32'
const plain = windows ? /^[\w./\\:+-]+$/ : /^[\w./+-]+$/

/** A text becomes one word of a command line: it is quoted where a shell would split it. */
export const shellWord = (text: string): string =>
  plain.test(text)
    ? text
    : windows
      ? `"${text.replaceAll('"', '\\"')}"`
      : `'${text.replaceAll("'", "'\\''")}'`

/** A script of the checkout is started by `node` and its path, which is as short as it may be. */
const byNode = (script: string, folder: string): string => {
  const path = relative(folder, script)
  return `node ${shellWord(path.startsWith('..') ? script : path)}`
}

/**
 * The script that Node was started with, and the folder it was started in, tell how psigrad was
 * called: from the checkout's root it is `npm run -s psigrad --`, as the package of a project
 * `npx psigrad`, from the PATH `psigrad`, and from anywhere else `node` and the script.
 *
 * Special cases  A script of another program, such as a specification, gives `psigrad`.
 */
export const calledAs = (script: string, folder: string): string => {
  if (/[\\/]node_modules[\\/](\.bin|psigrad)[\\/]/.test(script)) return installed
  if (!/[\\/]examples[\\/]cli[\\/](launch\.mjs|main\.[jt]s)$/.test(script)) return 'psigrad'
  const root = join(dirname(script), '../..')
  const built = script.endsWith('.js')
  return !built && relative(root, folder) === '' ? inCheckout : byNode(script, folder)
}

/** In this process a reader types this for psigrad. */
export const psigrad: string = calledAs(process.argv[1] ?? '', process.cwd())

/**
 * This finds the name where a command follows it. A title such as `psigrad train: square 4x4` is no
 * command, and neither is a part of a path or of a quoted word.
 */
const command = /(?<!npm run -s |npx |[\w./'"-])psigrad (?=[a-z]+\b(?!:))/g

/** In a text, `psigrad train ...` and its like become what its reader has to type. */
export const spoken = (text: string, call: string = psigrad): string =>
  text.replaceAll(command, `${call} `)

/** This is the command `study` with some flags; the checkout has a script of its own for it. */
export const studyCalled = (flags: readonly string[], call: string = psigrad): string =>
  call === inCheckout
    ? ['npm run study', ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ')
    : [call, 'study', ...flags].join(' ')
