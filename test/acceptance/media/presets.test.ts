import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listPresets, mediaCapabilities, presetCommand } from '../../../src/jobs/transcode/index.ts'
import type { Override } from '../../../src/media/index.ts'
import type { QueueParams } from '../../../src/model/index.ts'
import { openMediaDesk } from '../../../src/node/media-desk.ts'
import { describeFile, ffmpeg, makeClip, packetsOf, tools } from './support/clips.ts'
import { oneRun } from './support/one-run.ts'
import {
  addTask,
  besideSource,
  encodeInChunks,
  grant,
  kindIn,
  presetFolder,
  queueJob,
  queueParams,
  removeFolder,
  runContext
} from './support/owner.ts'

let folder = ''
let clip = ''
let hd = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-presets-'))
  clip = makeClip(folder, 'closed25.mp4')
  hd = join(folder, 'hd.mov')
  ffmpeg([
    ...[
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=1920x1080:rate=25',
      '-f',
      'lavfi',
      '-i',
      'sine=sample_rate=48000'
    ],
    ...['-t', '0.12', '-c:v', 'mjpeg', '-q:v', '5', '-pix_fmt', 'yuvj422p', '-c:a', 'pcm_s16le', hd]
  ])
})
afterAll(() => removeFolder(folder))

const settings = { ffmpegPath: null, ffprobePath: null, presetFolders: [presetFolder] }
const codecs: Readonly<Record<string, string>> = {
  ...{ dnxhd: 'dnxhd', prores_aw: 'prores', prores_ks: 'prores', libx264: 'h264', libx265: 'hevc' },
  ...{ libsvtav1: 'av1', mjpeg: 'mjpeg' }
}
const heights: Readonly<Record<string, number>> = { source: 1080, half: 540, quarter: 270 }

const { encoders } = await mediaCapabilities(settings)
const builtIn = (await listPresets([presetFolder])).flatMap(({ resolved }) => resolved?.preset ?? [])

test.each(builtIn)('the command of $name makes what the preset says', async (preset) => {
  if (!encoders.includes(preset.codec)) {
    expect((await openDesk().presets()).find(({ name }) => name === preset.name)?.encodable).toBe(false)
    return
  }
  const { command } = await presetCommand(settings, besideSource, preset.name, hd)
  const output = join(folder, `made.${preset.container}`)
  ffmpeg(['-y', ...command.slice(1, -1), output])
  const [video, audio] = describeFile(output).streams
  expect(video).toMatchObject({
    codec_name: codecs[preset.codec],
    height: typeof preset.height === 'number' ? Math.min(preset.height, 1080) : heights[preset.height]
  })
  expect(audio?.codec_name ?? 'none').toBe(preset.audioCodec)
})

const openDesk = (more: Partial<Parameters<typeof openMediaDesk>[0]> = {}) =>
  openMediaDesk(
    {
      ...{ ...settings, niceness: 0, worthDurationMs: 0, minChunkMs: 2000, stallMs: 20_000, graceMs: 1000 },
      ...{ overrides: [], ...more }
    },
    besideSource
  )

test('a preset whose encoder is missing is listed with that fact, and doctor tells', async () => {
  const pretend = join(folder, 'ffmpeg-without-av1')
  await writeFile(
    pretend,
    `#!/bin/sh\nfor a; do [ "$a" = libsvtav1 ] && { echo "Unknown encoder 'libsvtav1'" >&2; exit 1; }; done\nexec "${tools.ffmpeg.path}" "$@"\n`,
    { mode: 0o755 }
  )
  const desk = openDesk({ ffmpegPath: pretend })
  const presets = await desk.presets()
  expect(presets.find(({ name }) => name === 'av1_archive')).toMatchObject({
    encodable: false,
    whyNot: "this machine’s ffmpeg has no working libsvtav1: Unknown encoder 'libsvtav1'",
    error: null
  })
  expect(presets.find(({ name }) => name === 'dnxhr_sq')).toMatchObject({ encodable: true, builtIn: true })
  expect(await desk.workingEncoders()).not.toContain('libsvtav1')
  expect(await desk.checks()).toContainEqual({
    name: 'encoders',
    status: 'warn',
    message: 'no working libsvtav1: presets that use them fail here'
  })
})

