import { describe, expect, it } from 'vitest'
import { readClips } from '../../../../src/timeline/resolve/clips.ts'
import { properties } from '../../../fixtures/resolve/scenario.ts'

const read = (own: Record<string, string | number>) =>
  readClips([{ id: 'm1', name: 'shown', properties: properties('/card/A001.mov', own) }])[0]!.clip

describe('readClips', () => {
  it('makes sense of what a Resolve in Japanese tells', () => {
    expect(read({ 'V-FLIP': 'オン', FPS: 59.94, Frames: '419', 'Start TC': '13:36:29:21' })).toEqual({
      mediaId: 'm1',
      name: 'A001.mov',
      path: '/card/A001.mov',
      fileName: 'A001.mov',
      reel: null,
      startTimecode: '13:36:29:21',
      rate: { num: 60000, den: 1001 },
      frameCount: 419,
      hasVideo: true,
      hasAudio: true,
      flips: { horizontal: false, vertical: true },
      dataLevel: 'Auto',
      proxy: { state: 'none' }
    })
  })

  it('reads the vertical flip from its own property', () => {
    expect(read({ 'H-FLIP': 'On', 'V-FLIP': 'Off' }).flips).toEqual({ horizontal: true, vertical: false })
    expect(read({ 'H-FLIP': 'Off', 'V-FLIP': 'On' }).flips).toEqual({ horizontal: false, vertical: true })
  })

  it('takes a rounded rate for the one that is meant', () => {
    expect(read({ FPS: '23.976' }).rate).toEqual({ num: 24000, den: 1001 })
    expect(read({ FPS: 24 }).rate).toEqual({ num: 24, den: 1 })
  })

  it('writes timecode that drops frame numbers with a semicolon', () => {
    expect(read({ 'Drop frame': '1', 'Start TC': '01:00:00:02' }).startTimecode).toBe('01:00:00;02')
    expect(read({ 'Drop frame': '1', 'Start TC': '01:00:00;02' }).startTimecode).toBe('01:00:00;02')
  })

  it('tells a proxy that can be read from one that is offline, in any language', () => {
    const path = '/proxy/A001.mov'
    expect(read({ Proxy: '1280x720', 'Proxy Media Path': path }).proxy).toEqual({ state: 'linked', path })
    expect(read({ Proxy: 'オフライン', 'Proxy Media Path': path }).proxy).toEqual({ state: 'offline', path })
    expect(read({ Proxy: 'なし', 'Proxy Media Path': '' }).proxy).toEqual({ state: 'none' })
  })

  it('knows sound by its missing picture', () => {
    expect(read({ 'Video Codec': '', Resolution: '' })).toMatchObject({ hasVideo: false, hasAudio: true })
  })

  it('says that it does not know what an offline clip has', () => {
    const told = { 'Video Codec': '', 'Audio Codec': '', FPS: '', Frames: '0', 'Start TC': '' }
    expect(read(told)).toMatchObject({
      hasVideo: null,
      hasAudio: null,
      rate: null,
      frameCount: null,
      startTimecode: null
    })
  })

  it('has no path for what has no file', () => {
    expect(read({ 'File Path': '' }).path).toBeNull()
  })
})
