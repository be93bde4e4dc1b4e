import { dirname, join, relative } from 'node:path'

// The command that runs psigrad depends on where it is: in a checkout, or in a project that has it
// installed. Messages contain `psigrad train ...`; before they are printed, `spoken` replaces the
// name by the command that exists here.

const inCheckout = 'npm run -s psigrad --'
const installed = 'npx psigrad'

const windows = process.platform === 'win32'
const plain = windows ? /^[\w./\\:+-]+$/ : /^[\w./+-]+$/

/** Quotes a text where a shell would split it, so that it is one word of a command line. */
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

/** The command that runs psigrad in this process. */
export const psigrad: string = calledAs(process.argv[1] ?? '', process.cwd())

/**
 * Matches the name where a command follows it. A title such as `psigrad train: square 4x4` is no
 * command, and neither is a part of a path or of a quoted word.
 */
const command = /(?<!npm run -s |npx |[\w./'"-])psigrad (?=[a-z]+\b(?!:))/g

/** Replaces `psigrad train ...` and the like in a text by the command that the user can type. */
export const spoken = (text: string, call: string = psigrad): string =>
  text.replaceAll(command, `${call} `)

/** Returns the command `study` with some flags; in a checkout this is an npm script. */
export const studyCalled = (flags: readonly string[], call: string = psigrad): string =>
  call === inCheckout
    ? ['npm run study', ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ')
    : [call, 'study', ...flags].join(' ')
