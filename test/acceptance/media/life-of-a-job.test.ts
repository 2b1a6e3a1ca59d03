import { execFileSync } from 'node:child_process'
import { appendFileSync, statfsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobRecord, Task, TaskOutcome } from '../../../src/model/index.ts'
import { pretendTool } from '../../support/pretend-tool.ts'
import {
  describeFile,
  ffmpeg,
  filmMissing,
  makeClip,
  packetsOf,
  sampleFilm,
  soundOf,
  timesOf
} from './support/clips.ts'
import {
  addTask,
  complete,
  encodeInChunks,
  encodeWhole,
  grant,
  keyOf,
  kindIn,
  queueJob,
  queueParams,
  removeFolder,
  runContext,
  untilEnd
} from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-life-'))
})
afterAll(() => removeFolder(folder))

/** A folder of its own, so that what is left behind can be seen. */
async function room(name: string, clip: string): Promise<{ root: string; source: string }> {
  const root = join(folder, name)
  await mkdir(root, { recursive: true })
  return { root, source: makeClip(root, clip) }
}

const everything = async (root: string): Promise<string[]> =>
  (await readdir(root, { recursive: true })).filter((name) => name !== '.proxima').sort()

describe('a finished job', () => {
  test('leaves its output and nothing else', async () => {
    const { root, source } = await room('tidy', 'silent.mp4')
    await encodeInChunks(kindIn(root), queueParams(source, 'h264_proxy'), () => [24])
    expect(await everything(root)).toEqual(['Proxy', 'Proxy/silent.mp4', 'silent.mp4'])
  })

  test('is published once, and again without harm', async () => {
    const { root, source } = await room('again', 'silent.mp4')
    const kind = kindIn(root)
    const { job, output } = await encodeWhole(kind, queueParams(source, 'h264_proxy'))
    const task = job.tasks[0]!
    const before = await readFile(output)
    expect(await kind.publish(job, task, keyOf(job, task), task.result)).toEqual({ ok: true })
    expect(await kind.verify(job, task, keyOf(job, task), task.result, untilEnd)).toEqual({ ok: true })
    expect((await readFile(output)).equals(before)).toBe(true)
  })

  test('does not replace a file that appeared in the meantime', async () => {
    const { root, source } = await room('taken', 'silent.mp4')
    const kind = kindIn(root)
    const added = addTask(await queueJob(kind, queueParams(source, 'h264_proxy')), 'encode-file', null, true)
    const job = await complete(kind, kind, added.job, added.task)
    await writeFile(job.request.output, 'mine')
    const verdict = await kind.publish(job, job.tasks[0]!, keyOf(job, added.task), job.tasks[0]!.result)
    expect(verdict).toMatchObject({ ok: false, transient: false, reason: expect.stringContaining('--force') })
    await kind.clean(job)
    expect(await readFile(job.request.output, 'utf8')).toBe('mine')
    expect(await everything(root)).toEqual(['Proxy', 'Proxy/silent.mp4', 'silent.mp4'])
  })

  test('carries timecode, reel, languages and tags of its source, in pieces as in one', async () => {
    const { root, source } = await room('tags', 'open2997.mov')
    const inPieces = await encodeInChunks(kindIn(root), queueParams(source, 'prores_proxy'), () => [30])
    const whole = await encodeWhole(
      kindIn(root),
      queueParams(source, 'prores_proxy', { nameTemplate: 'whole' })
    )
    for (const { output } of [inPieces, whole]) {
      const { streams, format } = describeFile(output)
      expect(streams.map(({ codec_tag_string: tag }) => tag)).toEqual(['apco', 'in24', 'tmcd'])
      expect(streams[0]?.tags?.timecode).toBe('01:00:00;02')
      expect(streams[2]?.tags?.reel_name).toBe('A001_C004')
      expect(streams[1]?.tags?.language).toBe('fra')
      expect(format.tags?.title).toBe('A title')
    }
  })

  test('keeps every audio stream with its language', async () => {
    const { root, source } = await room('tracks', 'two-tracks.mov')
    const { output } = await encodeInChunks(kindIn(root), queueParams(source, 'dnxhr_lb'), () => [20])
    const audio = describeFile(output).streams.filter((stream) => stream.codec_type === 'audio')
    expect(audio.map(({ channels, tags }) => [channels, tags?.language])).toEqual([
      [1, 'fra'],
      [2, 'ita']
    ])
    expect(soundOf(output, 1)).toBe(soundOf(source, 1))
  })

  test('is one piece where the times of the frames are not known', async () => {
    const { root, source } = await room('packed', 'packed.avi')
    const kind = kindIn(root)
    const { job, output } = await encodeWhole(kind, queueParams(source, 'dnxhr_lb'))
    expect(job.plan?.split).toBeNull()
    expect(timesOf(output)).toHaveLength(50)
  })

  test('of the sample film keeps all six channels', async ({ skip }) => {
    if (filmMissing !== null) return skip(filmMissing)
    const source = join(folder, 'film.mp4')
    ffmpeg(['-y', '-t', '8', '-i', sampleFilm, '-c', 'copy', source])
    const frames = timesOf(source).length
    const { output, job } = await encodeInChunks(kindIn(folder), queueParams(source, 'dnxhr_sq'), () => [
      70, 130
    ])
    expect(timesOf(output)).toHaveLength(frames)
    expect(describeFile(output).streams.find((stream) => stream.codec_type === 'audio')).toMatchObject({
      channels: 6,
      channel_layout: '5.1'
    })
    expect(soundOf(output)).toBe(soundOf(source))
    const { output: whole } = await encodeWhole(
      kindIn(folder),
      queueParams(source, 'dnxhr_sq', { nameTemplate: 'whole' })
    )
    expect(packetsOf(output)).toEqual(packetsOf(whole))
    // Nor is it another file than what a person would make by hand.
    const byHand = join(folder, 'by-hand.mov')
    ffmpeg([
      ...['-y', '-i', source, '-c:v', 'dnxhd', '-profile:v', 'dnxhr_sq', '-pix_fmt', 'yuv422p'],
      ...['-c:a', 'pcm_s24le', byHand]
    ])
    expect(packetsOf(output)).toEqual(packetsOf(byHand))
    expect(soundOf(output)).toBe(soundOf(byHand))
    expect(job.tasks.map(({ result }) => (result as { strategy?: string }).strategy)).toContain(
      'keyframe-seek'
    )
  })
})

