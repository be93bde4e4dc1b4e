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
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programsIn } from './blocks.ts'
import { documents, libraryRooms, pathsIn, read, root } from './files.ts'
import { closure, type Manifest } from './licences.ts'
import { execute, node, sizeOf } from './packing.ts'
import { deadLinks } from './reading.ts'

// The package as its users get it: built and packed outside the tree, unpacked in an empty
// project, with only the packages that it declares.

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'psigrad-package-')))
const stage = join(folder, 'stage')
const project = join(folder, 'project')
const installed = join(project, 'node_modules/psigrad')
const tsc = join(root, 'node_modules/typescript-native/bin/tsc')

/** For machines that do much else: alone on two cores the whole file takes a quarter minute. */
const PATIENCE_MS = 600_000

const manifest = JSON.parse(read('package.json').text) as Manifest & {
  readonly bin: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly devDependencies: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts: Readonly<Record<string, string>>
}

interface Tarball {
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** Finds what an entry of `files` in the manifest names: a file, or all in a folder. */
const filesIn = (name: string): readonly string[] =>
  pathsIn().filter((path) => path === name || path.startsWith(`${name}/`))

const packed: string[] = []
const bytes = { packed: 0, installed: 0 }
/**
 * Today 2.7 MB are downloaded, 0.8 MB of these the page, as a folder and as a file, and 0.5 MB its
 * pictures in the documents; 30 MB stand in node_modules afterwards, 5 MB of them Graphviz.
 */
const MOST_PACKED = 3.2e6
const MOST_INSTALLED = 33e6

beforeAll(async () => {
  mkdirSync(stage)
  mkdirSync(dirname(installed), { recursive: true })
  const build = join(root, 'tsconfig.build.json')
  expect(await node(root, tsc, '-p', build, '--outDir', join(stage, 'dist'))).toEqual({
    stdout: '',
    code: 0,
  })
  const page = ['--import', 'tsx', 'examples/studio/build.ts', join(stage, 'dist/studio')]
  expect((await node(root, ...page)).code).toBe(0)
  for (const file of ['package.json', 'README.md', 'LICENSE', ...manifest.files.flatMap(filesIn)]) {
    mkdirSync(dirname(join(stage, file)), { recursive: true })
    copyFileSync(join(root, file), join(stage, file))
  }
  const { stdout } = await execute('npm', ['pack', '--ignore-scripts', '--json'], { cwd: stage })
  const [tarball] = JSON.parse(stdout) as [Tarball]
  packed.push(...tarball.files.map(({ path }) => path))
  bytes.packed = tarball.size
  bytes.installed = tarball.unpackedSize
  await execute('tar', ['-xzf', join(stage, tarball.filename), '-C', folder])
  await execute('mv', [join(folder, 'package'), installed])
  for (const { manifest: dependency, folder: from } of closure(manifest).values()) {
    // Only what stands at the top: a second version of a package stays with its dependent.
    if (from !== join(root, 'node_modules', dependency.name)) continue
    const to = join(project, 'node_modules', dependency.name)
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(from, to)
    bytes.installed += sizeOf(from)
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
}, PATIENCE_MS)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', { timeout: PATIENCE_MS }, () => {
  it('is built by the scripts that this specification follows', () => {
    expect(manifest.scripts.build).toContain('tsc -p tsconfig.build.json')
    expect(manifest.scripts.prepack).toContain('build')
  })

  it('holds the build, its sources, the documents, the licence and nothing else', () => {
    const build = /^dist\/(index|(core|autodiff|models|physics|examples)\/.*)\.(js|d\.ts)$/
    const sources = /^(index\.ts|(core|autodiff|models|physics|examples)\/.*\.\w+)$/
    const page = /^dist\/studio\/[\w-]+\.(js|css|html)$/
    const documents = /^docs\/.*\.(md|svg|png)$/
    const known = [build, page, sources, documents]
    const others = packed.filter((path) => !known.some((p) => p.test(path)))
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json'])
  })

  it('is small, and so is all that it brings along', () => {
    expect(bytes.packed).toBeLessThan(MOST_PACKED)
    expect(bytes.installed).toBeGreaterThan(MOST_PACKED)
    expect(bytes.installed).toBeLessThan(MOST_INSTALLED)
  })

  it('has in it whatever its documents link to and show', () => {
    const inside = documents().filter(({ path }) => packed.includes(path))
    expect(inside.map(({ path }) => path)).toContain('docs/study.md')
    const textOf = (path: string): string => readFileSync(join(installed, path), 'utf8')
    expect(inside.flatMap((document) => deadLinks(document, packed, textOf))).toEqual([])
  })

  it('has the page of the studio, and finds it', async () => {
    const program = `import { pageFiles } from './node_modules/psigrad/dist/examples/studio/index.js'
      console.log([...pageFiles().right.keys()].join(' '))`
    const { stdout } = await node(project, '--input-type=module', '-e', program)
    for (const file of ['index.html', 'studio.js', 'engine.js', 'style.css', 'psigrad-studio.html'])
      expect(stdout.trim().split(' ')).toContain(file)
  })

  it('has types for every entry', () => {
    const entries = Object.entries(manifest.exports).filter(([, to]) => typeof to !== 'string')
    const names = entries.map(([name]) => name)
    const ofCore = ['worker', 'linalg', 'gpu'].map((name) => `./core/${name}`)
    expect(names).toEqual(
      ['.', ...libraryRooms.map((room) => `./${room}`), './run'].flatMap((name) =>
        name === './core' ? [name, ...ofCore] : name === './autodiff' ? [name, './vitest'] : [name],
      ),
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

  it('hands on its rooms from the root, the very same, and to `require` where Node can', async () => {
    const script = `
      import { createRequire } from 'node:module'
      import * as all from 'psigrad'
      ${libraryRooms.map((room) => `import * as ${room} from 'psigrad/${room}'`).join('\n')}
      const rooms = { ${libraryRooms.join(', ')} }
      const same = (a, b) => Object.keys(b).every((name) => a[name] === b[name])
      const require = process.features.require_module ? createRequire(import.meta.url) : () => core
      console.log(
        Object.keys(all).join(),
        Object.keys(rooms).every((room) => same(all[room], rooms[room])),
        require('psigrad/core').tensor === core.tensor,
      )`
    writeFileSync(join(project, 'root.js'), script)
    const names = [...libraryRooms].toSorted().join()
    expect(await node(project, 'root.js')).toEqual({ stdout: `${names} true true\n`, code: 0 })
  })

  it('says what to install for a graphics card, and needs none of it else', async () => {
    const version = manifest.devDependencies['gpu.js']!
    const advice = `npm install gpu.js@${version}`
    const main = join(installed, manifest.bin.psigrad!)
    const model = ['--lattice', 'chain', '--size', '4', '--j2', '0']
    const [asked, devices, script] = await Promise.all([
      node(project, main, 'train', ...model, '--backend', 'gpu', '--out', 'card'),
      node(project, main, 'devices', '--json'),
      node(
        project,
        '--input-type=module',
        '--eval',
        "import { compileOnDevice, sum, tensor } from 'psigrad/core'\n" +
          "const { left } = await compileOnDevice(sum, ['perSample'])(tensor([1]))()\n" +
          'console.log(left.fix)',
      ),
    ])
    expect(asked).toEqual({ stdout: expect.stringContaining(advice), code: 2 })
    expect(asked.stdout).toContain('gpu.js is not installed')
    expect(devices.code).toBe(0)
    expect(devices.stdout).toContain(advice)
    expect(script).toEqual({ stdout: expect.stringContaining(advice), code: 0 })
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
    const sizes = '--dim 4 --heads 2 --samples 64 --steps 2 --threads 2'.split(' ')
    const train = await node(project, main, 'train', ...model, ...sizes, '--out', 'run', '--json')
    expect(JSON.parse(train.stdout)).toMatchObject({
      exactPerSite: expect.closeTo(-0.5, 9),
      steps: 2,
    })
  })

  it('has types that hold under strict settings, for its documents too', async () => {
    const programs = documents().flatMap(programsIn)
    mkdirSync(join(project, 'node'))
    programs.forEach(({ path, line, code }) => {
      const name = `${path.replaceAll(/\W/g, '-')}-${line}.ts`
      writeFileSync(join(project, code.includes("'psigrad/run'") ? 'node' : '', name), code)
    })
    const script = `
      import { physics } from 'psigrad'
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
      export const same: physics.Operator = operator
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
    const check = async (name: string, options: object, include: readonly string[]) => {
      const config = { compilerOptions: { ...compilerOptions, ...options }, include }
      writeFileSync(join(project, name), JSON.stringify(config))
      expect(await node(project, tsc, '-p', join(project, name))).toEqual({ stdout: '', code: 0 })
    }
    await check('tsconfig.json', {}, ['*.ts'])
    // psigrad/run is for Node, whose types its users have.
    const typeRoots = [join(root, 'node_modules/@types')]
    const ofNode = { types: ['node'], typeRoots, skipLibCheck: true }
    await check('tsconfig.node.json', ofNode, ['node/*.ts'])
    // The declarations themselves are checked above: here only how they are found.
    const bundler = { module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true }
    await check('tsconfig.bundler.json', bundler, ['strict.ts'])
  })
})
