import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import type { PeerId } from '../../model/index.ts'
import { readIfThere, writeFileAtomic } from '../atomic-file.ts'
import { MeshError } from './errors.ts'

/** Who this node is, for good. */
export interface Identity {
  readonly peerId: PeerId
  readonly key: Ed25519PrivateKey
}

/**
 * The identity kept in `<home>/identity.key` (libp2p's private key protobuf in base64, mode 0600), made at the first
 * start. Throws MeshError `identity-unreadable` rather than replace a key that others know.
 */
export async function loadIdentity(home: string): Promise<Identity> {
  const path = join(home, 'identity.key')
  const hint = `Restore it from a backup; or delete it to become a new machine, which must be invited again.`
  let text: string | null
  try {
    text = await readIfThere(path)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new MeshError('identity-unreadable', `The identity file ${path} cannot be read: ${why}`, {
      hint,
      cause
    })
  }
  if (text === null) return makeIdentity(path)
  let key: Ed25519PrivateKey
  try {
    const parsed = privateKeyFromProtobuf(Buffer.from(text.trim(), 'base64'))
    if (parsed.type !== 'Ed25519') throw new Error(`it holds an ${parsed.type} key`)
    key = parsed
  } catch (cause) {
    throw new MeshError(
      'identity-unreadable',
      `The identity file ${path} is damaged: it holds no Ed25519 key`,
      {
        hint,
        cause
      }
    )
  }
  await keepPrivate(path)
  return identityOf(key)
}

async function makeIdentity(path: string): Promise<Identity> {
  const key = await generateKeyPair('Ed25519')
  await writeFileAtomic(path, `${Buffer.from(privateKeyToProtobuf(key)).toString('base64')}\n`, 0o600)
  return identityOf(key)
}

/** A copied or restored file may have come with wider permissions. */
async function keepPrivate(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) await chmod(path, 0o600)
}

export const identityOf = (key: Ed25519PrivateKey): Identity => ({
  key,
  peerId: peerIdFromPrivateKey(key).toString() as PeerId
})

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** An Ed25519 signature, base64url (86 characters). */
export function signBytes(identity: Identity, bytes: Uint8Array): string {
  // libp2p keeps the 32 bytes of the seed and the 32 of the public key one after the other.
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      d: base64url(identity.key.raw.subarray(0, 32)),
      x: base64url(identity.key.publicKey.raw)
    }
  })
  return sign(null, bytes, key).toString('base64url')
}

/** Whether `peer` signed these bytes. False for a peer id that holds no Ed25519 key. */
export function verifyBytes(peer: PeerId, bytes: Uint8Array, signature: string): boolean {
  try {
    const { publicKey } = peerIdFromString(peer)
    if (publicKey?.type !== 'Ed25519') return false
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey.raw) }
    })
    return verify(null, bytes, key, Buffer.from(signature, 'base64url'))
  } catch {
    // Text of a peer id's alphabet that is none: nobody signed for it.
    return false
  }
}