describe('a chunk', () => {
  const ready = async (name: string, clip: string, settings = {}) => {
    const { root, source } = await room(name, clip)
    const kind = kindIn(root, settings)
    const queued = await queueJob(kind, queueParams(source, 'dnxhr_lb'))
    return { root, source, kind, ...addTask(queued, 'encode-chunk', { start: 30, end: 60 }) }
  }

  test('is cut again where the fast way does not give the planned frames', async () => {
    const { kind, job, task } = await ready('refresh', 'refresh.mp4')
    // The first recovery point of a picture that is refreshed bit by bit gives no whole frame yet.
    const later = { ...task, range: { start: job.plan!.split!.work.cuts![0]!, end: 60 } }
    const context = runContext()
    const outcome = await kind.run(grant(kind, job, later), context)
    expect(outcome).toMatchObject({ kind: 'finished', result: { strategy: 'early-seek' } })
    expect(context.log.join('\n')).toContain('keyframe-seek is not what was planned')
  })

  test('that was tampered with after its delivery is refused', async () => {
    const { root, kind, job, task } = await ready('tampered', 'silent.mp4')
    const outcome = await kind.run(grant(kind, job, task), runContext())
    if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    const path = join(root, '.proxima', job.id, `${task.no}.1.mov`)
    const content = await readFile(path)
    content[content.length >> 1]! ^= 1
    await writeFile(path, content)
    expect(await kind.verify(job, task, keyOf(job, task), outcome.result, untilEnd)).toMatchObject({
      ok: false,
      transient: false
    })
    await truncate(path, content.length >> 1)
    expect(await kind.verify(job, task, keyOf(job, task), outcome.result, untilEnd)).toMatchObject({
      ok: false
    })
  })

  test('of other frames than asked for is refused', async () => {
    const { kind, job, task } = await ready('others', 'silent.mp4')
    const other = { ...task, range: { start: 31, end: 60 } }
    const outcome = await kind.run(grant(kind, job, other), runContext())
    if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    expect(await kind.verify(job, task, keyOf(job, task), outcome.result, untilEnd)).toMatchObject({
      ok: false,
      reason: 'it has 29 of 30 frames'
    })
  })

  test('that cannot follow the others is refused, whatever it and they say of themselves', async () => {
    const { root, source } = await room('unlike', 'silent.mp4')
    const kind = kindIn(root)
    const queued = await queueJob(kind, queueParams(source, 'h264_proxy'))
    const first = addTask(queued, 'encode-chunk', { start: 0, end: 24 })
    const second = addTask(first.job, 'encode-chunk', { start: 24, end: 48 })
    /** As a worker with other presets would encode it: another entropy coder, told in the parameter sets. */
    const encode = async (task: Task, speed: string) => {
      const lease = grant(kind, second.job, task)
      const payload = lease.payload as { preset: object }
      const changed = { ...payload, preset: { ...payload.preset, speed } }
      const outcome = await kind.run({ ...lease, payload: changed as never }, runContext())
      if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
      return { ...(outcome.result as object), signature: 'what a worker claims' } as never
    }
    const results = [await encode(first.task, 'fast'), await encode(second.task, 'ultrafast')] as const
    const verdict = (job: JobRecord, no: 0 | 1) => {
      const task = job.tasks[no]!
      return kind.verify(job, task, keyOf(job, task), results[no], untilEnd)
    }
    // Both at once, before either is done: only one of them may be.
    const both = await Promise.all([verdict(second.job, 0), verdict(second.job, 1)])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)

    // By an owner that started again, and knows of the first only that it is done.
    const attempt = { attempt: 1, peerId: 'p', peerName: 'p', status: 'done', error: null } as never
    const done = { ...first.task, status: 'done', attempts: [attempt], result: results[0] } as Task
    const restarted = (): JobRecord => ({
      ...second.job,
      plan: structuredClone(second.job.plan),
      tasks: [done, second.task]
    })
    expect(await verdict(restarted(), 1)).toMatchObject({
      ok: false,
      transient: false,
      reason: expect.stringContaining('cannot follow the other chunks')
    })
    const again = await encode(second.task, 'fast')
    expect(
      await kind.verify(restarted(), second.task, keyOf(second.job, second.task), again, untilEnd)
    ).toEqual({
      ok: true
    })
  })

  test('is verified again later where ffprobe could not read it now', async () => {
    const { root, kind, job, task } = await ready('later', 'silent.mp4')
    const outcome = await kind.run(grant(kind, job, task), runContext())
    if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    for (const [name, end] of Object.entries({
      killed: 'kill -KILL $$',
      'not-answering': 'echo "x: Input/output error" >&2; exit 1'
    })) {
      const ffprobePath = await pretendTool(root, `ffprobe-${name}`, end)
      const verdict = await kindIn(root, { ffprobePath }).verify(
        job,
        task,
        keyOf(job, task),
        outcome.result,
        untilEnd
      )
      expect(verdict).toMatchObject({ ok: false, transient: true })
    }
    expect(await kind.verify(job, task, keyOf(job, task), outcome.result, untilEnd)).toEqual({ ok: true })
  })

  test('of this machine’s own job is not removed for a stranger that names it', async () => {
    const { root, kind, job, task } = await ready('own', 'silent.mp4')
    const outcome = await kind.run(grant(kind, job, task), runContext())
    if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    const lease = grant(kind, job, task)
    const stranger = {
      ...lease,
      payload: { ...(lease.payload as object), output: { local: join(root, 'x.mov') } }
    }
    await kind.discard(stranger as never, false)
    expect(await kind.collect(job, task, keyOf(job, task))).toEqual(outcome.result)
    expect(await kind.run(stranger as never, { ...runContext(), isOwn: false })).toMatchObject({
      kind: 'failed'
    })
    expect(await kind.collect(job, task, keyOf(job, task))).toEqual(outcome.result)
    await kind.discard(stranger as never, true)
    expect(await kind.collect(job, task, keyOf(job, task))).toBeNull()
  })

  test('that finished before a crash is found again, another attempt is not', async () => {
    const { kind, job, task } = await ready('collect', 'silent.mp4')
    const outcome = await kind.run(grant(kind, job, task), runContext())
    if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    expect(await kind.collect(job, task, keyOf(job, task))).toEqual(outcome.result)
    expect(await kind.collect(job, task, keyOf(job, task, 2))).toBeNull()
    await kind.discard(grant(kind, job, task), true)
    expect(await kind.collect(job, task, keyOf(job, task))).toBeNull()
  })

  test('that is stopped is handed back and leaves nothing', async () => {
    const { root, kind, job, task } = await ready('stopped', 'silent.mp4')
    const stop = new AbortController()
    const context = { ...runContext(stop.signal), onCommand: () => stop.abort('lease lost') }
    expect(await kind.run(grant(kind, job, task), context)).toEqual({
      kind: 'returned',
      reason: 'lease lost'
    })
    expect(await readdir(join(root, '.proxima', job.id))).toEqual([])
  })

  test('whose source is gone fails by the task, not the machine', async () => {
    const { kind, job, task, source } = await ready('gone', 'silent.mp4')
    await removeFolder(source)
    const outcome = await kind.run(grant(kind, job, task), runContext())
    expect(outcome).toMatchObject({
      kind: 'failed',
      fault: 'task',
      error: expect.stringContaining('the source is not there any more')
    })
  })

  test.each([
    ['no work', { payload: null }],
    ['a stranger’s absolute path', { source: { local: '/etc/passwd' } }],
    ['a path out of the root', { source: { root: '00000000000000aa', path: '../secret' } }],
    ['an option as a profile', { preset: { profile: '-i' } }],
    ['a free argument that writes a file', { preset: { args: ['-vstats_file', 'x'] } }]
  ])('with %s in its payload is refused', async (_, change) => {
    const { kind, job, task } = await ready('payload', 'silent.mp4')
    const lease = grant(kind, job, task)
    const payload = lease.payload as Record<string, object>
    const changed =
      'payload' in change
        ? null
        : 'preset' in change
          ? { ...payload, preset: { ...payload.preset, ...change.preset } }
          : { ...payload, ...change }
    const outcome: TaskOutcome = await kind.run(
      { ...lease, payload: changed as never },
      { ...runContext(), isOwn: false }
    )
    expect(outcome).toMatchObject({ kind: 'failed', fault: 'task' })
  })

  test('is ended when ffmpeg does not get on', async () => {
    const { root, kind, job, task } = await ready('stalled', 'silent.mp4')
    const pretend = join(root, 'ffmpeg-stalls')
    await writeFile(
      pretend,
      '#!/bin/sh\n[ "$1" = -version ] && { echo "ffmpeg version 5.1"; exit; }\nexec sleep 60\n',
      {
        mode: 0o755
      }
    )
    const stalling = kindIn(root, { ffmpegPath: pretend, stallMs: 200, graceMs: 100 })
    const outcome = await stalling.run(grant(kind, job, task), runContext())
    expect(outcome).toMatchObject({ kind: 'failed', error: expect.stringContaining('no progress') })
  })
})