describe('--preset auto', () => {
  test('queues with the preset that suits the source, and says why', async () => {
    const prepared = await kindIn(folder).prepare(queueParams(clip, 'auto'), clip)
    expect(prepared).toMatchObject({
      kind: 'ready',
      request: { preset: 'dnxhr_sq', chosen: 'width at least 256, height at least 120' }
    })
    const preview = await kindIn(folder).preview(queueParams(clip, 'auto'), clip, AbortSignal.timeout(60_000))
    expect(preview).toMatchObject({
      kind: 'plan',
      line: { preset: 'dnxhr_sq', chosen: 'width at least 256, height at least 120' }
    })
  })

  test('tells why a file is not cut, for behind "in one piece"', async () => {
    const preview = (change: Partial<QueueParams>) =>
      kindIn(folder).preview({ ...queueParams(clip, 'auto'), ...change }, clip, AbortSignal.timeout(60_000))
    expect(await preview({ noChunk: true })).toMatchObject({ line: { note: 'as was asked for' } })
    const short = { worthChunkingMs: 3_600_000 }
    expect(await preview(short)).toMatchObject({ line: { note: 'too short for chunks to pay' } })
  })

  test('shows its choice and the command for a file', async () => {
    const { preset, chosen, command } = await openDesk().preset('auto', clip)
    expect(preset).toMatchObject({ name: 'dnxhr_sq' })
    expect(chosen).toBe('width at least 256, height at least 120')
    expect(command).toContain('dnxhr_sq')
    await expect(openDesk().preset('auto', null)).rejects.toThrow('`auto` chooses by the source')
  })

  test('is refused before anything is queued when no rule holds', async () => {
    const own = join(folder, 'own')
    await mkdir(own)
    await writeFile(join(own, 'large.yaml'), 'extends: dnxhr_lb\nmatch: { width: { min: 3000 } }\n')
    const before = await readdir(folder, { recursive: true })
    const kind = kindIn(folder, { presetFolders: [own, presetFolder] })
    expect(await kind.prepare(queueParams(clip, 'auto'), clip)).toEqual({
      kind: 'refused',
      error: {
        code: 'no-match',
        message: `no preset matches ${clip} (256x144, h264, 25 fps): large: width is not at least 3000`,
        hint: 'Name a preset, or give one of yours a `match` that fits (docs/presets.md).',
        exitStatus: 2
      }
    })
    expect(await readdir(folder, { recursive: true })).toEqual(before)
  })
})

describe('a machine’s overrides', () => {
  const own: Override[] = [{ presets: 'dnx*', keys: { threads: 1, logLevel: 'error', niceness: 3 } }]

  test('of threads and talk change nothing of the output', async () => {
    const worker = kindIn(folder, { overrides: own })
    const params = queueParams(clip, 'dnxhr_sq', { outDir: join(folder, 'overridden') })
    const { output } = await encodeInChunks(kindIn(folder), params, () => [20, 50], worker)
    expect(packetsOf(output)).toEqual(packetsOf(await oneRun('dnxhr_sq', clip, output)))
  })

  test('are in the command that is run, and what ffmpeg says below the level is not kept', async () => {
    const queued = await queueJob(
      kindIn(folder),
      queueParams(clip, 'dnxhr_sq', { outDir: join(folder, 'commands') })
    )
    const { job, task } = addTask(queued, 'encode-file', null, true)
    const commands: (readonly string[])[] = []
    const context = {
      ...runContext(),
      onCommand: (command: readonly string[]) => void commands.push(command)
    }
    const outcome = await kindIn(folder, { overrides: own }).run(grant(kindIn(folder), job, task), context)
    expect(outcome.kind).toBe('finished')
    expect(commands[0]?.join(' ')).toMatch(/-filter_threads 1 -threads 1 .*-i .* -threads 1 /)
    expect(context.log).toEqual([])
  })

  test('of hardware that is not there are told in the log and by doctor, and software decodes', async () => {
    const overrides: Override[] = [{ presets: '*', keys: { hardwareDecode: 'nosuchthing' } }]
    const params = queueParams(clip, 'dnxhr_sq', { outDir: join(folder, 'hardware') })
    const queued = await queueJob(kindIn(folder), params)
    const { job, task } = addTask(queued, 'encode-file', null, true)
    const context = runContext()
    const outcome = await kindIn(folder, { overrides }).run(grant(kindIn(folder), job, task), context)
    expect(outcome.kind).toBe('finished')
    expect(context.log[0]).toMatch(/^proxima: nosuchthing cannot be used, software decodes: /)
    expect(await openDesk({ overrides }).checks()).toContainEqual(
      expect.objectContaining({ name: 'hardware', status: 'warn' })
    )
  })

  test('that would change the picture make it unfit, with the reason, and it does nothing', async () => {
    const changing: Override[] = [{ presets: '*', keys: { height: 720 } }]
    const unfit = kindIn(folder, { overrides: changing })
    const owner = kindIn(folder)
    const queued = await queueJob(owner, queueParams(clip, 'dnxhr_sq', { outDir: join(folder, 'unfit') }))
    const reason = 'its overrides change `height` for presets like *'
    expect(await unfit.prove(owner.proofPayload(queued), true)).toEqual({ reason, ends: false })
    expect(await owner.prove(owner.proofPayload(queued), true)).toBeNull()

    const { job, task } = addTask(queued, 'encode-chunk', { start: 0, end: 20 })
    expect(await unfit.run(grant(owner, job, task), runContext())).toEqual({
      kind: 'failed',
      error: reason,
      fault: 'worker'
    })
  })
})
