import { expect, test } from 'vitest'
import { summarize, troubleIn } from '../../../src/media/failure.ts'

test('the line that says most comes first', () => {
  const log = [
    "Input #0, mov, from 'a.mov':",
    '[libx264 @ 0x55] width not divisible by 2 (853x480)',
    '[out#0/mp4 @ 0x7f] Error while opening encoder for output stream #0:0',
    'Conversion failed!'
  ]
  expect(summarize(log).split('\n')[0]).toBe('Error while opening encoder for output stream #0:0')
  expect(
    summarize(['x.mov: Invalid data found when processing input', 'Exiting normally']).split('\n')[0]
  ).toBe('x.mov: Invalid data found when processing input')
  expect(summarize(['all is well', 'the end']).split('\n')[0]).toBe('the end')
})

test('a machine’s own trouble is told from the task’s', () => {
  expect(troubleIn('av_interleaved_write_frame(): No space left on device')).toBe('No space left on device')
  expect(troubleIn("EACCES: permission denied, open '/x'")).not.toBeNull()
  expect(troubleIn('Stale file handle')).not.toBeNull()
  expect(troubleIn('Invalid data found when processing input')).toBeNull()
})
