import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommandContext } from '../../../src/cli/context.ts'
import { Printer } from '../../../src/cli/output/printer.ts'
import { servicePlan } from '../../../src/cli/service-files/plan.ts'
import { installService, serviceStatus, uninstallService } from '../../../src/cli/services/service.ts'

let folder: string
const path = process.env.PATH
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-service-'))
})
afterEach(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true, force: true })
})

const noAnalyzer = spawnSync('systemd-analyze', ['--version']).status !== 0

describe.skipIf(noAnalyzer)(`a unit${noAnalyzer ? ' (skipped: no systemd-analyze here)' : ''}`, () => {
  it.each(['/srv/px', '/srv/50% of $HOME "x"'])('is understood by systemd: %s', (home) => {
    const plan = servicePlan({
      platform: 'linux',
      node: process.execPath,
      launcher: '/opt/px/bin/proxima-node.js',
      home,
      usualHome: home,
      userHome: folder,
      user: 'ada',
      uid: 1000,
      configHome: folder,
      path: '/usr/bin:/bin'
    })!
    const file = join(folder, 'proxima-node.service')
    writeFileSync(file, plan.text)
    const { status, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder }
    })
    expect({
      status,
      told: stderr.split('\n').filter((line) => line.includes('proxima-node.service'))
    }).toEqual({
      status: 0,
      told: []
    })
  })
})

describe.runIf(process.platform === 'linux')('a service', () => {
  /** A systemctl that writes down what it is told, and fails when it is told so. */
  const pretend = (script: string): void => {
    writeFileSync(join(folder, 'systemctl'), `#!/bin/sh\necho "$*" >> '${folder}/told'\n${script}\n`)
    chmodSync(join(folder, 'systemctl'), 0o755)
    process.env.PATH = `${folder}:${path}`
  }
  const told = (): string[] => readFileSync(join(folder, 'told'), 'utf8').trim().split('\n')

  function context(): { context: CommandContext; out: () => string } {
    let text = ''
    const stream = {
      write: (some: string) => {
        text += some
        return true
      }
    }
    const env = { XDG_CONFIG_HOME: folder, PATH: '/usr/bin', PROXIMA_SLOTS: '2' }
    const print = new Printer({ json: false, env, platform: 'linux' }, stream as never, stream as never)
    const door = { connect: async () => null }
    const made = { home: join(folder, 'home'), env, platform: 'linux', cwd: folder, print, door }
    return { context: made as unknown as CommandContext, out: () => text }
  }

  it('is written, started, looked at and removed', async () => {
    pretend('exit 0')
    const { context: here, out } = context()
    expect(await serviceStatus(here)).toBe(1)
    expect(await installService(here, { print: false })).toBe(0)
    expect(out()).toContain('loginctl enable-linger')
    expect(out()).toContain('Not carried over: PROXIMA_SLOTS')
    expect(await serviceStatus(here)).toBe(0)
    expect(await uninstallService(here)).toBe(0)
    expect(await serviceStatus(here)).toBe(1)
    expect(told().map((line) => line.replace(/proxima-node-\w+/, 'NAME'))).toEqual([
      '--user daemon-reload',
      '--user enable --now NAME.service',
      '--user is-active --quiet NAME.service',
      '--user disable --now NAME.service',
      '--user daemon-reload'
    ])
  })

  it('says what the system said when it would not', async () => {
    pretend('echo "Failed to connect to bus" >&2; exit 1')
    await expect(installService(context().context, { print: false })).rejects.toMatchObject({
      code: 'service-refused',
      message: 'systemctl --user daemon-reload failed: Failed to connect to bus'
    })
  })

  it('is only shown with --print', async () => {
    pretend('exit 0')
    const { context: here, out } = context()
    await installService(here, { print: true })
    expect(out()).toContain('ExecStart=')
    expect(await serviceStatus(here)).toBe(1)
  })
})
