import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const launcher = fileURLToPath(new URL('../../../bin/proxima-node.js', import.meta.url))

/** Makes the process that it is loaded into take itself for an old Node; not the one that is started again. */
const pretendOld = `data:text/javascript,
if (process.env.PROXIMA_RUNTIME_RESTARTED !== '1')
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`.replaceAll(
  '\n',
  ' '
)

const mainFile = `import { open, stat } from 'node:fs/promises'
export const main = () => {
  const [what, value] = process.argv.slice(2)
  if (what === 'exit') process.exit(Number(value))
  if (what === 'echo') { process.stdin.pipe(process.stdout); return }
  if (what === 'die') process.kill(process.pid, value)
  if (what === 'hang') {
    for (let call = 0; call < 8; call++) void open(value, 'r')
    process.stdin.once('data', () => stat('.').then(() => console.log('files answer')))
  }
  process.on('SIGTERM', () => process.exit(42))
  process.on('disconnect', () => process.exit(43))
  console.log('ready', process.pid, process.env.PROXIMA_RUNTIME_RESTARTED)
  setInterval(() => {}, 1000)
}`

let installation: string
const children: ChildProcess[] = []

beforeEach(() => {
  installation = realpathSync(mkdtempSync(join(tmpdir(), 'proxima-launch-')))
  for (const folder of ['bin', 'dist/cli', 'node_modules/node/bin'])
    mkdirSync(join(installation, folder), { recursive: true })
  copyFileSync(launcher, join(installation, 'bin/proxima-node.js'))
  writeFileSync(join(installation, 'package.json'), '{"type":"module"}')
  writeFileSync(join(installation, 'dist/cli/main.js'), mainFile)
  symlinkSync(process.execPath, join(installation, 'node_modules/node/bin/node'))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(installation, { recursive: true, force: true })
})

/** The launcher under this Node, or under one that takes itself for 20.1. */
function start(args: string[], { old }: { old: boolean }): ChildProcess {
  const flags = old ? ['--import', pretendOld] : []
  const child = spawn(process.execPath, [...flags, join(installation, 'bin/proxima-node.js'), ...args])
  children.push(child)
  return child
}

async function result(child: ChildProcess) {
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (bytes) => {
    text.stdout += bytes
  })
  child.stderr?.on('data', (bytes) => {
    text.stderr += bytes
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, ...text }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [bytes] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  return String(bytes).trim()
}

describe.each([{ old: false }, { old: true }])('the launcher (under an old Node: $old)', ({ old }) => {
  it('passes arguments and the exit status', async () => {
    expect((await result(start(['exit', '3'], { old }))).code).toBe(3)
    expect((await result(start(['exit', '0'], { old }))).code).toBe(0)
  })

  it('passes the streams', async () => {
    const child = start(['echo'], { old })
    child.stdin?.end('through')
    expect((await result(child)).stdout).toBe('through')
  })

  it('passes signals, and dies of what the command died of', async () => {
    const child = start(['wait'], { old })
    await firstLine(child)
    child.kill('SIGTERM')
    expect((await result(child)).code).toBe(42)
    expect((await result(start(['die', 'SIGKILL'], { old }))).signal).toBe('SIGKILL')
  })

  it('leaves no trace of itself in the environment', async () => {
    expect(await firstLine(start(['wait'], { old }))).toMatch(/^ready \d+ undefined$/)
  })

  it.skipIf(process.platform === 'win32')('leaves threads for files where storage hangs', async () => {
    const pipe = join(installation, 'nobody-writes')
    execFileSync('mkfifo', [pipe])
    const child = start(['hang', pipe], { old })
    const [, pid] = (await firstLine(child)).split(' ')
    child.stdin?.write('?')
    const [answer] = await once(child.stdout as NodeJS.ReadableStream, 'data')
    expect(String(answer)).toBe('files answer\n')
    // Such calls hold up even the end of their process.
    process.kill(Number(pid), 'SIGKILL')
  })

  it('says how to build what is not built', async () => {
    rmSync(join(installation, 'dist'), { recursive: true })
    const { code, stderr } = await result(start(['exit', '0'], { old }))
    expect(code).toBe(2)
    expect(stderr).toMatch(/^proxima-node: it is not built yet .*npm run build/)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe('the launcher under an old Node', () => {
  it('finds the runtime in a folder above, where npm hoists it', async () => {
    const inner = join(installation, 'node_modules/proxima-node')
    mkdirSync(inner)
    for (const name of ['bin', 'dist', 'package.json'])
      symlinkSync(join(installation, name), join(inner, name))
    // Real folders, not links: the launcher goes by where it really lies.
    rmSync(join(inner, 'bin'))
    mkdirSync(join(inner, 'bin'))
    copyFileSync(launcher, join(inner, 'bin/proxima-node.js'))
    const child = spawn(process.execPath, [
      '--import',
      pretendOld,
      join(inner, 'bin/proxima-node.js'),
      'exit',
      '5'
    ])
    children.push(child)
    expect((await result(child)).code).toBe(5)
  })

  it('says what is missing when there is no newer one', async () => {
    rmSync(join(installation, 'node_modules'), { recursive: true })
    const { code, stderr } = await result(start(['exit', '0'], { old: true }))
    expect(code).toBe(2)
    expect(stderr).toMatch(/^proxima-node: Node 24\.15 or newer is needed, this is 20\.1\.0\. Run `npm ci`/)
  })

  it('does not restart for ever when the runtime is too old as well', async () => {
    const script = join(installation, 'node_modules/node/bin/node')
    rmSync(script)
    const stillOld = pretendOld.replace("if (process.env.PROXIMA_RUNTIME_RESTARTED !== '1')", '')
    writeFileSync(script, `#!/bin/sh\nshift 2\nexec '${process.execPath}' --import "${stillOld}" "$@"\n`)
    chmodSync(script, 0o755)
    const { code, stderr } = await result(start(['exit', '0'], { old: true }))
    expect(code).toBe(2)
    expect(stderr).toContain('or newer is needed')
  })

  it('lets the command know when the launcher was killed', async () => {
    const child = start(['wait'], { old: true })
    const pid = Number((await firstLine(child)).split(' ')[1])
    expect(pid).not.toBe(child.pid)
    child.kill('SIGKILL')
    await once(child, 'close')
    const deadline = performance.now() + 10_000
    while (isAlive(pid)) {
      if (performance.now() > deadline) throw new Error(`process ${pid} lives on without its launcher`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
