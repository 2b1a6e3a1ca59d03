import { describe, expect, it } from 'vitest'
import { flipReader } from '../../../../src/timeline/resolve/flips.ts'

describe('flipReader', () => {
  it('reads off and on in the language of the program', () => {
    const read = flipReader(['オフ', 'オン', 'Aus', 'Activé'])
    expect(['オフ', 'オン', 'Aus', 'Activé', ' ON ', 0, true].map(read)).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
      true
    ])
  })

  it('takes the opposite of a known word for the one word that it does not know', () => {
    const read = flipReader(['Off', 'Verdreht', 'Off'])
    expect(read('Verdreht')).toBe(true)
  })

  it('does not guess what it cannot know', () => {
    expect(flipReader(['Gerade'])('Gerade')).toBeNull()
    const read = flipReader(['Off', 'Gerade', 'Verdreht'])
    expect([read('Gerade'), read('Verdreht'), read('Off')]).toEqual([null, null, false])
    expect(flipReader(['Off', 'On', 'Halb'])('Halb')).toBeNull()
  })

  it('takes what has no such property as not turned', () => {
    const read = flipReader([undefined, '', null])
    expect([read(undefined), read(''), read(null)]).toEqual([false, false, false])
  })
})