/** A job of a silent clip, and a chunk of it that is to be encoded. */
async function givenChunk(name: string, range: { start: number; end: number }) {
  const { root, source } = await room(name, 'silent.mp4')
  const kind = kindIn(root)
  const queued = await queueJob(kind, queueParams(source, 'dnxhr_lb'))
  return { root, source, kind, ...addTask(queued, 'encode-chunk', range) }
}

/** A job whose frames are all encoded and verified, in one chunk, and its join. */
async function givenJoin(name: string) {
  const { job, task, ...rest } = await givenChunk(name, { start: 0, end: 75 })
  const encoded = await complete(rest.kind, rest.kind, job, task)
  return { ...rest, ...addTask(encoded, 'join', null, true) }
}

describe('encoded chunks', () => {
  test('are not joined where somebody removed them, and the words say what to do', async () => {
    const { root, kind, job, task } = await givenJoin('cleaned')
    const work = join(root, '.proxima', job.id)
    for (const name of await readdir(work)) await rm(join(work, name), { recursive: true })
    expect(await kind.run(grant(kind, job, task), runContext())).toEqual({
      kind: 'failed',
      fault: 'task',
      error: `1 of its 1 encoded chunks were removed from ${work}: retry the job`
    })
  })
})

describe('a source that is replaced while it is encoded', () => {
  const changed = 'the source has changed since the job was queued: retry it'

  test('is not joined with what was made of the one before', async () => {
    const { source, kind, job, task } = await givenJoin('replaced')
    await utimes(source, 0, 1_000_000_000)
    expect(await kind.run(grant(kind, job, task), runContext())).toEqual({
      kind: 'failed',
      fault: 'task',
      error: changed
    })
  })

  test('is found out with the first chunk, not when all are done', async () => {
    const { source, kind, job, task } = await givenChunk('replaced-early', { start: 0, end: 25 })
    const outcome = await kind.run(grant(kind, job, task), runContext())
    if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    await utimes(source, 0, 1_000_000_000)
    const verdict = await kind.verify(job, task, keyOf(job, task), outcome.result, untilEnd)
    expect(verdict).toEqual({ ok: false, transient: false, ends: true, reason: changed })
  })

  test('is what its chunks fail of, in those words, and so is one that is gone', async () => {
    const { root, source, kind, job, task } = await givenChunk('replaced-chunk', { start: 25, end: 50 })
    const lease = grant(kind, job, task)
    const replacing = { ...runContext(), onCommand: () => appendFileSync(source, 'more') }
    const failed = { kind: 'failed', fault: 'task' }
    const pretend = await pretendTool(root, 'ffmpeg-fails', 'exit 1')
    const failing = kindIn(root, { ffmpegPath: pretend })
    expect(await failing.run(lease, replacing)).toEqual({ ...failed, error: changed })
    // The next attempt does not even begin.
    const commands: unknown[] = []
    const context = { ...runContext(), onCommand: (command: unknown) => commands.push(command) }
    expect(await kind.run(lease, context)).toEqual({ ...failed, error: changed })
    await rm(source)
    expect(await kind.run(lease, context)).toMatchObject({
      ...failed,
      error: expect.stringContaining('the source is not there any more')
    })
    expect(commands).toEqual([])
  })

  test('is found out before its output is published', async () => {
    const { root, source } = await room('replaced-whole', 'silent.mp4')
    const kind = kindIn(root)
    const { job, task } = addTask(
      await queueJob(kind, queueParams(source, 'h264_proxy')),
      'encode-file',
      null,
      true
    )
    const outcome = await kind.run(grant(kind, job, task), runContext())
    if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
    const { atime, mtime } = await stat(source)
    await utimes(source, atime, new Date(mtime.getTime() + 5000))
    expect(await kind.verify(job, task, keyOf(job, task), outcome.result, untilEnd)).toEqual({
      ok: false,
      transient: false,
      ends: true,
      reason: changed
    })
    // A share that tells no parts of a second.
    await utimes(source, atime, new Date(Math.floor(mtime.getTime() / 1000) * 1000))
    expect(await kind.verify(job, task, keyOf(job, task), outcome.result, untilEnd)).toEqual({ ok: true })
  })
})

