#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import type { StopSignal } from '../run/index.ts'
import { usageExitCode } from '../settings/index.ts'
import type { CliCommand, Given } from './cliCommand.ts'
import { commands } from './commands/index.ts'
import type { CommandContext } from './context.ts'
import { program } from './grammar.ts'

// The process starts fast: everything but the grammar is loaded when a command needs it.

const version = (): string => {
  // From examples/cli in the checkout, from dist/examples/cli in the package, from a bundle.
  for (const up of ['../../package.json', '../../../package.json', '../../../../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'))
      if (found.name === 'psigrad') return String(found.version)
    } catch {
      // not at this height
    }
  }
  return 'unknown'
}

/**
 * The first signal asks the run to stop as soon as its state is saved; a second one ends the
 * process at once. But a terminal that closes says so more than once: SIGHUP never ends it at once.
 */
const listen = (): (() => StopSignal | undefined) => {
  let received: StopSignal | undefined
  const take = (signal: StopSignal): void => {
    for (const other of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(other)
    if (received !== undefined) return
    received = signal
    process.stderr.write(
      `\npsigrad: ${signal}, stopping once the state is saved (again: at once)\n`,
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, take)
  return () => received
}

/** npm prints two lines of its own on stdout before a script starts, unless it is told not to. */
const npmPrints = ({
  npm_lifecycle_event,
  npm_config_loglevel,
  npm_config_json,
}: NodeJS.ProcessEnv) =>
  npm_lifecycle_event !== undefined &&
  npm_lifecycle_event !== 'npx' &&
  npm_config_loglevel !== 'silent' &&
  npm_config_json !== 'true'

/** This tells those who would read npm's lines as JSON what does not write them. */
const warnOfNpm = (): void => {
  if (process.stdout.isTTY === true || !npmPrints(process.env)) return
  process.stderr.write(
    'psigrad: npm wrote lines before the object; npm start -s -- --json does not\n',
  )
}

const contextOf = async ({ savesOnSignal }: CliCommand): Promise<CommandContext> => {
  const { stdout, stderr } = process
  const plan = async () => (await import('../session/planTraining.ts')).planTraining
  const suit = async () => (await import('../session/suited.ts')).suited
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

// A terminal that has gone takes no words; the run's state is saved all the same.
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
