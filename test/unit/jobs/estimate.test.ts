import { expect, test } from 'vitest'
import { estimateBytes, whyNoRoom } from '../../../src/jobs/transcode/estimate.ts'

test('a minute of DNxHR SQ 1080p25 takes about 870 MB', () => {
  const bytes = estimateBytes(
    { codec: 'dnxhd', profile: 'dnxhr_sq', intra: false },
    { width: 1920, height: 1080 },
    1500
  )
  expect(bytes / 1e6).toBeGreaterThan(800)
  expect(bytes / 1e6).toBeLessThan(950)
})

test('the encoders of archives and of light proxies take little, all-intra ones much, DNxHD exactly what it says', () => {
  const hd = { width: 1920, height: 1080 }
  const mbits = (preset: Parameters<typeof estimateBytes>[0]) => (estimateBytes(preset, hd, 25) * 8) / 1e6
  const av1 = mbits({ codec: 'libsvtav1', profile: null, intra: false })
  const hevc = mbits({ codec: 'libx265', profile: null, intra: false })
  const intra = mbits({ codec: 'libx264', profile: null, intra: true })
  expect(av1).toBeLessThan(hevc)
  expect(intra).toBeGreaterThan(10 * hevc)
  expect(mbits({ codec: 'prores_ks', profile: '4444', intra: false })).toBeGreaterThan(200)
  expect(estimateBytes({ codec: 'dnxhd', profile: 'dnxhd_sq', intra: false }, hd, 25)).toBe(606_208 * 25)
})

test('want of room is told in megabytes', () => {
  expect(whyNoRoom(500e6, 600e6, '/nas')).toBeNull()
  expect(whyNoRoom(500e6, 40e6, '/nas')).toBe('not enough space in /nas: about 500 MB needed, 40 MB free')
})
