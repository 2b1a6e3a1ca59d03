import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadSettings, SettingsError, settingKeys, variableOf } from '../../../../src/node/settings/index.ts'

describe('loading settings', () => {
  let home: string
  let file: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'proxima-settings-'))
    file = join(home, 'config.yaml')
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const load = (yaml: string | null, env: NodeJS.ProcessEnv = {}, flags: Record<string, unknown> = {}) => {
    if (yaml !== null) writeFileSync(file, yaml)
    return loadSettings({ home, env, flags })
  }
  const refusal = (...given: Parameters<typeof load>): SettingsError => {
    try {
      load(...given)
    } catch (error) {
      if (error instanceof SettingsError) return error
      throw error
    }
    throw new Error('the settings were taken')
  }

  it('has a default for everything', () => {
    expect(load(null)).toMatchObject({
      tags: [],
      peers: [],
      listen: { host: '0.0.0.0', port: 47_470, explicit: false },
      mdns: { enabled: true, loopback: false },
      ffmpeg: { path: null, ffprobePath: null, niceness: 10 },
      paths: { proxyRoot: null },
      chunking: { worthDurationMs: 20_000, minDurationMs: 2_000 },
      lease: { ttlMs: 15_000, heartbeatMs: 2_000 },
      log: { level: 'info' }
    })
    expect(load(null).name).not.toBe('')
    expect(load(null).slots).toBeGreaterThan(0)
  })

  it('takes an empty file and empty groups as nothing said', () => {
    expect(load('# nothing yet\n')).toEqual(load('chunking:\nlisten: {}\n'))
  })

  it('lets the environment win over the file, and flags over both', () => {
    const yaml = 'name: file\nslots: 2\nchunking:\n  worthDurationMs: 1000\n  minDurationMs: 500\n'
    const env = { PROXIMA_CHUNKING__WORTH_DURATION_MS: '2000', PROXIMA_SLOTS: '3', PROXIMA_NAME: '' }
    expect(load(yaml, env, { slots: 4, port: undefined })).toMatchObject({
      name: 'file',
      slots: 4,
      chunking: { worthDurationMs: 2_000, minDurationMs: 500 }
    })
  })

  it('reads groups in groups and maps, from the file and from the environment', () => {
    const yaml = [
      'queue:',
      '  filters:',
      '    rates: [25, 23.976]',
      '    extensions: [mov]',
      'paths:',
      '  map:',
      '    "N:\\\\media": /mnt/nas/media',
      '    /Volumes/nas: nas'
    ].join('\n')
    const env = {
      PROXIMA_QUEUE__FILTERS__RATES: '24, 50',
      PROXIMA_QUEUE__FILTERS__ONLY: 'A0*,B*',
      PROXIMA_QUEUE__FILTERS__MIN_DURATION_MS: '1500'
    }
    expect(load(yaml, env)).toMatchObject({
      queue: {
        filters: { rates: [24, 50], extensions: ['mov'], only: ['A0*', 'B*'], skip: [], minDurationMs: 1500 }
      },
      paths: { map: { 'N:\\media': '/mnt/nas/media', '/Volumes/nas': 'nas' } }
    })
    expect(load(null, { PROXIMA_PATHS__MAP: '{ "S:/": /mnt/s }' }).paths.map).toEqual({ 'S:/': '/mnt/s' })
    expect(refusal('queue:\n  filters:\n    rate: [25]\n')).toMatchObject({
      code: 'unknown-setting',
      hint: 'Did you mean queue.filters.rates?'
    })
    expect(refusal('queue:\n  filters:\n    rates: [-1]\n').message).toMatch(
      /config\.yaml:3:12: queue\.filters\.rates must be a list of frame rates/
    )
    expect(refusal(null, { PROXIMA_PATHS__MAP: '/mnt/nas' }).message).toMatch(/paths\.map must be a map/)
  })

  it('reads lists and switches from the environment', () => {
    expect(
      load(null, {
        PROXIMA_TAGS: 'gpu, fast,',
        PROXIMA_PEERS: '10.0.0.2:47470,[fe80::1]:9',
        PROXIMA_MDNS__ENABLED: 'off'
      })
    ).toMatchObject({
      tags: ['gpu', 'fast'],
      peers: ['10.0.0.2:47470', '[fe80::1]:9'],
      mdns: { enabled: false }
    })
  })

  it('gives every setting a variable of its own', () => {
    expect(new Set(settingKeys.map((entry) => variableOf(entry.key))).size).toBe(settingKeys.length)
    expect(variableOf('ffmpeg.ffprobePath')).toBe('PROXIMA_FFMPEG__FFPROBE_PATH')
    for (const entry of settingKeys) expect(entry.description, entry.key).not.toBe('')
  })

  it('passes variables that are no settings', () => {
    const env = {
      PROXIMA_HOME: '/x',
      PROXIMA_FFMPEG: '/f',
      PROXIMA_FFPROBE: '/p',
      PROXIMA_DEBUG: '1',
      PROXIMA_CI_RUN: 'y'
    }
    expect(load(null, env)).toEqual(load(null))
  })

  it('knows the options of the command line by their own names', () => {
    expect(
      load(null, {}, { port: 5_000, peers: ['a:1'], debug: true, 'chunking.minDurationMs': 700 })
    ).toMatchObject({
      listen: { port: 5_000, explicit: true },
      peers: ['a:1'],
      log: { level: 'debug' },
      chunking: { minDurationMs: 700 }
    })
  })

  it('tells a port that was asked for from the usual one', () => {
    expect(load('listen: { port: 47470 }').listen.explicit).toBe(true)
    expect(load('listen: { port: 0 }').listen).toMatchObject({ port: 0, explicit: false })
  })

  it('expands the home in a path and keeps everything else', () => {
    expect(load('paths: { proxyRoot: ~/Proxies }').paths.proxyRoot).toBe(join(homedir(), 'Proxies'))
    expect(refusal('paths: { proxyRoot: Proxies }').message).toContain('absolute path')
  })

  it.each([
    ['chunkng:\n  worthDurationMs: 1', '1:1', 'chunkng', 'chunking'],
    [
      'name: a\nchunking:\n  worthDurationMS: 1',
      '3:3',
      'chunking.worthDurationMS',
      'chunking.worthDurationMs'
    ],
    ['worth_duration_ms: 1', '1:1', 'worth_duration_ms', 'chunking.worthDurationMs'],
    ['slot: 3', '1:1', 'slot', 'slots'],
    ['ffmpeg: { ffprobe: x }', '1:11', 'ffmpeg.ffprobe', 'ffmpeg.ffprobePath']
  ])('names the place of an unknown key and the nearest known one: %j', (yaml, place, key, near) => {
    const error = refusal(yaml)
    expect(error).toMatchObject({ code: 'unknown-setting', exitStatus: 2, hint: `Did you mean ${near}?` })
    expect(error.message).toBe(`${file}:${place}: there is no setting ${key}`)
  })

  it('does not guess at a key that resembles none', () => {
    expect(refusal('wallpaper: blue').hint).toMatch(/^The settings are name, slots/)
  })

  it.each([
    ['slots: many', '1:8', 'slots must be a whole number from 0 to 256, not "many"'],
    ['slots: 1.5', '1:8', 'slots must be a whole number'],
    ['a: &x 400\nslots: *x', '1:1', 'there is no setting a'],
    ['listen:\n  port: 70000', '2:9', 'listen.port must be a whole number from 0 to 65535, not 70000'],
    ['listen: { host: lan }', '1:17', 'listen.host must be an IP address of this machine, not "lan"'],
    ['mdns:\n  enabled: yes', '2:12', 'mdns.enabled must be true or false, not "yes"'],
    ['tags: [ok, "no spaces"]', '1:7', 'tags must be a list of tags'],
    ['peers: ["host:99999"]', '1:8', 'peers must be a list of HOST:PORT'],
    [
      'log: { level: loud }',
      '1:15',
      'log.level must be trace, debug, info, warn, error or silent, not "loud"'
    ],
    ['name: "a\\nb"', '1:7', 'name must be a name'],
    [
      'lease: { ttlMs: 3000 }',
      '1:17',
      'lease.ttlMs must be at least three times lease.heartbeatMs, not 3000'
    ],
    ['lease: { heartbeatMs: 6000 }', '1:23', 'lease.ttlMs must be at least three times lease.heartbeatMs']
  ])('names the place of a wrong value and what it must be: %j', (yaml, place, words) => {
    const { message } = refusal(yaml)
    expect(message).toContain(`${file}:${place}: `)
    expect(message).toContain(words)
    expect(message).not.toContain('\n')
  })

  it.each([
    ['name: [', '1:8'],
    ['name: a\nname: b', '2:1'],
    ['- a\n- b', '1:1'],
    ['chunking: 5', '1:11']
  ])('names the place where a file is no map of settings: %j', (yaml, place) => {
    const error = refusal(yaml)
    expect(error.code).toBe('config-malformed')
    expect(error.message).toContain(`${file}:${place}: `)
    expect(error.message).not.toContain('\n')
  })

  it('names the variable or the flag that is wrong', () => {
    expect(refusal(null, { PROXIMA_SLOTS: 'x' }).message).toBe(
      'PROXIMA_SLOTS: slots must be a whole number from 0 to 256, not "x"'
    )
    expect(refusal(null, {}, { port: -1 }).message).toMatch(/^--port: listen.port must be/)
    expect(refusal(null, {}, { prot: 1 }).message).toBe('--prot: there is no setting prot')
    expect(refusal(null, { PROXIMA_CHUNKNG__WORTH_DURATION_MS: '1' })).toMatchObject({
      code: 'unknown-setting',
      hint: 'Did you mean PROXIMA_CHUNKING__WORTH_DURATION_MS?'
    })
    expect(refusal(null, { PROXIMA_SLOT: '1' }).hint).toBe('Did you mean PROXIMA_SLOTS?')
  })

  it('says so when the file cannot be read', () => {
    mkdirSync(file)
    expect(refusal(null)).toMatchObject({ code: 'config-unreadable', message: expect.stringContaining(file) })
  })
})