describe('a disk without room', () => {
  test('is the machine’s trouble', async ({ skip }) => {
    const disk = join(folder, 'small-disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      return skip('a small disk cannot be mounted here')
    }
    try {
      const source = makeClip(disk, 'silent.mp4')
      const kind = kindIn(disk)
      const fill = (leaveBytes: number) => {
        const { bavail, bsize } = statfsSync(disk)
        appendFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
      }
      fill(1_500_000)
      expect(await kind.prepare(queueParams(source, 'dnxhr_sq'), source)).toMatchObject({
        kind: 'refused',
        error: { code: 'no-space', exitStatus: 1 }
      })
      // What cannot be foreseen, because others fill the disk meanwhile.
      const queued = await queueJob(kind, queueParams(source, 'h264_proxy'))
      const { job, task } = addTask(queued, 'encode-chunk', { start: 0, end: 60 })
      const context = { ...runContext(), onCommand: () => fill(4096) }
      expect(await kind.run(grant(kind, job, task), context)).toMatchObject({
        kind: 'failed',
        fault: 'worker',
        error: expect.stringMatching(/no space left/i)
      })
      expect(await readdir(join(disk, '.proxima', job.id))).toEqual([])
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  })
})

test('a source that is older than its output is no reason to encode it again', async () => {
  const { root, source } = await room('exists', 'silent.mp4')
  const kind = kindIn(root)
  const { output } = await encodeWhole(kind, queueParams(source, 'h264_proxy'))
  await utimes(output, 0, 0)
  expect(await kind.prepare(queueParams(source, 'h264_proxy'), source)).toMatchObject({
    kind: 'exists',
    output
  })
  expect(await kind.prepare(queueParams(source, 'h264_proxy', { force: true }), source)).toMatchObject({
    kind: 'ready'
  })
})
