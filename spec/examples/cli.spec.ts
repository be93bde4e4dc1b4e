import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

// The real process: exit codes, streams and signals.

const launcher = join(import.meta.dirname, '../../examples/cli/launch.mjs')
const root = mkdtempSync(join(tmpdir(), 'psigrad-cli-'))

const psigrad = (...args: string[]) => {
  const child = spawn(process.execPath, [launcher, ...args])
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  )
  return { child, ended }
}

/** A run of milliseconds per step. */
const small = '--lattice chain --size 6 --j2 0 --patch 2 --layers 1 --dim 4 --heads 2'.split(' ')
const quick = [...small, '--sum', 'full', '--threads', '1']

describe('psigrad', () => {
  it('explains itself with code 0 and complains with code 2', async () => {
    const config = join(root, 'bad.json')
    writeFileSync(config, '{"lr": NaN, "stepz": 3}')
    const [help, flag, values, file, folder] = await Promise.all([
      psigrad('train', '--help').ended,
      psigrad('train', '--stepz', '3').ended,
      psigrad('train', '--size', '3x5', '--samples', '1').ended,
      psigrad('train', '--config', config).ended,
      psigrad('train', ...quick, '--out', '/proc/psigrad').ended,
    ])
    expect(help.code).toBe(0)
    for (const text of ['--diag-shift <λ>', 'default: 4x4', 'Exit codes', '--resume'])
      expect(help.stdout).toContain(text)
    for (const { code, stdout } of [flag, values, file, folder])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(flag.stderr).toContain("unknown option '--stepz'\n(Did you mean --steps?)")
    expect(values.stderr).toContain('--size 3x5: expected an even number of sites')
    expect(values.stderr).toContain('one sample has no variance')
    expect(file.stderr).toContain('stepz: expected "steps"')
    expect(file.stderr).toContain('lr: received NaN, expected a number > 0')
    expect(folder.stderr).toContain('--out /proc/psigrad:')
  })

  it('starts with the sources as they are, workers too: a thread more changes nothing', async () => {
    const sampled = ['train', ...small, '--samples', '512', '--steps', '3', '--json', '--threads']
    const [version, ...runs] = await Promise.all([
      psigrad('--version').ended,
      ...['1', '2'].map((n) => psigrad(...sampled, n, '--out', join(root, `threads ${n}`)).ended),
    ])
    const { version: own } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(version.stdout).toBe(`${own}\n`)
    const energies = runs.map(({ stdout }) => JSON.parse(stdout).energyPerSite)
    expect(energies[0]).toBeLessThan(0)
    expect(energies[1]).toBe(energies[0])
  })

  it('compare prints a row for each form, attention one for each head', async () => {
    const out = join(root, 'forms')
    const forms = ['--forms', 'factored,softmax(content)', ...quick, '--steps', '2', '--out', out]
    const { code, stdout } = await psigrad('compare', ...forms).ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^form .*\nfactored .*\nsoftmax\(content\) .*$/m)
    const folder = readdirSync(out).find((name) => name.startsWith('softmax'))!
    const [table, json, wrong, typo] = await Promise.all([
      psigrad('attention', join(out, folder)).ended,
      psigrad('attention', join(out, folder), '--json').ended,
      psigrad('attention', root).ended,
      psigrad('compare', '--forms', 'factord', '--out', out).ended,
    ])
    expect(table.stdout).toContain('softmax(content), step 2')
    const { heads } = JSON.parse(json.stdout)
    expect(heads.map((h: { head: number }) => h.head)).toEqual([0, 1])
    expect([wrong.code, typo.code]).toEqual([2, 2])
    expect(wrong.stderr).toContain('expected the folder of a run')
    expect(typo.stderr).toContain(
      '--attention factord: expected a known word, not "factord" at character 1: did you mean factored?',
    )
  })

  it('exact prints one JSON object with the keys promised, and refuses large sectors', async () => {
    const [one, many, large] = await Promise.all([
      psigrad('exact', '--lattice', 'chain', '--size', '4', '--j2', '0', '--json').ended,
      psigrad('exact', '--size', '2x2', '--states', '3', '--json', '--j2', '1').ended,
      psigrad('exact', '--size', '6x6', '--states', '2').ended,
    ])
    const result = JSON.parse(one.stdout)
    const keys = ['energy', 'energyPerSite', 'residual', 'sector', 'dimension', 'seconds']
    expect(Object.keys(result)).toEqual([...keys, 'complete', 'looked'])
    // Four spins on a ring: E = -2 J.
    expect(result.energy).toBeCloseTo(-2, 9)
    expect(result.dimension).toBe(6)
    const several = JSON.parse(many.stdout)
    expect(Object.keys(several)).toEqual([...keys, 'complete', 'looked', 'states'])
    expect(several.states).toHaveLength(3)
    expect(several.states[0].energy).toBe(several.energy)
    expect(large.code).toBe(2)
    expect(large.stderr).toContain(
      '9,075,135,300 states, expected at most 3,000,000 (24 sites) for --states 2',
    )
  })

  it('train computes, stops on Ctrl-C with code 130 and goes on to the same numbers', async () => {
    const [whole, parts] = [join(root, 'whole'), join(root, 'parts')]
    const run = [...quick, '--steps', '100', '--json', '--out']
    const { child, ended } = psigrad('train', ...run, parts)
    child.stderr.on('data', (data) => {
      if (/\n? +1\/100 /.test(String(data))) child.kill('SIGINT')
    })
    const [stopped, straight] = await Promise.all([ended, psigrad('train', ...run, whole).ended])
    expect(stopped).toMatchObject({ code: 130, stdout: '' })
    expect(stopped.stderr).toContain(`psigrad -- train --resume ${parts}`)
    const resumed = await psigrad('train', '--resume', parts, '--json').ended
    expect([straight.code, resumed.code]).toEqual([0, 0])
    const log = (folder: string) => JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8'))
    const { seconds, ...numbers } = log(parts)
    const { seconds: _, ...others } = log(whole)
    expect(numbers).toEqual(others)
    // One clock over both sessions.
    expect(seconds.value.length).toBe(100)
    expect(seconds.value).toEqual(seconds.value.toSorted((a: number, b: number) => a - b))
    expect(seconds.value[0]).toBeGreaterThan(0)
    const [a, b] = [JSON.parse(straight.stdout), JSON.parse(resumed.stdout)]
    expect(b.energyPerSite).toBe(a.energyPerSite)
    expect(a.steps).toBe(100)
  })
})
