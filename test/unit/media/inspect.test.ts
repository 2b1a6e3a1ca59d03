import { expect, test } from 'vitest'
import { createReport } from '../../../src/media/inspect.ts'

test('of the packets, those with pictures are kept, by stream, and sound is passed over', () => {
  const { take, shown, streams } = createReport()
  for (const line of [
    'packet|codec_type=audio|stream_index=1|pts=0|flags=K_',
    'packet|codec_type=video|stream_index=0|pts=1024|flags=K_',
    'packet|codec_type=video|stream_index=0|pts=512|flags=__|',
    'packet|codec_type=video|stream_index=0|pts=N/A|flags=__',
    'packet|codec_type=video|stream_index=2|pts=7|flags=__',
    'packet|codec_type=data|stream_index=3|pts=0|flags=K_',
    'stream|index=0|codec_name=h264|profile=High 4:2:2|codec_type=video|width=640',
    'stream|index=1|codec_name=pcm_s24le|codec_type=audio|channels=6|channel_layout=5.1(side)'
  ]) {
    take(line)
  }
  expect([...shown]).toEqual([
    ['0', { pts: [1024, 512, Number.NaN], firstIsKey: true }],
    ['2', { pts: [7], firstIsKey: false }]
  ])
  expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'pcm_s24le'])
  expect(streams[0]).toMatchObject({ index: '0', profile: 'High 4:2:2', width: '640' })
  expect(streams[1]).toMatchObject({ channel_layout: '5.1(side)' })
})
