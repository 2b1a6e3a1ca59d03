import { createHmac } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import type { Answer, Question } from 'dns-packet'
import { isPeerId, type PeerId } from '../../model/index.ts'
import { plainAddress } from './address.ts'

/*
 * The messages of `@libp2p/mdns` (its query.ts, which it does not export): a PTR question for the service, answered by
 * a PTR to this instance and a TXT `dnsaddr=<multiaddr>` for each address. The stock service cannot be told which
 * interface to use, so `multicast-dns` is used beneath it.
 */

/** Seconds that others may keep an answer; libp2p's number. */
const ttl = 120
/** A TXT string may have 255 bytes (RFC 6763 section 6.1). */
const maxTxtBytes = 255
const maxAddressesHeard = 16

/** The name under which the nodes of a mesh ask for each other. Derived, so that meshes keep apart; not a secret. */
export function serviceTagOf(meshId: string): string {
  const tag = createHmac('sha256', meshId).update('proxima-mdns/1').digest('hex').slice(0, 32)
  return `_proxima-${tag}._udp.local`
}

export const questionFor = (serviceTag: string): Question[] => [{ name: serviceTag, type: 'PTR' }]

export const asksFor = (questions: readonly Question[] | undefined, serviceTag: string): boolean =>
  questions?.some((question) => question.type === 'PTR' && question.name === serviceTag) ?? false

/** This node's answer on one interface. `instance` names it for as long as it runs. */
export function answersFor(
  serviceTag: string,
  instance: string,
  self: PeerId,
  addresses: readonly string[]
): Answer[] {
  const name = `${instance}.${serviceTag}`
  const texts = addresses.map((address) => `dnsaddr=${address}/p2p/${self}`)
  return [
    { name: serviceTag, type: 'PTR', class: 'IN', ttl, data: name },
    ...texts
      .filter((data) => data.length <= maxTxtBytes)
      .map((data): Answer => ({ name, type: 'TXT', class: 'IN', ttl, data }))
  ]
}

/** The peer that an answer announces, or null when it is of another service, of this instance, or makes no sense. */
export function announcedBy(
  records: readonly Answer[],
  serviceTag: string,
  instance: string
): { peer: PeerId; addresses: string[] } | null {
  const pointer = records.find((record) => record.type === 'PTR' && record.name === serviceTag)
  if (pointer?.type !== 'PTR' || pointer.data.startsWith(`${instance}.`)) return null
  let peer: PeerId | null = null
  const addresses: string[] = []
  for (const text of records.flatMap(textsOf)) {
    const announced = parseAnnounced(text)
    if (!announced || (peer !== null && announced.peer !== peer)) continue
    peer = announced.peer
    if (addresses.length < maxAddressesHeard) addresses.push(announced.address)
  }
  return peer === null ? null : { peer, addresses }
}

function textsOf(record: Answer): string[] {
  if (record.type !== 'TXT') return []
  const parts = Array.isArray(record.data) ? record.data : [record.data]
  return parts.map((part) => part.toString()).filter((text) => text.startsWith('dnsaddr='))
}

function parseAnnounced(text: string): { peer: PeerId; address: string } | null {
  const full = text.slice('dnsaddr='.length)
  const address = plainAddress(full)
  if (address === null) return null
  const peer = multiaddr(full)
    .getComponents()
    .findLast((component) => component.name === 'p2p')?.value
  return peer !== undefined && isPeerId(peer) ? { peer, address } : null
}
