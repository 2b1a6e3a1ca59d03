import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTranscodeKind, defaultTranscodeSettings } from '../../../src/jobs/transcode/index.ts'
import { leasePayload, planPayload } from '../../../src/jobs/transcode/payload.ts'
import { planOf } from '../../../src/jobs/transcode/plan.ts'
import { taskPayload } from '../../../src/jobs/transcode/task-payload.ts'
import type { Storage } from '../../../src/model/index.ts'
import { pretendTool, toolFolder } from '../../support/pretend-tool.ts'
import { preset, source } from '../media/samples.ts'
import { job, task } from './samples.ts'

let folder = ''
let file = ''
beforeAll(async () => {
  folder = await toolFolder()
  file = join(folder, 'a.mp4')
  await writeFile(file, 'something')
  await pretendTool(folder, 'ffmpeg', 'exit 1')
})
afterAll(() => rm(folder, { recursive: true }))

/** Plans the sample job with a pretend ffprobe, on a storage that resolves as told. */
async function planning(ffprobe: string, resolve: Storage['resolve'] = async () => file) {
  const settings = {
    ...defaultTranscodeSettings,
    ffmpegPath: join(folder, 'ffmpeg'),
    ffprobePath: await pretendTool(folder, 'ffprobe', ffprobe),
    niceness: 0,
    worthDurationMs: 0,
    minChunkMs: 1000,
    presetFolders: []
  }
  const kind = createTranscodeKind(settings, {
    storage: { resolve } as Storage,
    layouts: { place: () => Promise.reject(new Error('nothing is placed here')) },
    jobs: () => []
  })
  return kind.plan({ ...job, plan: null }, new AbortController().signal)
}
const failing = (code: string) => async () => {
  throw Object.assign(new Error(`it is ${code}`), { code })
}

describe('planning may succeed later', () => {
  test.each(['root-not-visible', 'unreachable', 'cannot-write', 'EIO', 'ESTALE'])(
    'when storage says %s',
    async (code) => {
      await expect(planning('exit 1', failing(code))).rejects.toMatchObject({
        transient: true,
        message: `it is ${code}`
      })
    }
  )

  test.each([
    ['the source cannot be read now', 'echo "x: Input/output error" >&2; exit 1'],
    ['the source may not be read', 'echo "x: Permission denied" >&2; exit 1'],
    ['ffprobe was killed', 'kill -KILL $$']
  ])('when %s', async (_, ffprobe) => {
    await expect(planning(ffprobe)).rejects.toMatchObject({ transient: true })
  })
})

describe('planning fails for good', () => {
  test('when the source is no media', async () => {
    await expect(planning('echo "x: Invalid data" >&2; exit 1')).rejects.toMatchObject({
      transient: false,
      code: 'not-media'
    })
  })

  test('when there is no source', async () => {
    await expect(planning('exit 1', failing('not-found'))).rejects.toMatchObject({ transient: false })
    await expect(planning('exit 1', async () => join(folder, 'none.mp4'))).rejects.toMatchObject({
      transient: false,
      code: 'no-such-file'
    })
  })

  test('when no worker would understand its tasks', async () => {
    const picture = {
      index: 0,
      codec_type: 'video',
      codec_name: 'h264',
      width: 640,
      height: 360,
      time_base: '1/25'
    }
    const sound = {
      codec_type: 'audio',
      codec_name: 'aac',
      channels: 2,
      sample_rate: '48000',
      sample_fmt: 'fltp',
      channel_layout: 'stereo'
    }
    const streams = [picture, ...Array.from({ length: 257 }, (_, i) => ({ ...sound, index: i + 1 }))]
    await writeFile(join(folder, 'streams.json'), JSON.stringify({ streams, format: { format_name: 'mov' } }))
    const ffprobe = `case "$*" in *show_streams*) cat ${folder}/streams.json;; *show_frames*) echo '{}';; *) printf '0|1|K_\\n1|1|K_\\n';; esac`
    await expect(planning(ffprobe)).rejects.toMatchObject({
      transient: false,
      message: expect.stringContaining('audio')
    })
  })
})

describe('texts of the source', () => {
  const long = { ...source.video, title: `${'t'.repeat(999)}😀${'t'.repeat(99)}`, language: 'x'.repeat(2000) }

  test('are clipped, not a reason to fail', () => {
    const plan = planOf(
      { ...source, video: long, audio: [{ ...source.audio[0]!, title: 'a'.repeat(5000) }] },
      { preset }
    )
    expect(planPayload.safeParse(plan).success).toBe(true)
    expect(plan.videoTags.title).toBe('t'.repeat(999))
    expect(plan.audio[0]?.tags.title).toHaveLength(1000)
  })

  test.each([
    ['A001_C004', 'A001_C004'],
    ['Bänd/7', 'B_nd_7'],
    [`${'r'.repeat(100)}`, 'r'.repeat(64)],
    ['', null],
    [null, null]
  ])('give the reel %j as %j', (reel, expected) => {
    const plan = planOf({ ...source, video: { ...source.video, reel } }, { preset })
    expect(plan.reel).toBe(expected)
    expect(planPayload.safeParse(plan).success).toBe(true)
  })
})

test('a whole file carries the reel to where it is encoded, and nothing but a plain name may arrive', () => {
  const plan = planOf({ ...source, video: { ...source.video, reel: 'A001' } }, { preset })
  const planned = { ...job, plan: { ...job.plan!, payload: plan as never } }
  const payload = taskPayload(planned, task(1, 'encode-file')) as { spec: object }
  expect(payload).toMatchObject({ spec: { reel: 'A001' } })
  expect(leasePayload.safeParse(payload).success).toBe(true)
  for (const reel of ['a\nb', 'a=b;c', 'x'.repeat(65), '']) {
    expect(leasePayload.safeParse({ ...payload, spec: { ...payload.spec, reel } }).success).toBe(false)
  }
})
