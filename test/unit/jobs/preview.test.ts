import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTranscodeKind, defaultTranscodeSettings } from '../../../src/jobs/transcode/index.ts'
import type { Storage } from '../../../src/model/index.ts'
import { pretendTool, toolFolder } from '../../support/pretend-tool.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { waitFor } from '../../support/wait-for.ts'

let folder = ''
beforeAll(async () => {
  folder = await toolFolder()
})
afterAll(() => rm(folder, { recursive: true }))

test('a preview that is abandoned ends the ffprobe that reads for it', async () => {
  const source = join(folder, 'a.mov')
  const begun = join(folder, 'begun')
  await writeFile(source, 'something')
  const kind = createTranscodeKind(
    {
      ...defaultTranscodeSettings,
      ffmpegPath: await pretendTool(folder, 'ffmpeg', 'exit 1'),
      ffprobePath: await pretendTool(folder, 'ffprobe', `echo > ${begun}; exec sleep 600`),
      niceness: 0,
      worthDurationMs: 0,
      minChunkMs: 1000,
      presetFolders: [new URL('../../../presets', import.meta.url).pathname]
    },
    {
      storage: {} as Storage,
      layouts: { place: () => Promise.reject(new Error('nothing is placed here')) },
      jobs: () => []
    }
  )
  const abandoned = new AbortController()
  const params = { ...queueChoices, sources: [source], preset: 'dnxhr_sq' }
  const preview = kind.preview(params, source, abandoned.signal)
  await waitFor(() => existsSync(begun), { timeoutMs: 30_000, what: 'ffprobe to be started', everyMs: 20 })
  abandoned.abort()
  expect(await preview).toMatchObject({ kind: 'refused', error: { code: 'aborted' } })
}, 60_000)
