import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPreset } from '../../src/media/index.ts'
import type { JobKind } from '../../src/model/index.ts'
import { oneRun } from '../acceptance/media/support/one-run.ts'
import { encodeInChunks, kindIn, presetFolder, queueParams } from '../acceptance/media/support/owner.ts'
import { skip } from '../support/skip.ts'
import { differences } from './compare.ts'
import { aac, ffmpegRun, film, tones, x264 } from './kinds/film.ts'
import { isAskedFor, record } from './record.ts'

const frames = 90_000
const chunkFrames = 283

let folder = ''
let source = ''
beforeAll(async () => {
  if (!isAskedFor('hour')) return
  folder = await mkdtemp(join(tmpdir(), 'proxima-hour-'))
  source = join(folder, 'hour.mov')
  const clip = join(folder, 'clip.mov')
  // 60 frames last 2.4 s, as do 115,200 samples: copies follow each other without a gap.
  const small = film('25', { size: '64x48', frames: 60 })
  ffmpegRun([...small, ...tones(2.4), ...x264(), '-c:a', 'pcm_s16le', '-shortest', clip])
  ffmpegRun(['-stream_loop', String(frames / 60 - 1), '-i', clip, '-c:v', 'copy', ...aac, source])
})
afterAll(() => (folder === '' ? undefined : rm(folder, { recursive: true, force: true })))

/** Adds up what each kind of work takes, in milliseconds. */
function timed(kind: JobKind, spent: Map<string, number>): JobKind {
  const timing = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const startedMs = performance.now()
    try {
      return await work()
    } finally {
      spent.set(name, (spent.get(name) ?? 0) + performance.now() - startedMs)
    }
  }
  return {
    ...kind,
    plan: (...args) => timing('plan', () => kind.plan(...args)),
    run: (lease, context) => timing(lease.taskKind, () => kind.run(lease, context)),
    verify: (job, task, ...rest) => timing(task.kind, () => kind.verify(job, task, ...rest))
  }
}

test.for(['prores_proxy', 'h264_proxy'])('an hour in hundreds of chunks, as %s', async (name, context) => {
  if (!isAskedFor('hour')) return skip(context, 'not asked for')
  const spent = new Map<string, number>()
  const kind = timed(kindIn(folder), spent)
  let chunks = 0
  const bounds = (total: number): number[] => {
    // Now at a keyframe, now between two.
    const all = Array.from({ length: Math.ceil(total / chunkFrames) }, (_, i) => i * chunkFrames)
    chunks = all.length
    return all
  }
  const { output } = await encodeInChunks(
    kind,
    queueParams(source, name, { nameTemplate: '{stem}-{preset}' }),
    bounds
  )
  expect(chunks).toBeGreaterThan(300)
  const startedMs = performance.now()
  const single = await oneRun(name, source, output)
  const singleMs = performance.now() - startedMs
  const starts = Array.from({ length: chunks }, (_, i) => i * chunkFrames)
  expect(differences(output, single, await loadPreset(name, [presetFolder]), starts)).toEqual([])
  const ms = (work: string): number => Math.round(spent.get(work) ?? 0)
  record({
    hour: {
      preset: name,
      frames,
      chunks,
      planMs: ms('plan'),
      singleMs: Math.round(singleMs),
      chunksMs: ms('encode-chunk'),
      joinMs: ms('join')
    }
  })
})
