import { describe, expect, test } from 'vitest'
import { leasePayload } from '../../../src/jobs/transcode/payload.ts'
import { planOf } from '../../../src/jobs/transcode/plan.ts'
import { factsOf, taskPayload } from '../../../src/jobs/transcode/task-payload.ts'
import { proofOf } from '../../../src/media/index.ts'
import { preset, source } from '../media/samples.ts'
import { job, task } from './samples.ts'

describe('a chunk’s payload', () => {
  test('names its keyframe, its first and last time, and the proof of all between', () => {
    expect(taskPayload(job, task(1, 'encode-chunk', { start: 70, end: 90 }))).toMatchObject({
      spec: { seekUs: 2_400_000, originUs: 2_800_000, endTicks: 20 * 512, frames: 20 },
      proof: proofOf(source.frames.pts.slice(70, 90))
    })
  })

  test('seeks to its own first frame where that is a keyframe', () => {
    expect(taskPayload(job, task(1, 'encode-chunk', { start: 60, end: 90 }))).toMatchObject({
      spec: { seekUs: 2_400_000, originUs: 2_400_000 }
    })
  })

  test('neither seeks at the beginning nor ends before the end', () => {
    expect(taskPayload(job, task(1, 'encode-chunk', { start: 0, end: 100 }))).toMatchObject({
      spec: { seekUs: null, originUs: 0, endTicks: null, frames: 100 }
    })
  })

  test('is small and no path of this machine is in it, however long the clip', () => {
    const text = JSON.stringify(taskPayload(job, task(1, 'encode-chunk', { start: 0, end: 100 })))
    expect(text).not.toContain('/nas')
    expect(text.length).toBeLessThan(2000)
  })

  test('is understood on the other side', () => {
    for (const kind of ['encode-audio', 'encode-file']) {
      expect(leasePayload.safeParse(taskPayload(job, task(1, kind))).success).toBe(true)
    }
    const chunk = taskPayload(job, task(1, 'encode-chunk', { start: 0, end: 5 }))
    expect(leasePayload.safeParse(JSON.parse(JSON.stringify(chunk))).success).toBe(true)
  })
})

test('a chunk whose filters look around decodes a frame more on each side, and proves them all', () => {
  const deinterlaced = {
    ...job,
    plan: {
      ...job.plan,
      payload: planOf(
        { ...source, video: { ...source.video, fieldOrder: 'tt' } },
        { preset: { ...preset, fields: 'deinterlace' } }
      )
    }
  } as unknown as typeof job
  const chunk = (start: number, end: number) =>
    taskPayload(deinterlaced, task(1, 'encode-chunk', { start, end }))
  expect(chunk(60, 90)).toMatchObject({
    spec: {
      // The frame before lies in the group of pictures before.
      seekUs: 1_200_000,
      originUs: 2_400_000,
      endTicks: 30 * 512,
      frames: 30,
      context: { fromTicks: -512, untilTicks: 31 * 512 }
    },
    proof: proofOf(source.frames.pts.slice(59, 91))
  })
  expect(chunk(0, 100)).toMatchObject({ spec: { seekUs: null, context: { fromTicks: 0, untilTicks: null } } })
})

test('a plan of an older version is understood: its picture is the preset’s, and nothing is converted', () => {
  const { squarePixels, pixelFormat, rotation, deinterlaced, setField, linesBelow, colour, hdr, ...old } =
    planOf(source, { preset }).picture
  const { constantRate, ...picture } = old
  const plan = { ...planOf(source, { preset }), picture }
  const facts = factsOf({ ...job, plan: { ...job.plan, payload: plan } } as unknown as typeof job)
  expect(facts.plan.picture).toMatchObject({
    ...{
      pixelFormat: preset.pixelFormat,
      rotation: 'apply',
      colour: null,
      constantRate: null,
      setField: null
    }
  })
})

test('Matroska with B-frames is aimed later, by what ffmpeg aims earlier', () => {
  expect(planOf({ ...source, formats: ['matroska', 'webm'] }, { preset }).seekPaddingUs).toBe(130_434)
  expect(planOf(source, { preset }).seekPaddingUs).toBe(0)
})

describe('a join’s payload', () => {
  const pieces = [
    task(4, 'encode-chunk', { start: 60, end: 100 }, 2),
    task(1, 'encode-chunk', { start: 0, end: 60 }, 1),
    task(2, 'encode-audio', null, 3)
  ]

  test('has the winning chunks in the order of their frames', () => {
    expect(taskPayload({ ...job, tasks: pieces }, task(5, 'join'))).toMatchObject({
      chunks: [
        [1, 1, 2_400_000],
        [4, 2, null]
      ],
      audio: [2, 3],
      spec: { videoOffsetUs: 0, audio: [{ language: 'eng', sampleRate: 48000 }] }
    })
  })

  test('is not made while frames are missing', () => {
    expect(() => taskPayload({ ...job, tasks: pieces.slice(1) }, task(5, 'join'))).toThrow('no chunk')
    const unfinished = [task(4, 'encode-chunk', { start: 60, end: 100 }), ...pieces.slice(1)]
    expect(() => taskPayload({ ...job, tasks: unfinished }, task(5, 'join'))).toThrow('not done')
  })
})
