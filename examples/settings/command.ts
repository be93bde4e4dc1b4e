import { dirname, join, relative } from 'node:path'

// What a reader has to type to run psigrad depends on where it is: in a checkout, or in a project
// that has it installed. Messages say `psigrad train ...`; where they leave the program, `spoken`
// puts the command that exists in place of the name.

const inCheckout = 'npm run -s psigrad --'
const installed = 'npx psigrad'

const windows = process.platform === 'win32'
const plain = windows ? /^[\w./\\:+-]+$/ : /^[\w./+-]+$/

/** A text as one word of a command line that can be pasted, quoted where a shell would split it. */
export const shellWord = (text: string): string =>
  plain.test(text)
    ? text
    : windows
      ? `"${text.replaceAll('"', '\\"')}"`
      : `'${text.replaceAll("'", "'\\''")}'`

/** A script of the checkout, started by hand: `node` and its path, as short as it may be. */
const byNode = (script: string, folder: string): string => {
  const path = relative(folder, script)
  return `node ${shellWord(path.startsWith('..') ? script : path)}`
}

/**
 * How psigrad was called, by the script that Node was started with and the folder it was started
 * in: from the checkout's root `npm run -s psigrad --`, as the package of a project `npx psigrad`,
 * from the PATH `psigrad`, and by `node` and the script from anywhere else.
 *
 * Special cases  For a script of another program, such as one of the specifications, `psigrad`.
 */
export const calledAs = (script: string, folder: string): string => {
  if (/[\\/]node_modules[\\/](\.bin|psigrad)[\\/]/.test(script)) return installed
  if (!/[\\/]examples[\\/]cli[\\/](launch\.mjs|main\.[jt]s)$/.test(script)) return 'psigrad'
  const root = join(dirname(script), '../..')
  const built = script.endsWith('.js')
  return !built && relative(root, folder) === '' ? inCheckout : byNode(script, folder)
}

/** The word for psigrad in this process. */
export const psigrad: string = calledAs(process.argv[1] ?? '', process.cwd())

/**
 * The name where a command follows it. A title such as `psigrad train: square 4x4` is no command,
 * and neither is a part of a path or of a quoted word.
 */
const command = /(?<!npm run -s |npx |[\w./'"-])psigrad (?=[a-z]+\b(?!:))/g

/** A text in which `psigrad train ...` and its like become what its reader has to type. */
export const spoken = (text: string, call: string = psigrad): string =>
  text.replaceAll(command, `${call} `)

/** The command `study` with some flags; the checkout has a script of its own for it. */
export const studyCalled = (flags: readonly string[], call: string = psigrad): string =>
  call === inCheckout
    ? ['npm run study', ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ')
    : [call, 'study', ...flags].join(' ')
