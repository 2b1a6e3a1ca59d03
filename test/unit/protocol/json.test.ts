import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ProtocolError } from '../../../src/protocol/errors.ts'
import { encodeMessage, jsonDepth, parseMessage } from '../../../src/protocol/json.ts'

const schema = z.object({ name: z.string(), list: z.array(z.number()) })
const bytes = (text: string) => new TextEncoder().encode(text)

test('a message comes back as it was', () => {
  expect(parseMessage(encodeMessage({ name: 'ü', list: [1] }), schema)).toEqual({ name: 'ü', list: [1] })
})

test('an unknown field is left out', () => {
  expect(parseMessage(encodeMessage({ name: 'a', list: [], newer: true }), schema)).toEqual({
    name: 'a',
    list: []
  })
})

test('a wrong field is named', () => {
  expect(() => parseMessage(encodeMessage({ name: 'a', list: [1, 'x'] }), schema)).toThrow(/list\.1/)
})

test('whatever arrives, it is either a message or a malformed one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(bytes)), (input) => {
      try {
        parseMessage(input, schema)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
        expect(error).toMatchObject({ code: 'malformed-message' })
      }
    })
  )
})

test('deep nesting is refused before anything recurses into it', () => {
  const deep = bytes('['.repeat(1_000_000))
  expect(() => parseMessage(deep, z.any())).toThrow(/nested deeper/)
})

test('the depth of any JSON is what its structure says', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(jsonDepth(bytes(JSON.stringify(value)))).toBe(depthOf(value))
    })
  )
})

test('brackets and escaped quotes in strings do not count', () => {
  expect(jsonDepth(bytes(JSON.stringify({ a: '[[["\\"[[' })))).toBe(1)
})
