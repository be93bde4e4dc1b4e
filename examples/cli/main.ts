#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { interruptibly, type StopSignal } from '../run/index.ts'
import { flags, usageExitCode } from '../settings/index.ts'
import { type Actions, type Options, program } from './grammar.ts'

// Starts fast: everything but the grammar is loaded when a command needs it.

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

const settingKeys: readonly string[] = flags.map((f) => f.key)

/** The settings among the options, as typed. */
const settingsOf = (options: Options): Record<string, string | boolean> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) =>
      settingKeys.includes(key) && value !== undefined ? [[key, value]] : [],
    ),
  )

const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

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

/** --json, with a word to those who would read npm's lines as JSON. */
const wantsJson = (options: Options): boolean => {
  if (options.json === true && process.stdout.isTTY !== true && npmPrints(process.env))
    process.stderr.write(
      'psigrad: npm wrote lines before the object; npm start -s -- --json does not\n',
    )
  return options.json === true
}

const actions: Actions = {
  train: async (options) => {
    const stopped = listen()
    const { trainCommand } = await import('./commands/trainCommand.ts')
    process.exitCode = await trainCommand(
      {
        flags: settingsOf(options),
        config: text(options.config),
        out: text(options.out),
        resume: text(options.resume),
        from: text(options.from),
        json: wantsJson(options),
      },
      {
        plan: async () => (await import('../session/planTraining.ts')).planTraining,
        stdout: process.stdout,
        stderr: process.stderr,
        stopped,
        interruptibly,
      },
    )
  },
  compare: async (options) => {
    const stopped = listen()
    const { compareCommand } = await import('./commands/compareCommand.ts')
    process.exitCode = await compareCommand(
      {
        flags: settingsOf(options),
        config: text(options.config),
        forms: text(options.forms) ?? '',
        seeds: text(options.seeds) ?? '1',
        out: text(options.out) ?? '',
        json: wantsJson(options),
      },
      {
        plan: async () => (await import('../session/planTraining.ts')).planTraining,
        stdout: process.stdout,
        stderr: process.stderr,
        stopped,
        interruptibly,
      },
    )
  },
  attention: async (run, options) => {
    const { attentionCommand } = await import('./commands/attentionCommand.ts')
    process.exitCode = await attentionCommand(
      { run, json: wantsJson(options) },
      {
        plan: async () => (await import('../session/planTraining.ts')).planTraining,
        stdout: process.stdout,
        stderr: process.stderr,
      },
    )
  },
  observe: async (run, options) => {
    const { observeCommand } = await import('./commands/observeCommand.ts')
    process.exitCode = await observeCommand(
      { run, rounds: text(options.rounds), json: wantsJson(options) },
      {
        plan: async () => (await import('../session/planTraining.ts')).planTraining,
        stdout: process.stdout,
        stderr: process.stderr,
      },
    )
  },
  study: async (options) => {
    const stopped = listen()
    const { studyCommand } = await import('./commands/studyCommand.ts')
    process.exitCode = await studyCommand(
      {
        quick: options.quick === true,
        only: text(options.only),
        list: options.list === true,
        pages: options.pages === true,
        again: options.again === true,
        out: text(options.out),
        docs: text(options.docs),
        threads: text(options.threads),
      },
      {
        plan: async () => (await import('../session/planTraining.ts')).planTraining,
        stdout: process.stdout,
        stderr: process.stderr,
        stopped,
        interruptibly,
      },
    )
  },
  devices: async (options) => {
    const { devicesCommand } = await import('./commands/devicesCommand.ts')
    process.exitCode = await devicesCommand(
      { json: wantsJson(options) },
      { stdout: process.stdout },
    )
  },
  exact: async (options) => {
    const { exactCommand } = await import('./commands/exactCommand.ts')
    process.exitCode = exactCommand(
      {
        flags: settingsOf(options),
        states: text(options.states) ?? '1',
        sectors: options.sectors === true,
        json: wantsJson(options),
      },
      { stdout: process.stdout, stderr: process.stderr },
    )
  },
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
  await program(version(), actions).parseAsync(process.argv)
} catch (error) {
  const code = usageExitCode(error)
  if (code === undefined) throw error
  process.exitCode = code
}
