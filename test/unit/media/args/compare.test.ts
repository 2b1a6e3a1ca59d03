import { describe, expect, test } from 'vitest'
import { compareCommand, parseScore } from '../../../../src/media/args/index.ts'

describe('a comparison', () => {
  const reference = {
    input: { options: ['-ss', '1'], source: 'file:a' },
    videoIndex: 2,
    filters: ['scale=8:8']
  }

  test('holds the frames as they went into the encoder against the file, in order', () => {
    const { inputs, outputs } = compareCommand(reference, '/b.mov', 'ssim')
    expect(inputs.map(({ source }) => source)).toEqual(['file:a', 'file:/b.mov'])
    const graph = outputs[0]!.options[outputs[0]!.options.indexOf('-filter_complex') + 1]
    expect(graph).toBe(
      '[0:2]scale=8:8,format=yuv420p10le,settb=1/1000,setpts=N[source];' +
        '[1:v:0]format=yuv420p10le,settb=1/1000,setpts=N[file];' +
        '[file][source]ssim,metadata=mode=print:key=lavfi.ssim.All[compared]'
    )
  })
})

describe('a score', () => {
  test.each([
    ['[Parsed_metadata_4 @ 0x5563] lavfi.ssim.All=0.425028', 42.5028],
    ['lavfi.ssim.All=1.000000', 100],
    ['lavfi.ssim.All=nan', 0],
    ['[Parsed_libvmaf_3 @ 0x7f11] VMAF score: 51.726803', 51.726803],
    ['VMAF score: -nan', 0],
    ['[Parsed_ssim_3 @ 0x5563] SSIM Y:0.37 (2.01) All:0.427199 (2.419960)', null],
    ['frame=   10 fps=0.0', null]
  ])('of %j is %d', (line, score) => {
    expect(parseScore(line)).toEqual(score === null ? null : expect.closeTo(score, 6))
  })
})
