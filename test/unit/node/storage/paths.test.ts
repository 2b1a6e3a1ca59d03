import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRootId, whyBadRootPath } from '../../../../src/model/index.ts'
import { isInside } from '../../../../src/node/storage/locate.ts'
import { freeName } from '../../../../src/node/storage/roots.ts'

describe('a path under a root, as it arrives', () => {
  it.each([
    '',
    '/etc/passwd',
    '..',
    'a/../b',
    'a/..',
    './a',
    'a//b',
    'a/',
    'a\\b',
    'C:\\a',
    'a\0b',
    'e\u0301.mov',
    'x'.repeat(5_000)
  ])('is refused: %j', (path) => {
    expect(whyBadRootPath(path)).not.toBeNull()
  })

  it.each(['a.mov', 'day 1/é.mov', '...', '..a/b..', '-i', 'concat:a|b', '.hidden/x'])(
    'is well formed: %j',
    (path) => {
      expect(whyBadRootPath(path)).toBeNull()
    }
  )

  it.each(['a:b', 'a/CON', 'nul.txt', 'a./b', 'end ', 'x?', 'lpt1/x'])(
    'is refused on Windows: %j',
    (path) => {
      expect(whyBadRootPath(path, 'win32')).not.toBeNull()
      expect(whyBadRootPath(path, 'linux')).toBeNull()
    }
  )

  it('has a root id of 16 hexadecimal characters', () => {
    expect(isRootId('0123456789abcdef')).toBe(true)
    for (const root of ['', '../..', '0123456789ABCDEF', '0123456789abcde']) {
      expect(isRootId(root)).toBe(false)
    }
  })

  it('never climbs when it is joined, whatever passed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('.', '..', '/', '\\', 'a', 'é', '\0', ' '), { maxLength: 12 }),
        (parts) => {
          const path = parts.join('')
          if (whyBadRootPath(path) !== null) return
          const resolved = new URL(`file:///root/${path.split('/').map(encodeURIComponent).join('/')}`)
          expect(resolved.pathname.startsWith('/root/')).toBe(true)
        }
      ),
      { numRuns: 2_000 }
    )
  })
})

describe('lying inside a folder', () => {
  it('goes by whole components', () => {
    expect(isInside('/mnt/a', '/mnt/a')).toBe(true)
    expect(isInside('/mnt/a', '/mnt/a/b')).toBe(true)
    expect(isInside('/mnt/a', '/mnt/ab')).toBe(false)
    expect(isInside('/', '/mnt')).toBe(true)
  })
})

describe('the name of a new root', () => {
  it('is numbered until it is free', () => {
    const entry = (name: string) => ({ id: '0123456789abcdef' as never, name, path: '/x' })
    expect(freeName('nas', [])).toBe('nas')
    expect(freeName('nas', [entry('nas'), entry('nas-2')])).toBe('nas-3')
  })
})
