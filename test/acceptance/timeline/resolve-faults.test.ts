import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkResolve, openResolve, usualLimits, usualResolveSettings } from '../../../src/timeline/index.ts'
import { film, Stage, standInFolder } from '../../fixtures/resolve/scenario.ts'
import { pretendTool } from '../../support/pretend-tool.ts'
import { skip } from '../../support/skip.ts'
import { waitFor } from '../../support/wait-for.ts'
import {
  givenFolder,
  needs,
  nowhere,
  openScenario,
  openStage,
  processesOf,
  settingsFor
} from './resolve-kit.ts'

const missingOf = async (...args: Parameters<typeof openScenario>) => {
  const { opened } = await openScenario(...args)
  return 'missing' in opened ? opened.missing : null
}

const quick = { ...usualLimits, greetingMs: 10_000, silenceMs: 300, graceMs: 100 }

describe('finding DaVinci Resolve', () => {
  it('says that it is not installed, without starting anything', async () => {
    const settings = { ...settingsFor('python'), scriptApi: nowhere }
    const opened = await openResolve(settings, { env: { PATH: process.env.PATH } })
    expect(opened).toEqual({
      missing: {
        code: 'not-installed',
        message: `DaVinci Resolve is not installed on this machine (nothing at ${nowhere}, ${nowhere})`,
        hint: expect.stringMatching(/Install DaVinci Resolve Studio/)
      }
    })
  })

  it('says that there is no interpreter', async () => {
    expect(await missingOf('python', film(), { settings: { pythonPath: nowhere } })).toMatchObject({
      code: 'no-interpreter'
    })
  })

  it('tells a Resolve that is not running from one that does not answer', async (context) => {
    needs('python', context)
    const closed = { ...film(), running: false }
    const surroundings = (running: boolean | null) => ({
      surroundings: { isRunning: async () => running }
    })
    expect(await missingOf('python', closed, surroundings(false))).toMatchObject({
      code: 'not-running',
      message: 'DaVinci Resolve is not running'
    })
    expect(await missingOf('python', closed, surroundings(true))).toMatchObject({
      code: 'not-answering',
      message: 'DaVinci Resolve is running, but does not answer to scripts',
      hint: expect.stringMatching(/External scripting using to Local.*only Studio/)
    })
    expect(await missingOf('python', closed, surroundings(null))).toMatchObject({ code: 'not-answering' })
  })

  it('says why the scripting module cannot be loaded', async (context) => {
    needs('python', context)
    expect(await missingOf('python', { ...film(), missing: true })).toMatchObject({
      code: 'no-api',
      message: expect.stringMatching(
        /python3 cannot load .*: DaVinciResolveScript: ImportError: Could not locate module dependencies/
      )
    })
  })

  it('goes on to the Lua of Resolve when its Python cannot load the module', async (context) => {
    needs('python', context)
    needs('lua', context)
    const { session } = await openStage(null, { ...film(), missing: true })
    expect(session.runtime).toMatch(/^LuaJIT/)
  })

  it('needs no Python at all where there is fuscript', async (context) => {
    needs('lua', context)
    const { session } = await openStage(null, film(), { settings: { pythonPath: nowhere } })
    expect(session.runtime).toMatch(/^LuaJIT/)
  })

  it('goes on to the next Python when one is broken', async (context) => {
    needs('python', context)
    const folder = givenFolder()
    await pretendTool(folder, 'python3', 'echo "Python was not found" >&2; exit 49')
    const stage = new Stage(folder, film())
    const opened = await openResolve(settingsFor('python'), {
      env: { ...stage.env, PATH: `${folder}:${process.env.PATH}` }
    })
    if ('missing' in opened) throw new Error(opened.missing.message)
    expect(opened.runtime).toMatch(/^Python 3/)
    await opened.close()
  })

  it('says what a broken Python said', async () => {
    const folder = givenFolder()
    const pythonPath = await pretendTool(folder, 'python3', 'echo "Python was not found" >&2; exit 49')
    expect(await missingOf('python', film(), { settings: { pythonPath } })).toMatchObject({
      code: 'bridge-failed',
      message: expect.stringMatching(/ended \(exit status 49\): Python was not found$/)
    })
  })

  it('of several reasons tells that of the Python that got furthest', async (context) => {
    needs('python', context)
    const broken = givenFolder()
    await pretendTool(broken, 'python3', 'exit 49')
    const stage = new Stage(givenFolder(), { ...film(), missing: true })
    for (const path of [`${broken}:${process.env.PATH}`, `${process.env.PATH}:${broken}`]) {
      const opened = await openResolve(settingsFor('python'), { env: { ...stage.env, PATH: path } })
      expect(opened).toMatchObject({ missing: { code: 'no-api' } })
    }
  })

  it('does not wait for ever for a Python that says nothing', async () => {
    const folder = givenFolder()
    const pythonPath = await pretendTool(folder, 'python3', 'exec sleep 60')
    const limits = { ...quick, greetingMs: 200 }
    expect(
      await missingOf('python', film(), { settings: { pythonPath }, surroundings: { limits } })
    ).toMatchObject({ code: 'bridge-failed', message: expect.stringMatching(/said nothing/) })
  })

  it('does not talk to a bridge of another version', async () => {
    const folder = givenFolder()
    const script = `echo '{"bridge": 2, "runtime": "Python 9"}'; exec sleep 60`
    const pythonPath = await pretendTool(folder, 'python3', script)
    expect(await missingOf('python', film(), { settings: { pythonPath } })).toMatchObject({
      code: 'bridge-failed',
      message: expect.stringMatching(/is of version 2, not 1/)
    })
  })

  it('finds the module on the PYTHONPATH', async (context) => {
    needs('python', context)
    const { session } = await openStage('python', film(), {
      settings: { scriptApi: nowhere },
      surroundings: {
        env: {
          ...new Stage(givenFolder(), film()).env,
          PATH: process.env.PATH,
          PYTHONPATH: join(standInFolder, 'Modules')
        }
      }
    })
    expect((await session.hello()).studio).toBe(true)
  })

  it("writes nothing into Resolve's folder", async (context) => {
    needs('python', context)
    await openStage('python', film())
    expect(readdirSync(join(standInFolder, 'Modules'))).toEqual(['DaVinciResolveScript.py'])
  })
})

