import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ffmpeg, makeClip } from '../support/media.ts'
import { binPath, buildMissing, repoRoot } from '../support/paths.ts'
import { expectRefusal } from '../support/refusal.ts'
import { givenRoom, listing, mediaIn, Room } from '../support/room.ts'
import { run } from '../support/run.ts'
import { skip } from '../support/skip.ts'

const reason = buildMissing()
const noMounts =
  process.platform === 'linux' && process.getuid?.() === 0 ? null : 'mounting needs root on Linux'
const fixture = (name: string) => join(repoRoot, 'test/fixtures', name)

const commonRoom = new Room()
const common = commonRoom.station()
beforeAll(async () => {
  if (reason === null) await common.start()
})
afterAll(() => commonRoom.destroy())

/**
 * A running station, an empty folder for outputs and one for media; `unchanged` checks that nothing was left.
 * @param env of a station of its own; left out: the one that all share that only refuse
 */
async function given(env?: Readonly<Record<string, string>>) {
  const room = givenRoom()
  const station = env ? room.station('station', env) : common
  if (env) await station.start()
  const jobs = await station.jobs()
  const [media, out] = [room.folder('media'), room.folder('out')]
  let before: string[] = []
  return {
    room,
    station,
    media,
    out,
    queue: (source: string, ...more: string[]) => {
      before = listing(room.claim.folder).filter(outside)
      return station.cli(['queue', source, '--preset', 'dnxhr_sq', '--wait', ...more], { timeoutMs: 90_000 })
    },
    unqueued: async () => expect(await station.jobs()).toEqual(jobs),
    unchanged: () => {
      expect(listing(room.claim.folder).filter(outside)).toEqual(before)
      expect(mediaIn(station.home)).toEqual([])
    }
  }
}

/** Of a room's listing: all but the stations' own homes. */
const outside = (line: string) => !line.startsWith('station/')

