import { describe, expect, it } from 'vitest'
import { endingOf, isVideo } from '../../../src/model/index.ts'

describe('a video by its name', () => {
  it.each([
    ['a.mov', true],
    ['/day.1/A.MXF', true],
    ['C:\\day.1\\a.mp4', true],
    ['mov', false],
    ['/media/mov', false],
    ['/media/.mov', false],
    ['/day.mov/notes', false],
    ['a.mov.part', false],
    ['a.', false]
  ])('has an ending that videos have: %s %s', (path, video) => {
    expect(isVideo(path)).toBe(video)
  })

  it('has its ending in lower case', () => {
    expect(endingOf('x/A.b.R3D')).toBe('r3d')
  })
})
