import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JobView } from '../../src/model/index.ts'
import { makeClip, play, probe, videoPackets } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { givenRoom, listing, mediaIn, Room } from '../support/room.ts'
import { waitFor } from '../support/wait-for.ts'
import { jobShape } from './shapes.ts'

const reason = buildMissing()

describe.skipIf(reason)(`queue --wait${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('makes a playable file beside the source with no node running and nothing configured', async () => {
    const room = givenRoom()
    const station = room.station()
    const folder = room.folder('media')
    const clip = await makeClip(join(folder, 'my clip.mp4'), { seconds: 3, channels: 6 })
    const before = listing(folder)

    const result = await station.ok(['queue', clip, '--preset', 'dnxhr_sq', '--wait', '--json'])

    const output = join(folder, 'Proxy', 'my clip.mov')
    await play(output)
    const made = await probe(output)
    expect(made.videoFrames).toBe(75)
    expect(made.streams.map(({ type }) => type)).toEqual(expect.arrayContaining(['video', 'audio']))
    expect(made.streams.find(({ type }) => type === 'audio')?.channels).toBe(6)
    expect(made.durationS).toBeCloseTo(3, 1)
    // Nothing else is there: no temporary file, no folder of chunks, and the source is as it was.
    expect(listing(folder)).toEqual(
      [...before, 'Proxy/', `Proxy/my clip.mov ${statSync(output).size}`].sort()
    )
    expect(mediaIn(station.home)).toEqual([])

    const lines = result.lines as JobView[]
    for (const line of lines) jobShape.parse(line)
    expect(new Set(lines.map(({ id }) => id)).size).toBe(1)
    expect(lines.at(-1)).toMatchObject({
      status: 'completed',
      source: clip,
      output,
      preset: 'dnxhr_sq',
      error: null
    })
    expect(lines.at(-1)!.progress).toMatchObject({ units: 75, totalUnits: 75 })
    expect(result.stderr).not.toBe('') // it says that it started a node for this
  })

  test('leaves no node and no socket behind when it started one', async () => {
    const room = givenRoom()
    const station = room.station()
    const clip = await makeClip(join(room.folder('media'), 'a.mp4'), { seconds: 1, channels: 0 })
    await station.ok(['queue', clip, '--preset', 'dnxhr_sq', '--wait'])
    expect((await station.cli(['jobs'])).status).toBe(3)
  })

  test('cuts into the chunks that it is told to, and the result is that of one run', async () => {
    const room = givenRoom()
    const station = room.station()
    await station.start()
    const out = room.folder('out')
    const clip = await makeClip(join(room.folder('media'), 'a.mp4'), { seconds: 6, gop: 25, channels: 2 })
    const id = await station.queue([clip, '--preset', 'dnxhr_sq', '--chunk', '2', '--out', out])
    const job = await station.ended(id)
    expect(job).toMatchObject({ status: 'completed', shape: 'split', error: null })
    const kinds = job.tasks.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'encode-chunk')).toHaveLength(3)
    expect(kinds.filter((kind) => kind === 'encode-audio')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'join')).toHaveLength(1)

    const whole = await station.queue([
      clip,
      '--preset',
      'dnxhr_sq',
      '--no-chunk',
      '--out',
      room.folder('whole')
    ])
    const single = await station.ended(whole)
    expect(single).toMatchObject({ status: 'completed', shape: 'whole' })
    expect(single.tasks.map(({ kind }) => kind)).toEqual(['encode-file'])
    expect(await videoPackets(job.output)).toEqual(await videoPackets(single.output))
  })

  test('takes folders and globs, each video once', async () => {
    const room = givenRoom()
    const station = room.station()
    await station.start()
    const folder = room.folder('media/deep')
    for (const name of ['a.mp4', 'b.mov']) await makeClip(join(folder, name), { seconds: 1, channels: 0 })
    const glob = `${room.folder('media')}/**/a.*`
    const result = await station.ok([
      ...['queue', room.folder('media'), glob, '--preset', 'dnxhr_sq', '--wait', '--json']
    ])
    const ended = (result.lines as JobView[]).filter(({ status }) => status === 'completed')
    expect(ended.map(({ output }) => output).sort()).toEqual([
      join(folder, 'Proxy', 'a.mov'),
      join(folder, 'Proxy', 'b.mov')
    ])
  })

  test('does not encode what is already there, unless forced', async () => {
    const room = givenRoom()
    const station = room.station()
    await station.start()
    const clip = await makeClip(join(room.folder('media'), 'a.mp4'), { seconds: 1, channels: 0 })
    const command = ['queue', clip, '--preset', 'dnxhr_sq', '--wait']
    await station.ok(command)
    const output = join(room.folder('media'), 'Proxy', 'a.mov')
    const first = statSync(output)
    const second = await station.ok(command)
    expect(`${second.stdout}${second.stderr}`).toContain(output)
    expect(statSync(output).mtimeMs).toBe(first.mtimeMs)
    expect(await station.jobs()).toHaveLength(1)
    await station.ok([...command, '--force'])
    expect(statSync(output).mtimeMs).toBeGreaterThan(first.mtimeMs)
    await play(output)
  })

  test('--dry-run tells the plan and does nothing', async () => {
    const room = givenRoom()
    const station = room.station()
    await station.start()
    const folder = room.folder('media')
    const clip = await makeClip(join(folder, 'a.mp4'), { seconds: 4, channels: 0 })
    const before = listing(folder)
    const result = await station.ok([
      'queue',
      clip,
      '--preset',
      'dnxhr_sq',
      '--chunk',
      '2',
      '--dry-run',
      '--json'
    ])
    expect(`${result.stdout}`).toContain('dnxhr_sq')
    expect(result.stdout).toContain(join(folder, 'Proxy', 'a.mov'))
    expect(listing(folder)).toEqual(before)
    expect(await station.jobs()).toEqual([])
  })

  test('two sources that would make one output are not both encoded unnoticed', async () => {
    const room = givenRoom()
    const station = room.station()
    await station.start()
    const out = room.folder('out')
    const one = await makeClip(join(room.folder('one'), 'a.mp4'), { seconds: 1, channels: 0 })
    const two = await makeClip(join(room.folder('two'), 'a.mp4'), { seconds: 2, channels: 0 })
    const result = await station.cli(['queue', one, two, '--preset', 'dnxhr_sq', '--out', out, '--wait'])
    expect(result.status).toBe(1)
    expect(result.stderr).toContain(join(out, 'a.mov'))
    expect((await probe(join(out, 'a.mov'))).videoFrames).toBe(25)
  })

  test('an interrupt leaves with 130 and the job goes on in the node', async () => {
    const room = givenRoom()
    const station = room.station()
    await station.start()
    const clip = await makeClip(join(room.folder('media'), 'a.mp4'), { seconds: 4, channels: 0 })
    const waiting = station.spawn(['queue', clip, '--preset', 'prores_proxy', '--wait', '--json'])
    await waitFor(() => waiting.stdout().includes('"type":"job"'), {
      timeoutMs: 30_000,
      what: 'the job to be queued'
    })
    waiting.kill('SIGINT')
    const result = await waiting.done
    expect(result.status).toBe(130)
    const [job] = await station.jobs()
    expect(await station.ended(job!.id)).toMatchObject({ status: 'completed' })
  })
})

describe.skipIf(reason)(`every preset${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const presets = [
    { name: 'dnxhr_sq', codec: 'dnxhd' },
    { name: 'dnxhr_lb', codec: 'dnxhd' },
    { name: 'prores_proxy', codec: 'prores' },
    { name: 'prores_lt', codec: 'prores' },
    { name: 'h264_proxy', codec: 'h264' },
    { name: 'h265_archive', codec: 'hevc' }
  ]
  let room: Room
  let jobs: JobView[]

  beforeAll(async () => {
    room = new Room()
    const station = room.station()
    await station.start()
    const clip = await makeClip(join(room.folder('media'), 'a.mp4'), { seconds: 2, size: '256x144' })
    for (const { name } of presets) {
      const queued = await station.cli([
        'queue',
        clip,
        '--preset',
        name,
        '--out',
        room.folder(name),
        '--json'
      ])
      expect(queued.status, queued.stderr).toBe(0)
    }
    jobs = await Promise.all((await station.jobs()).map(async ({ id }) => (await station.ended(id)) as never))
    return () => room.destroy()
  })

  test.each(presets)(
    '$name makes a playable $codec file with every frame and its sound',
    async ({ name, codec }) => {
      const job = jobs.find(({ preset }) => preset === name)
      expect(job).toMatchObject({ status: 'completed', error: null })
      expect(existsSync(job!.output)).toBe(true)
      await play(job!.output)
      const made = await probe(job!.output)
      expect(made.videoFrames).toBe(50)
      expect(made.streams.find(({ type }) => type === 'video')?.codec).toBe(codec)
      expect(made.streams.find(({ type }) => type === 'audio')?.channels).toBe(2)
    }
  )
})