describe('a bridge that is in trouble', () => {
  it('is started again when it died, and asked the same', async (context) => {
    needs('python', context)
    const crashMark = join(givenFolder(), 'crashed')
    const scenario = { ...film(), crash: 'LinkProxyMedia', crashMark }
    const { session } = await openStage('python', scenario)
    expect(await session.link({ projectId: 'p1', mediaId: 'mA', proxyPath: '/proxy/A001.mov' })).toBe(true)
    expect(existsSync(crashMark)).toBe(true)
  })

  it('is given up for a request that kills it each time, not for the others', async (context) => {
    needs('python', context)
    const { session } = await openStage('python', { ...film(), crash: 'LinkProxyMedia' })
    await expect(
      session.link({ projectId: 'p1', mediaId: 'mA', proxyPath: '/proxy/A001.mov' })
    ).rejects.toMatchObject({
      code: 'resolve-bridge',
      message: expect.stringMatching(/ended \(exit status 139\)/)
    })
    expect((await session.timelines()).timelines).toHaveLength(2)
  })

  it('is ended when Resolve hangs, and started again for the next request', async (context) => {
    needs('python', context)
    const { session, stage } = await openStage('python', film(), { surroundings: { limits: quick } })
    stage.change({ hang: 'GetClipProperty' })
    await expect(session.pool()).rejects.toMatchObject({
      code: 'resolve-silent',
      hint: expect.stringMatching(/window of Resolve waits for an answer/)
    })
    stage.play(film())
    expect((await session.pool()).clips).toHaveLength(4)
  })

  it('tells that the project was changed while it was read, not half of it', async (context) => {
    needs('python', context)
    const { session, stage } = await openStage('python', film())
    stage.change({ switch: { on: 'GetSourceEndFrame', to: 'p2' } })
    await expect(session.media('current')).rejects.toMatchObject({
      code: 'resolve-no-project',
      message: 'another project was opened in DaVinci Resolve meanwhile'
    })
  })

  it('leaves no process behind', async (context) => {
    needs('python', context)
    const { session, stage } = await openStage('python', film())
    if (processesOf(stage) === null) skip(context, 'processes cannot be listed without /proc')
    expect(processesOf(stage)).toHaveLength(1)
    await session.close()
    expect(processesOf(stage)).toEqual([])
  })

  it('is ended by a signal, whatever it is at, and not started again', async (context) => {
    needs('python', context)
    const stopping = new AbortController()
    const { stage, session } = await openStage(
      'python',
      { ...film(), hang: 'GetMediaPool' },
      { surroundings: { signal: stopping.signal, limits: { ...usualLimits, graceMs: 100 } } }
    )
    const pool = session.pool()
    stopping.abort()
    await expect(pool).rejects.toMatchObject({ code: 'resolve-bridge' })
    await expect(session.hello()).rejects.toMatchObject({ code: 'resolve-bridge' })
    await waitFor(() => (processesOf(stage) ?? []).length === 0, { timeoutMs: 10_000, what: 'its end' })
    expect(await missingOf('python', film(), { surroundings: { signal: stopping.signal } })).toMatchObject({
      code: 'bridge-failed'
    })
  })

  it('leaves no process behind that hangs', async (context) => {
    needs('python', context)
    const { session, stage } = await openStage('python', film(), { surroundings: { limits: quick } })
    if (processesOf(stage) === null) skip(context, 'processes cannot be listed without /proc')
    stage.change({ hang: 'GetClipProperty' })
    await expect(session.pool()).rejects.toMatchObject({ code: 'resolve-silent' })
    await waitFor(() => processesOf(stage)?.length === 0, { timeoutMs: 5_000, what: 'the end of the bridge' })
  })
})

