import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundledFfmpeg, makeClip, packetsOf } from './support/clips.ts'
import { awkward, oneRun } from './support/one-run.ts'
import { encodeInChunks, kindIn, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-bundled-'))
})
afterAll(() => removeFolder(folder))

test('the bundled ffmpeg cuts and joins exactly as well', async ({ skip }) => {
  const program = await bundledFfmpeg()
  if (program === null) return skip('the bundled ffmpeg is not installed')
  const kind = kindIn(folder, { ffmpegPath: program })
  for (const clip of ['open2997.mov', 'stream.ts']) {
    const source = makeClip(folder, clip)
    const params = queueParams(source, 'dnxhr_lb', { nameTemplate: 'bundled-{stem}-{preset}' })
    const { output } = await encodeInChunks(kind, params, awkward)
    const single = await oneRun('dnxhr_lb', source, output, program)
    expect(packetsOf(output)).toEqual(packetsOf(single))
  }
})
