import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { Connection } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import * as lp from 'it-length-prefixed'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { Hello } from '../../../src/protocol/index.ts'
import type { Bench, TestNode } from './harness.ts'

export interface Imposter {
  node: TestNode
  member: TestNode
  host: Libp2p
  connection: Connection
  hello: Hello
}

/** An honest node, and a connection to it by a program of ours that holds a member's key. Stop its `host`. */
export async function imposterTo(
  bench: Bench,
  settings: Parameters<Bench['node']>[1] = {}
): Promise<Imposter> {
  const node = await bench.node('honest', settings)
  const member = await bench.node('imposter')
  await member.mesh.join((await node.mesh.invite()).invite)
  await bench.allMet([node, member])
  await member.mesh.stop()
  const key = await readFile(join(member.home, 'identity.key'), 'utf8')
  const host = await createLibp2p({
    privateKey: privateKeyFromProtobuf(Buffer.from(key, 'base64')),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }
  })
  const connection = await host.dial(multiaddr(`/ip4/127.0.0.1/tcp/${node.port}/p2p/${node.mesh.self}`))
  const hello: Hello = {
    protocol: 1,
    meshId: node.mesh.meshId,
    name: 'imposter\u001b[2J',
    version: '0.1.0',
    ffmpegVersion: null,
    bootId: 'x',
    agreement: '0.1',
    rosterDigest: 'f'.repeat(64),
    addresses: []
  }
  return { node, member, host, connection, hello }
}

/** A length-prefixed frame of any text. */
export const frame = (text: string) => lp.encode.single(new TextEncoder().encode(text))
