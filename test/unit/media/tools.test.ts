import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTools, installHint, parseVersion } from '../../../src/media/tools.ts'

let folder = ''
const pretend = async (name: string, version: string): Promise<string> => {
  const path = join(folder, name)
  await writeFile(
    path,
    `#!/bin/sh\necho "${name.slice(0, name.indexOf('-') >>> 0 || undefined)} version ${version} more"\n`
  )
  await chmod(path, 0o755)
  return path
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-tools-'))
  await pretend('ffmpeg', '1.path')
  await pretend('ffprobe', '1.path')
})
afterAll(() => rm(folder, { recursive: true }))

const none = { ffmpegPath: null, ffprobePath: null }

test('finds the setting before the variable, the variable before the PATH', async () => {
  const set = await pretend('ffmpeg-set', '3.setting')
  const named = await pretend('ffmpeg-named', '2.variable')
  const path = { PATH: folder }
  expect((await findTools(none, path)).ffmpeg).toMatchObject({ version: '1.path', origin: 'path' })
  expect((await findTools(none, { ...path, PROXIMA_FFMPEG: named })).ffmpeg).toMatchObject({
    version: '2.variable'
  })
  const both = { ...path, PROXIMA_FFMPEG: named }
  expect((await findTools({ ...none, ffmpegPath: set }, both)).ffmpeg).toMatchObject({ origin: 'setting' })
})

test('does not pass over a setting that does not work', async () => {
  const settings = { ...none, ffmpegPath: join(folder, 'nope') }
  await expect(findTools(settings, { PATH: folder })).rejects.toMatchObject({
    code: 'no-ffmpeg',
    message: expect.stringContaining('ffmpeg.path')
  })
})

test('reads the versions of distributions, releases and git builds', () => {
  expect(parseVersion('ffmpeg version 5.1.9-0+deb12u1 Copyright (c)')).toBe('5.1.9-0+deb12u1')
  expect(parseVersion('ffprobe version N-66595-gc2b38619c0-static https://x')).toBe(
    'N-66595-gc2b38619c0-static'
  )
  expect(parseVersion('sh: ffmpeg: not found')).toBeNull()
})

test('names the install command of each system', () => {
  expect(installHint('linux')).toContain('apt install ffmpeg')
  expect(installHint('darwin')).toContain('brew install ffmpeg')
  expect(installHint('win32')).toContain('winget install')
})
