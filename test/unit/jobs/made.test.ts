import { describe, expect, test } from 'vitest'
import { standingOf } from '../../../src/jobs/transcode/made.ts'
import type { JobRecord } from '../../../src/model/index.ts'
import { preset, source } from '../media/samples.ts'
import { job, task } from './samples.ts'

const output = job.request.output
const file = { sizeBytes: 5_000, mtimeMs: 1_700_000_100_123 }
const made: JobRecord = {
  ...job,
  status: 'completed',
  tasks: [
    {
      ...task(1, 'encode-file', null, 1),
      final: true,
      status: 'done',
      result: { kind: 'file', identity: file, frames: 100 }
    }
  ]
}
const now = {
  path: job.request.source,
  source: { sizeBytes: source.sizeBytes, mtimeMs: source.mtimeMs },
  preset
}

describe('a file where an output shall go', () => {
  test('is current when a job made it of this source and preset', () => {
    expect(standingOf([made], output, file, now)).toEqual({ kind: 'current', by: job.id })
  })

  test('is current also when only the description or the checks of the preset changed', () => {
    const preset = { ...now.preset, description: 'another', verify: 'decode' as const }
    expect(standingOf([made], output, file, { ...now, preset }).kind).toBe('current')
  })

  test('is stale when the source has another size or time', () => {
    for (const source of [
      { ...now.source, sizeBytes: now.source.sizeBytes + 1 },
      { ...now.source, mtimeMs: now.source.mtimeMs + 2_000 }
    ]) {
      expect(standingOf([made], output, file, { ...now, source })).toEqual({
        kind: 'stale',
        by: job.id,
        why: 'its source has changed since'
      })
    }
  })

  test('is the output of another file when it was made of one: two never come to one output unnoticed', () => {
    const source = { ...now.source, sizeBytes: now.source.sizeBytes + 1 }
    expect(standingOf([made], output, file, { ...now, source, path: '/other/a.mov' })).toEqual({
      kind: 'of-another',
      by: job.id,
      source: job.request.source
    })
    // The same file under another path is no other file.
    expect(standingOf([made], output, file, { ...now, path: '/other/a.mov' }).kind).toBe('current')
  })

  test('is stale when the preset makes something else by now', () => {
    const preset = { ...now.preset, height: 540 }
    expect(standingOf([made], output, file, { ...now, preset })).toMatchObject({
      kind: 'stale',
      why: 'the preset sample has changed since'
    })
    const another = { ...preset, name: 'another' }
    expect(standingOf([made], output, file, { ...now, preset: another })).toMatchObject({
      kind: 'stale',
      why: 'it was made with sample'
    })
  })

  test('is stale when it is of other frames', () => {
    const part = { start: 5, end: 9, timecode: null }
    expect(standingOf([made], output, file, { ...now, part })).toMatchObject({
      kind: 'stale',
      why: 'it is of other frames of its source'
    })
  })

  test('is foreign when it was changed since, made under another name, or by no completed job', () => {
    const touched = { ...file, mtimeMs: file.mtimeMs + 1 }
    expect(standingOf([made], output, touched, now)).toMatchObject({
      kind: 'foreign',
      why: expect.stringContaining('changed after')
    })
    expect(standingOf([made], '/elsewhere/a.mov', file, now).kind).toBe('foreign')
    expect(standingOf([{ ...made, status: 'failed' }], output, file, now).kind).toBe('foreign')
    expect(standingOf([], output, file, now).kind).toBe('foreign')
  })

  test('is what the last job made of it, not an earlier one', () => {
    const later = { ...made, id: '0123456780', seq: 9 } as JobRecord
    const another = { ...file, sizeBytes: 6_000 }
    const remade: JobRecord = {
      ...later,
      tasks: [{ ...made.tasks[0]!, result: { kind: 'file', identity: another, frames: 100 } }]
    }
    expect(standingOf([remade, made], output, another, now)).toEqual({ kind: 'current', by: later.id })
    expect(standingOf([remade, made], output, file, now).kind).toBe('foreign')
  })

  test('is foreign when the job that made it is of a version that is not understood', () => {
    const old = { ...made, request: { ...made.request, payload: { source: 'elsewhere' } } }
    expect(standingOf([old], output, file, now).kind).toBe('foreign')
  })
})
