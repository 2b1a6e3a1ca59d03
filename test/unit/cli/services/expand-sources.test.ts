import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expandSources } from '../../../../src/cli/services/expand-sources.ts'

let folder: string

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxima-expand-')))
  const files = [
    'day1/clip10.mov',
    'day1/clip2.MOV',
    'day1/notes.txt',
    'day1/sub/deep.mxf',
    'day1/Proxy/clip2.mov',
    'day1/.hidden/x.mov',
    'day1/._clip2.mov',
    'day1/.proxima/job/1.1.mov',
    'odd[1].mov',
    'frames.bin',
    'empty/readme.txt'
  ]
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), '')
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const expand = async (...patterns: string[]) => {
  const { files, problems } = await expandSources(patterns, folder)
  return {
    files: files.map((file) => file.slice(folder.length + 1)),
    problems: problems.map((problem) => problem.message)
  }
}

describe('expandSources', () => {
  it('takes a folder’s video files in natural order, without proxies, hidden and other files', async () => {
    expect((await expand('day1')).files).toEqual(['day1/clip2.MOV', 'day1/clip10.mov', 'day1/sub/deep.mxf'])
  })

  it('takes a file that is named outright, whatever its ending or brackets', async () => {
    expect((await expand('frames.bin', 'odd[1].mov', 'day1/Proxy/clip2.mov')).files).toEqual([
      'frames.bin',
      'odd[1].mov',
      'day1/Proxy/clip2.mov'
    ])
  })

  it('expands globs that the shell did not', async () => {
    expect((await expand('day1/*.mov')).files).toEqual(['day1/clip10.mov'])
    expect((await expand('**/*.{mov,mxf}')).files).toEqual([
      'day1/clip10.mov',
      'day1/sub/deep.mxf',
      'odd[1].mov'
    ])
    expect((await expand(join(folder, 'day1', '*.mov'))).files).toEqual(['day1/clip10.mov'])
  })

  it('names each file once', async () => {
    expect((await expand('day1/clip10.mov', 'day1', 'day1/*.mov')).files).toEqual([
      'day1/clip10.mov',
      'day1/clip2.MOV',
      'day1/sub/deep.mxf'
    ])
  })

  it('says what led to nothing and keeps the rest', async () => {
    expect(await expand('gone.mov', 'day1/clip10.mov', '*.xyz', 'empty', 'day1/*.txt')).toEqual({
      files: ['day1/clip10.mov'],
      problems: [
        'no such file: gone.mov',
        'nothing matches *.xyz',
        `no video files in ${join(folder, 'empty')}`,
        'no video file matches day1/*.txt'
      ]
    })
  })
})
