import { expect, test } from 'vitest'
import { estimateBytes, whyNoRoom } from '../../../src/jobs/transcode/estimate.ts'

test('a minute of DNxHR SQ 1080p25 takes about 870 MB', () => {
  const bytes = estimateBytes({ codec: 'dnxhd', profile: 'dnxhr_sq' }, { width: 1920, height: 1080 }, 1500)
  expect(bytes / 1e6).toBeGreaterThan(800)
  expect(bytes / 1e6).toBeLessThan(950)
})

test('want of room is told in megabytes', () => {
  expect(whyNoRoom(500e6, 600e6, '/nas')).toBeNull()
  expect(whyNoRoom(500e6, 40e6, '/nas')).toBe('not enough space in /nas: about 500 MB needed, 40 MB free')
})
