import { execFile } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksIn } from './blocks.ts'
import { documents, libraryRooms, read, root } from './files.ts'
import { closure, type Manifest } from './licences.ts'

// The package as its users get it: built and packed outside the tree, unpacked in an empty
// project, next to nothing but the packages it declares.

const execute = promisify(execFile)
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'psigrad-package-')))
const stage = join(folder, 'stage')
const project = join(folder, 'project')
const installed = join(project, 'node_modules/psigrad')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** For machines that do much else: alone on two cores the whole file takes a quarter minute. */
const PATIENCE_MS = 240_000

interface Ran {
  readonly stdout: string
  readonly code: number
}

/** Runs Node in a folder; what went wrong is part of the output. */
const node = async (cwd: string, ...args: readonly string[]): Promise<Ran> => {
  try {
    const { stdout } = await execute(process.execPath, [...args], { cwd })
    return { stdout, code: 0 }
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number }
    return { stdout: `${stdout}${stderr}`, code }
  }
}

const manifest = JSON.parse(read('package.json').text) as Manifest & {
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts: Readonly<Record<string, string>>
}

const packed: string[] = []

beforeAll(async () => {
  mkdirSync(stage)
  mkdirSync(dirname(installed), { recursive: true })
  const build = join(root, 'tsconfig.build.json')
  expect(await node(root, tsc, '-p', build, '--outDir', join(stage, 'dist'))).toEqual({
    stdout: '',
    code: 0,
  })
  for (const file of ['package.json', 'README.md', 'LICENSE'])
    copyFileSync(join(root, file), join(stage, file))
  const { stdout } = await execute('npm', ['pack', '--ignore-scripts', '--json'], { cwd: stage })
  const [tarball] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  packed.push(...tarball.files.map(({ path }) => path))
  await execute('tar', ['-xzf', join(stage, tarball.filename), '-C', folder])
  await execute('mv', [join(folder, 'package'), installed])
  for (const { manifest: dependency, folder: from } of closure(manifest).values()) {
    // Only what stands at the top: a second version of a package stays with its dependent.
    if (from !== join(root, 'node_modules', dependency.name)) continue
    const to = join(project, 'node_modules', dependency.name)
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(from, to)
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
}, PATIENCE_MS)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', { timeout: PATIENCE_MS }, () => {
  it('is built by the scripts that this specification follows', () => {
    expect(manifest.scripts.build).toContain('tsc -p tsconfig.build.json')
    expect(manifest.scripts.prepack).toContain('build')
  })

  it('holds the build, the licence, the README and nothing else', () => {
    const others = packed.filter((path) => !/^dist\/.*\.(js|d\.ts)$/.test(path))
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(packed.filter((path) => path.startsWith('dist/spec/'))).toEqual([])
  })

  it('has types for every entry', () => {
    const entries = Object.entries(manifest.exports).filter(([, to]) => typeof to !== 'string')
    const names = entries.map(([name]) => name)
    expect(names).toEqual(
      libraryRooms.flatMap((room) => [`./${room}`, ...(room === 'core' ? ['./core/worker'] : [])]),
    )
    for (const [, to] of entries)
      for (const condition of ['types', 'default'] as const)
        expect(packed).toContain((to as Record<string, string>)[condition]?.slice(2))
  })

  it('satisfies publint', async () => {
    const { messages } = await publint({ pkgDir: stage, strict: true, pack: false })
    expect(messages.map((m) => formatMessage(m, manifest))).toEqual([])
  })

  it('serves a plain script: a gradient, a wave function, an exact energy', async () => {
    const script = `
      import { sum, square, tensor, toNested, keyFrom, leavesOf } from 'psigrad/core'
      import { grad } from 'psigrad/autodiff'
      import { initialise, rbm } from 'psigrad/models'
      import { chain, exactStates, heisenberg, szSector } from 'psigrad/physics'
      const gradient = toNested(grad((x) => sum(square(x)))(tensor([1, 2])))
      const params = initialise(rbm({ sites: 4, hidden: 2 }), keyFrom(1))
      const energy = exactStates(heisenberg(chain(4)), szSector(4)).energies[0].toFixed(6)
      console.log(JSON.stringify([gradient, leavesOf(params).length, energy]))`
    writeFileSync(join(project, 'script.js'), script)
    expect(await node(project, 'script.js')).toEqual({
      stdout: '[[2,4],6,"-2.000000"]\n',
      code: 0,
    })
  })

  it('has the command psigrad: a version, an exact energy, a training in two threads', async () => {
    const main = join(installed, manifest.bin.psigrad!)
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(await node(project, main, '--version')).toEqual({
      stdout: `${manifest.version}\n`,
      code: 0,
    })
    const model = ['--lattice', 'chain', '--size', '4', '--j2', '0']
    const exact = await node(project, main, 'exact', ...model, '--json')
    expect(JSON.parse(exact.stdout)).toMatchObject({
      dimension: 6,
      energyPerSite: expect.closeTo(-0.5, 9),
    })
    const sizes = [
      '--dim',
      '4',
      '--heads',
      '2',
      '--samples',
      '64',
      '--steps',
      '2',
      '--threads',
      '2',
    ]
    const train = await node(project, main, 'train', ...model, ...sizes, '--out', 'run', '--json')
    expect(JSON.parse(train.stdout)).toMatchObject({
      exactPerSite: expect.closeTo(-0.5, 9),
      steps: 2,
    })
  })

  it('has types that hold under strict settings, for its documents too', async () => {
    const programs = documents()
      .flatMap(blocksIn)
      .filter(({ language }) => language === 'ts')
    programs.forEach(({ path, line, code }) => {
      writeFileSync(join(project, `${path.replaceAll(/\W/g, '-')}-${line}.ts`), code)
    })
    const script = `
      import { grad } from 'psigrad/autodiff'
      import { type Concrete, mul, sum, type Tensor, tensor } from 'psigrad/core'
      import { initialise, rbm, type RbmParams } from 'psigrad/models'
      import { type Operator, heisenberg, chain } from 'psigrad/physics'
      const x: Concrete = tensor([1, 2])
      const gradient: Tensor = grad((y: Tensor) => sum(mul(y, y)))(x)
      const params: RbmParams = initialise(rbm({ sites: 4, hidden: 2 }), [0, 1])
      const operator: Operator = heisenberg(chain(4))
      // @ts-expect-error a wave function's parameters are no tensor
      export const wrong: Tensor = params
      // @ts-expect-error the data of a tensor are numbers, not anything
      export const text: string = x.data[0]
      export { gradient, operator }`
    writeFileSync(join(project, 'strict.ts'), script)
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      module: 'nodenext',
      moduleResolution: 'nodenext',
      moduleDetection: 'force',
      noUnusedLocals: true,
      target: 'es2022',
      lib: ['es2023'],
      types: [],
      skipLibCheck: false,
      noEmit: true,
    }
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.ts'] }),
    )
    expect(await node(project, tsc, '-p', project)).toEqual({ stdout: '', code: 0 })
  })
})
