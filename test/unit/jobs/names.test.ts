import { expect, test } from 'vitest'
import { hiddenName, isHiddenOf, isOfAttempt } from '../../../src/jobs/transcode/names.ts'
import type { JobId } from '../../../src/model/index.ts'

const jobId = '0123456789' as JobId
const key = { jobId, taskNo: 3, attempt: 2 }

test('a hidden name is hidden, the attempt’s own, and keeps the ending', () => {
  expect(hiddenName('/nas/Proxy/A001.mov', key)).toBe('.A001.0123456789.3-2.part.mov')
  expect(hiddenName(`/nas/${'ü'.repeat(200)}.mov`, key).length).toBeLessThan(80)
})

test('a job’s hidden files are told from those of others', () => {
  expect(isHiddenOf(hiddenName('/nas/A001.mov', key), jobId)).toBe(true)
  expect(isHiddenOf(hiddenName('/nas/A001.mov', { ...key, jobId: '0123456788' as JobId }), jobId)).toBe(false)
  expect(isHiddenOf('A001.0123456789.3-2.part.mov', jobId)).toBe(false)
  expect(isHiddenOf('.A001.mov', jobId)).toBe(false)
})

test('files of attempt 2 are not those of attempt 22', () => {
  expect(['3.2.mov', '3.2.json', '3.2.mov.part'].every((name) => isOfAttempt(name, key))).toBe(true)
  expect(['3.22.mov', '13.2.mov', '3.1.mov'].some((name) => isOfAttempt(name, key))).toBe(false)
})