describe.skipIf(reason)(`bad input${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('no such file', async () => {
    const { queue, media, unchanged, unqueued } = await given()
    expectRefusal(
      await queue(join(media, 'nowhere.mov')),
      1,
      'nowhere.mov',
      /no such file|not found|does not exist/i
    )
    unchanged()
    await unqueued()
  })

  test('a text file that is called a video', async () => {
    const { queue, media, unchanged } = await given()
    writeFileSync(join(media, 'notes.mov'), 'buy milk\n'.repeat(100))
    expectRefusal(await queue(join(media, 'notes.mov')), 1, 'notes.mov', /not (a )?(video|media)|no video/i)
    unchanged()
  })

  test('a sound file: no video in it', async () => {
    const { queue, media, unchanged } = await given()
    const sound = join(media, 'sound.wav')
    execFileSync(ffmpeg(), ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', sound])
    expectRefusal(await queue(sound), 1, 'sound.wav', /no video|not a video/i)
    unchanged()
  })

  test('a zero-byte file', async () => {
    const { queue, media, unchanged } = await given()
    writeFileSync(join(media, 'empty.mov'), '')
    expectRefusal(await queue(join(media, 'empty.mov')), 1, 'empty.mov', /empty|no bytes|0 bytes/i)
    unchanged()
  })

  test('a video that was cut off while it was copied', async () => {
    const { queue, media, unchanged } = await given()
    const clip = await makeClip(join(media, 'half.mp4'), { seconds: 4 })
    truncateSync(clip, Math.floor(readFileSync(clip).length * 0.6))
    expectRefusal(await queue(clip), 1, 'half.mp4', /truncated|cut off|incomplete|damaged|unreadable|index/i)
    unchanged()
  })

  test('a video whose index is there and whose frames are not', async () => {
    const { queue, media, unchanged } = await given()
    const clip = await makeClip(join(media, 'half.mp4'), { seconds: 4, more: ['-movflags', '+faststart'] })
    truncateSync(clip, Math.floor(readFileSync(clip).length * 0.6))
    expectRefusal(await queue(clip), 1, 'half.mp4')
    unchanged()
  })

  test('a folder without videos', async () => {
    const { queue, room, unchanged } = await given()
    expectRefusal(await queue(room.folder('bare')), 1, 'bare')
    unchanged()
  })

  test('one bad file among good ones: the good are made, the bad is told, the status is 1', async () => {
    const { station, media, out } = await given()
    const good = await makeClip(join(media, 'good.mp4'), { seconds: 1, channels: 0 })
    writeFileSync(join(media, 'empty.mov'), '')
    const sources = [good, join(media, 'empty.mov')]
    const result = await station.cli(['queue', ...sources, '--preset', 'dnxhr_sq', '--out', out, '--wait'])
    expect(result.status).toBe(1)
    expect(result.stderr).toContain('empty.mov')
    expect(listing(out).map((line) => line.split(' ')[0])).toEqual(['good.mov'])
  })

  test('an unknown preset, with the nearest name', async () => {
    const { media, unchanged, unqueued, queue } = await given()
    const clip = await makeClip(join(media, 'a.mp4'), { seconds: 1, channels: 0 })
    expectRefusal(await queue(clip, '--preset', 'dnxhr_sk'), 2, 'dnxhr_sk', 'dnxhr_sq')
    expectRefusal(await queue(media, '--preset', 'dnxhr_sk'), 2, 'dnxhr_sk', 'dnxhr_sq')
    unchanged()
    await unqueued()
  })

  test('an output folder that is a file', async () => {
    const { queue, media, room, unchanged } = await given()
    const clip = await makeClip(join(media, 'a.mp4'), { seconds: 1, channels: 0 })
    const file = join(room.folder('files'), 'file')
    writeFileSync(file, 'in the way')
    expectRefusal(await queue(clip, '--out', file), 1, file)
    unchanged()
  })

  test.skipIf(noMounts)('an output folder that cannot be written', async () => {
    const { queue, media, room, unchanged } = await given({})
    const clip = await makeClip(join(media, 'a.mp4'), { seconds: 1, channels: 0 })
    const disk = room.disk('read-only', 'size=1m')
    execFileSync('mount', ['-o', 'remount,ro', disk])
    expectRefusal(
      await queue(clip, '--out', disk),
      1,
      disk,
      /read-only|cannot (be )?writ|not writable|permission/i
    )
    unchanged()
  })

  test.skipIf(noMounts)('a disk that is full', async () => {
    const { queue, media, room, unchanged } = await given({})
    const clip = await makeClip(join(media, 'a.mp4'), { seconds: 8, channels: 0 })
    const disk = room.disk('small', 'size=1m')
    expectRefusal(await queue(clip, '--out', disk), 1, /space|full/i)
    unchanged()
  })

  test.skipIf(noMounts)('a disk that fills up between chunks', async () => {
    const { queue, media, room, unchanged } = await given({})
    const clip = await makeClip(join(media, 'a.mp4'), { seconds: 8, channels: 0 })
    const disk = room.disk('small', 'size=3m')
    expectRefusal(await queue(clip, '--out', disk, '--chunk', '2'), 1, /space|full/i)
    unchanged()
  })

  test('an ffmpeg without the encoder', async () => {
    const { queue, media, unchanged } = await given({
      PROXIMA_FFMPEG: fixture('ffmpeg-hides.sh'),
      REAL_FFMPEG: ffmpeg(),
      HIDDEN_ENCODER: 'dnxhd'
    })
    const clip = await makeClip(join(media, 'a.mp4'), { seconds: 1, channels: 0 })
    expectRefusal(await queue(clip), 1, 'dnxhd')
    unchanged()
  })

  test('an encoder that fails on the file: told with what ffmpeg said, after the attempts it had', async () => {
    const { station, queue, media, unchanged } = await given({
      PROXIMA_FFMPEG: fixture('ffmpeg-fails.sh'),
      REAL_FFMPEG: ffmpeg(),
      FAILING_ENCODER: 'dnxhd'
    })
    const clip = await makeClip(join(media, 'a.mp4'), { seconds: 1, channels: 0 })
    expectRefusal(await queue(clip), 1, 'a.mp4')
    unchanged()
    const [job] = await station.jobs()
    expect(job).toMatchObject({ status: 'failed' })
    const task = (await station.job(job!.id)).tasks.find(({ status }) => status === 'failed')
    expect(task?.attempts.length).toBe(3)
    expect((await station.ok(['log', job!.id])).stdout).toContain('cannot allocate the frobnicator')
  })
})

describe.skipIf(reason)(`wrong usage and settings${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('an unknown key in config.yaml, with its line and the nearest key', async () => {
    const station = givenRoom().station()
    mkdirSync(station.home, { recursive: true })
    writeFileSync(join(station.home, 'config.yaml'), 'name: tower\nchunking:\n  worthDurationMss: 5000\n')
    const result = await station.cli(['--headless'], { timeoutMs: 20_000 })
    expectRefusal(result, 2, /config\.yaml:3/, 'worthDurationMss', 'worthDurationMs')
  })

  test('a config.yaml that is not YAML, with its line', async () => {
    const station = givenRoom().station()
    mkdirSync(station.home, { recursive: true })
    writeFileSync(join(station.home, 'config.yaml'), 'name: tower\nslots: [1, 2\nlog:\n')
    expectRefusal(await station.cli(['--headless'], { timeoutMs: 20_000 }), 2, /config\.yaml:\d/)
  })

  test('a wrong value in config.yaml, with its line', async () => {
    const station = givenRoom().station()
    mkdirSync(station.home, { recursive: true })
    writeFileSync(join(station.home, 'config.yaml'), 'name: tower\nslots: many\n')
    expectRefusal(await station.cli(['--headless'], { timeoutMs: 20_000 }), 2, /config\.yaml:2/, 'slots')
  })

  test('a port that is taken', async () => {
    const station = givenRoom().station()
    const server = createServer().listen(0)
    onTestFinished(() => void server.close())
    await new Promise((done) => server.once('listening', done))
    const { port } = server.address() as { port: number }
    const result = await station.cli(['--headless', '--port', `${port}`], { timeoutMs: 20_000 })
    expectRefusal(result, 1, `${port}`, /taken|in use/i)
  })

  test('a second node on one home', async () => {
    const { station } = await given({})
    const result = await station.cli(['--headless'], { timeoutMs: 20_000 })
    expectRefusal(result, 1, /already runs|running|another/i, `${station.pid}`)
    expect((await station.cli(['peers'])).status).toBe(0)
  })

  test.each([['jobs'], ['peers'], ['job', '0000000000'], ['cancel', '0000000000']])(
    'no node running: %s says how to start one',
    async (...args) => {
      const result = await givenRoom().station().cli(args)
      expectRefusal(result, 3, /proxima-node|start/)
    }
  )

  test('an unknown option and an unknown command, with the nearest', async () => {
    const station = givenRoom().station()
    const option = await station.cli(['queue', 'a.mov', '--presett', 'dnxhr_sq'])
    expect(option.status).toBe(2)
    expect(option.stderr).toContain('--preset')
    const command = await station.cli(['quue', 'a.mov'])
    expect(command.status).toBe(2)
    expect(command.stderr).toContain('queue')
  })

  test('queue without a preset, and without a source', async () => {
    const station = givenRoom().station()
    expect((await station.cli(['queue', 'a.mov'])).status).toBe(2)
    expect((await station.cli(['queue', '--preset', 'dnxhr_sq'])).status).toBe(2)
  })

  test('an ffmpeg that is not there', async () => {
    const room = givenRoom()
    const station = room.station('station', { PROXIMA_FFMPEG: '/nowhere/ffmpeg' })
    const clip = await makeClip(join(room.folder('media'), 'a.mp4'), { seconds: 1, channels: 0 })
    const before = listing(room.folder('media'))
    const result = await station.cli(['queue', clip, '--preset', 'dnxhr_sq', '--wait'])
    expect([1, 2]).toContain(result.status)
    expect(result.stderr).toContain('/nowhere/ffmpeg')
    expect(result.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
    expect(listing(room.folder('media'))).toEqual(before)
  })
})

describe.skipIf(reason)(`an older Node${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('starts the command again under the Node that npm brought', async (context) => {
    const old = await olderNode()
    if (!old) return skip(context, 'no Node older than 24 is on the PATH')
    const station = givenRoom().station()
    const options = { env: station.environment(), timeoutMs: 30_000 }
    const version = await run([old, binPath, '--version'], options)
    expect(version.stderr).toBe('')
    expect(version.stdout.trim()).toMatch(/^\d+\.\d+\.\d+/)
    expect(version.status).toBe(0)
    expect((await run([old, binPath, 'jobs'], options)).status).toBe(3)
  })
})

async function olderNode(): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  for (const path of folders.map((folder) => join(folder, 'node'))) {
    const result = await run([path, '--version'], { env: process.env, timeoutMs: 10_000 }).catch(() => null)
    const major = Number(/^v(\d+)/.exec(result?.stdout ?? '')?.[1] ?? 99)
    if (major < 24) return path
  }
  return null
}
