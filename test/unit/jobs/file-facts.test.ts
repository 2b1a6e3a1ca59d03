import { describe, expect, it } from 'vitest'
import { rateOf } from '../../../src/jobs/transcode/file-facts.ts'

describe('the rate of a file', () => {
  it('is the nominal one where the average is near it', () => {
    expect(rateOf({ frameRate: '24000/1001', averageRate: '35964/1500' })).toEqual({ num: 24000, den: 1001 })
    expect(rateOf({ frameRate: '50/2', averageRate: '25/1' })).toEqual({ num: 25, den: 1 })
  })

  it('is the average where fields were counted, or the rate varies', () => {
    expect(rateOf({ frameRate: '50/1', averageRate: '25/1' })).toEqual({ num: 25, den: 1 })
    expect(rateOf({ frameRate: '60/1', averageRate: '47/2' })).toEqual({ num: 47, den: 2 })
  })

  it('is whichever is told', () => {
    expect(rateOf({ frameRate: null, averageRate: '30000/1001' })).toEqual({ num: 30000, den: 1001 })
    expect(rateOf({ frameRate: '30/1', averageRate: '0/0' })).toEqual({ num: 30, den: 1 })
  })
})