describe('checkResolve', () => {
  const check = async (scenario: ReturnType<typeof film>, running: boolean | null = true) => {
    const stage = new Stage(givenFolder(), scenario)
    const env = { PATH: process.env.PATH, ...stage.env }
    return await checkResolve(settingsFor('python'), { env, isRunning: async () => running })
  }

  it('says what answers and which project is open', async (context) => {
    needs('python', context)
    expect(await check(film())).toEqual({
      name: 'resolve',
      status: 'ok',
      message: expect.stringMatching(
        /^DaVinci Resolve Studio 20\.3\.1\.6 answers \(Python 3\.[\d.]+\); the project 映画 is open$/
      )
    })
  })

  it('warns of an edition that is not Studio', async (context) => {
    needs('python', context)
    expect(await check({ ...film(), product: 'DaVinci Resolve' })).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/not Studio/)
    })
  })

  it('is content with a machine where Resolve is closed or not installed', async (context) => {
    needs('python', context)
    expect(await check({ ...film(), running: false }, false)).toEqual({
      name: 'resolve',
      status: 'ok',
      message: 'DaVinci Resolve is not running; proxies are linked when it is open'
    })
    const nothing = { env: {}, exists: async () => false }
    expect(await checkResolve(usualResolveSettings, nothing)).toMatchObject({ status: 'ok' })
  })

  it('fails when Resolve is not where the settings say that it is', async () => {
    const settings = { ...settingsFor('python'), scriptApi: nowhere }
    expect(await checkResolve(settings, { env: {} })).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('correct the settings resolve.')
    })
  })

  it('warns with what to do when Resolve does not answer', async (context) => {
    needs('python', context)
    expect(await check({ ...film(), running: false })).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/does not answer to scripts: Set Preferences/)
    })
  })
})
