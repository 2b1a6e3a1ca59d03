import { streamPair } from '@libp2p/utils'
import * as lp from 'it-length-prefixed'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type ChannelProtocol, runChannel } from '../../../src/protocol/channel.ts'

const protocol: ChannelProtocol<{ n: number; text?: string | undefined }> = {
  id: '/proxima/test/1',
  message: z.object({ n: z.number(), text: z.string().optional() }),
  maxFrameBytes: 1_024
}

async function pair() {
  const [near, far] = await streamPair()
  const got: number[] = []
  let bytes = 0
  const sender = runChannel(protocol, near, { onMessage: () => {}, onBytes: () => {}, nowMs: () => 0 })
  const receiver = runChannel(protocol, far, {
    onMessage: ({ n }) => got.push(n),
    onBytes: () => {
      bytes++
    },
    nowMs: () => 0
  })
  return { near, far, sender, receiver, got, bytes: () => bytes }
}

test('messages arrive in order and count as signs of life', async () => {
  const { sender, got, bytes } = await pair()
  for (let n = 0; n < 20; n++) expect(sender.send({ n })).toBe('sent')
  await vi.waitFor(() => expect(got).toEqual(Array.from({ length: 20 }, (_, n) => n)))
  expect(bytes()).toBeGreaterThan(0)
})

test('a message that is too large is not sent, and the channel lives on', async () => {
  const { sender, got } = await pair()
  expect(sender.send({ n: 1, text: 'x'.repeat(2_000) })).toBe('too-large')
  expect(sender.send({ n: 2 })).toBe('sent')
  await vi.waitFor(() => expect(got).toEqual([2]))
})

test.each([
  ['malformed-message', lp.encode.single(new TextEncoder().encode('{"n":"one"}'))],
  ['malformed-message', lp.encode.single(new Uint8Array([0xff, 0xfe]))],
  ['malformed-message', lp.encode.single(new Uint8Array(0))],
  ['oversized-frame', lp.encode.single(new Uint8Array(5_000))]
] as const)('%s from the other end closes the channel with that reason', async (code, frame) => {
  const { near, receiver, got } = await pair()
  near.send(frame)
  expect(await receiver.ended).toMatchObject({ code })
  expect(receiver.send({ n: 1 })).toBe('closed')
  expect(got).toEqual([])
})

test('a channel that the other end closed ended without fault', async () => {
  const { sender, receiver } = await pair()
  sender.close('done')
  expect(await receiver.ended).toBeNull()
  expect(await sender.ended).toBeNull()
})

test('a mistake of the own handler is not blamed on the peer', async () => {
  const [near, far] = await streamPair()
  const sender = runChannel(protocol, near, { onMessage: () => {}, onBytes: () => {}, nowMs: () => 0 })
  const receiver = runChannel(protocol, far, {
    onMessage: () => {
      throw new TypeError('our bug')
    },
    onBytes: () => {},
    nowMs: () => 0
  })
  sender.send({ n: 1 })
  await expect(receiver.ended).rejects.toThrow('our bug')
})
