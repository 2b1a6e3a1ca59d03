import { describe, expect, it } from 'vitest'
import type { NodeState, RootView } from '../../../src/model/index.ts'
import { checkCondition } from '../../../src/node/doctor.ts'
import { HealthCheck, type WriteTrouble } from '../../../src/node/health-check.ts'

const nas: RootView = { id: 'nas', name: 'nas', path: '/mnt/nas', visible: true, reason: null }

/** A machine whose folders are as they are told, from one look to the next. */
function machine(roots: readonly RootView[] = [nas]) {
  const trouble: Record<string, WriteTrouble | null> = {}
  const is = { roots, ffmpeg: null as string | null }
  const tried: boolean[] = []
  const check = new HealthCheck({
    home: '/home/p',
    roots: async () => is.roots,
    whyNotEncoding: async (encoders) => {
      tried.push(encoders)
      return is.ffmpeg
    },
    tryWriting: async (folder) => trouble[folder] ?? null
  })
  return { check, trouble, is, tried }
}

describe('a look at this machine', () => {
  it('finds nothing where home and roots can be written and ffmpeg runs', async () => {
    expect(await machine().check.look(false)).toEqual({ machine: null, encoding: null, roots: [] })
  })

  it('says that its home cannot be written, and why', async () => {
    const { check, trouble } = machine()
    trouble['/home/p'] = { reason: 'the disk is full', meant: false }
    expect(await check.look(false)).toMatchObject({
      machine: 'its home /home/p cannot be written: the disk is full'
    })
  })

  it('tells of a root that cannot be seen', async () => {
    const { check, is } = machine()
    is.roots = [{ ...nas, visible: false, reason: '/mnt/nas holds no marker of a root: is it mounted?' }]
    expect((await check.look(false)).roots).toEqual([
      { root: 'nas', reason: 'root nas: /mnt/nas holds no marker of a root: is it mounted?' }
    ])
  })

  it('holds a root that may not be written for one to read from, unless it could be written before', async () => {
    const { check, trouble } = machine()
    const readOnly = { reason: 'the disk is read-only', meant: true }
    trouble['/mnt/nas/.proxima'] = readOnly
    expect((await check.look(false)).roots).toEqual([])
    trouble['/mnt/nas/.proxima'] = null
    await check.look(false)
    trouble['/mnt/nas/.proxima'] = readOnly
    expect((await check.look(false)).roots).toEqual([
      { root: 'nas', reason: 'root nas cannot be written: the disk is read-only' }
    ])
  })

  it('holds a full root for trouble at once', async () => {
    const { check, trouble } = machine()
    trouble['/mnt/nas/.proxima'] = { reason: '1 MB are left on the disk', meant: false }
    expect((await check.look(false)).roots).toHaveLength(1)
  })

  it('says that ffmpeg does not run any more, and tries the encoders only when asked to', async () => {
    const { check, is, tried } = machine()
    is.ffmpeg = 'its ffmpeg does not run'
    expect((await check.look(false)).encoding).toBe('its ffmpeg does not run')
    await check.look(true)
    expect(tried).toEqual([false, true])
  })
})

describe('what doctor says of health', () => {
  it.each<[NodeState, string | null, string]>([
    ['awake', null, 'ok'],
    ['awake', 'root nas: not mounted', 'warn'],
    ['draining', null, 'warn'],
    ['unhealthy', 'the disk is full', 'fail']
  ])('%s, %s: %s', (state, reason, status) => {
    const check = checkCondition({ state, reason })
    expect(check).toMatchObject({ name: 'health', status })
    if (reason !== null) expect(check.message).toContain(reason)
  })
})
