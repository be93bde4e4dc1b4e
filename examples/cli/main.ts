#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import type { StopSignal } from '../run/index.ts'
import { usageExitCode } from '../settings/index.ts'
import { commands } from './commands/index.ts'
import { program } from './grammar.ts'
import type { CliCommand, Given } from './parts/cliCommand.ts'
import type { CommandContext } from './parts/context.ts'

// The process starts fast: everything but the grammar is loaded when a command needs it.

const version = (): string => {
  // This file may be in examples/cli of the checkout, in dist/examples/cli, or in a bundle.
  for (const up of ['../../package.json', '../../../package.json', '../../../../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'))
      if (found.name === 'psigrad') return String(found.version)
    } catch {
      // There is no package.json in this folder.
    }
  }
  return 'unknown'
}

/**
 * The first signal asks the run to stop as soon as its state is saved; a second one ends the
 * process at once. SIGHUP never does, because a closing terminal sends it more than once.
 */
const listen = (): (() => StopSignal | undefined) => {
  let received: StopSignal | undefined
  const take = (signal: StopSignal): void => {
    for (const other of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(other)
    if (received !== undefined) return
    received = signal
    process.stderr.write(
      `\npsigrad: ${signal}, stopping once the state is saved (a second one stops at once)\n`,
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, take)
  return () => received
}

/** Tells whether npm prints two lines on stdout before the script, as it does without -s. */
const npmPrints = ({
  npm_lifecycle_event,
  npm_config_loglevel,
  npm_config_json,
}: NodeJS.ProcessEnv) =>
  npm_lifecycle_event !== undefined &&
  npm_lifecycle_event !== 'npx' &&
  npm_config_loglevel !== 'silent' &&
  npm_config_json !== 'true'

/** Warns a reader of JSON about npm's lines, and names the command that does not print them. */
const warnOfNpm = (): void => {
  if (process.stdout.isTTY === true || !npmPrints(process.env)) return
  process.stderr.write(
    'psigrad: npm wrote lines before the JSON object; npm start -s -- --json does not\n',
  )
}

const contextOf = async ({ savesOnSignal }: CliCommand): Promise<CommandContext> => {
  const { stdout, stderr } = process
  const plan = async () => (await import('../session/planTraining.ts')).planTraining
  const suit = async () => (await import('../session/suitedTo.ts')).suitedTo
  if (savesOnSignal !== true) return { plan, stdout, stderr, stopped: () => undefined }
  const stopped = listen()
  const { interruptibly } = await import('../run/index.ts')
  return { plan, suit, stdout, stderr, stopped, interruptibly }
}

const call = async (command: CliCommand, given: Given): Promise<void> => {
  const context = await contextOf(command)
  if (given.switches.json === true) warnOfNpm()
  process.exitCode = await command.run(given, context)
}

// `psigrad ... | head` closes the pipe early: no reason for a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// A closed terminal cannot show messages; the run's state is still saved.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
})

try {
  await program(version(), commands, call).parseAsync(process.argv)
} catch (error) {
  const code = usageExitCode(error)
  if (code === undefined) throw error
  process.exitCode = code
}
