import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
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
    'empty/readme.txt',
    'cut/a.mov',
    'cut/mov',
    'cut/.mov',
    'cut/PROXIES/a_Proxy.mov',
    'cut/sub/BL_proxy/a.mov/proxy_50.avi',
    'cut/@eaDir/a.mov',
    'cut/node_modules/x/a.mov',
    'proxies/c.mov',
    'proxies/deep/Proxy/c.mov',
    '.kept/d.mov'
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

  it('passes over every folder of proxies, in whatever case, and what is only called like an ending', async () => {
    expect((await expand('cut')).files).toEqual(['cut/a.mov'])
    expect((await expand('cut/**')).files).toEqual(['cut/a.mov'])
    expect((await expand('**/*.{mov,avi}')).files).not.toContain('cut/PROXIES/a_Proxy.mov')
  })

  it('takes a folder whose name was typed, but none of the kind that lies deeper', async () => {
    expect((await expand('proxies')).files).toEqual(['proxies/c.mov'])
    expect((await expand('proxies/**/*.mov')).files).toEqual(['proxies/c.mov'])
    expect((await expand('cut/*/*_Proxy.mov')).files).toEqual([])
    expect((await expand('*/PROXIES/*.mov')).files).toEqual(['cut/PROXIES/a_Proxy.mov'])
    expect((await expand('{proxies,day1}/*.mov')).files).toEqual(['day1/clip10.mov', 'proxies/c.mov'])
    expect((await expand('.kept')).files).toEqual(['.kept/d.mov'])
    expect((await expand('.kept/*.mov')).files).toEqual(['.kept/d.mov'])
    expect((await expand(join(folder, 'proxies', '*'))).files).toEqual(['proxies/c.mov'])
  })

  it('tells what was searched for, and where', async () => {
    const { searched } = await expandSources(['proxies', 'day1/*0.mov', 'cut/a.mov', 'cut'], folder)
    expect(searched).toEqual([
      { path: join(folder, 'proxies/c.mov'), folder: join(folder, 'proxies') },
      { path: join(folder, 'day1/clip10.mov'), folder: join(folder, 'day1') }
    ])
  })

  it('expands globs that the shell did not', async () => {
    expect((await expand('day1/*.mov')).files).toEqual(['day1/clip10.mov'])
    expect((await expand('**/*.{mov,mxf}')).files).toEqual([
      'cut/a.mov',
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

  it('takes a file once that links to folders lead to again, also round in circles', async () => {
    const here = mkdtempSync(join(folder, 'links-'))
    mkdirSync(join(here, 'day2'))
    writeFileSync(join(here, 'day2/x.mov'), '')
    symlinkSync('.', join(here, 'again'), 'dir')
    symlinkSync('day2', join(here, 'also'), 'dir')
    const name = relative(folder, here)
    expect((await expand(name)).files).toEqual([`${name}/day2/x.mov`])
    expect((await expand(`${name}/also`, name)).files).toEqual([`${name}/day2/x.mov`])
    expect((await expand(`${name}/also/x.mov`, name)).files).toEqual([`${name}/also/x.mov`])
    rmSync(here, { recursive: true })
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
