import packet from 'dns-packet'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PeerId } from '../../../../src/model/index.ts'
import {
  addressesThrough,
  isNeighbour,
  listInterfaces,
  reachableAddresses
} from '../../../../src/node/mesh/interfaces.ts'
import {
  announcedBy,
  answersFor,
  asksFor,
  questionFor,
  serviceTagOf
} from '../../../../src/node/mesh/mdns-records.ts'

const self = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' as PeerId
const tag = serviceTagOf('0'.repeat(32))
const addresses = ['/ip4/10.0.0.1/tcp/47470', '/ip4/10.0.0.2/tcp/47470']

/** Through the real DNS encoding, as it goes over the network. */
const overTheAir = (answers: packet.Answer[]) =>
  packet.decode(packet.encode({ type: 'response', answers })).answers ?? []

test('an announcement is understood by others, and left alone by its sender', () => {
  const answers = overTheAir(answersFor(tag, 'instance1', self, addresses))
  expect(announcedBy(answers, tag, 'instance2')).toEqual({ peer: self, addresses })
  expect(announcedBy(answers, tag, 'instance1')).toBeNull()
})

test('meshes do not hear each other, and their tags do not give them away', () => {
  const other = serviceTagOf('1'.repeat(32))
  expect(other).not.toBe(tag)
  expect(tag).not.toContain('0'.repeat(16))
  expect(announcedBy(overTheAir(answersFor(other, 'i', self, addresses)), tag, 'me')).toBeNull()
  expect(asksFor(questionFor(tag), tag)).toBe(true)
  expect(asksFor(questionFor(other), tag)).toBe(false)
  expect(asksFor(undefined, tag)).toBe(false)
})

test('addresses of other transports and of a second peer in the same answer are left out', () => {
  const second = '12D3KooWGzQpyrHuNEioYqJAe97oGQ1x5gMT5Nu2mf8EnkzjJADb'
  const texts = [
    `dnsaddr=/ip4/10.0.0.1/tcp/1/p2p/${self}`,
    `dnsaddr=/ip4/10.0.0.9/tcp/1/p2p/${second}`,
    `dnsaddr=/ip4/10.0.0.1/udp/1/p2p/${self}`,
    'dnsaddr=/ip4/10.0.0.1/tcp/2',
    'other=1'
  ]
  const answers: packet.Answer[] = [
    { name: tag, type: 'PTR', data: `i.${tag}` },
    ...texts.map((data): packet.Answer => ({ name: `i.${tag}`, type: 'TXT', data }))
  ]
  expect(announcedBy(overTheAir(answers), tag, 'me')).toEqual({
    peer: self,
    addresses: ['/ip4/10.0.0.1/tcp/1']
  })
})

test('whatever is announced, nothing crashes and little is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 60 }), (texts) => {
      const answers: packet.Answer[] = [
        { name: tag, type: 'PTR', data: `i.${tag}` },
        ...texts.map((text): packet.Answer => ({ name: 'x', type: 'TXT', data: `dnsaddr=${text}` })),
        ...texts.map(
          (_, i): packet.Answer => ({
            name: 'x',
            type: 'TXT',
            data: `dnsaddr=/ip4/10.0.0.1/tcp/${i + 1}/p2p/${self}`
          })
        )
      ]
      const found = announcedBy(answers, tag, 'me')
      expect(found?.addresses.length ?? 0).toBeLessThanOrEqual(16)
    })
  )
})

const info = (address: string, bits: number, more: object = {}) => ({
  address,
  netmask: '',
  mac: '',
  internal: false,
  cidr: `${address}/${bits}`,
  ...(address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const }),
  ...more
})
const machine = () => ({
  lo: [info('127.0.0.1', 8, { internal: true })],
  eth0: [info('192.168.1.5', 24), info('fd00::5', 64), info('fe80::5', 64, { scopeid: 3 })],
  wlan0: [info('10.1.2.3', 16)]
})

test('each interface announces its own addresses only', () => {
  const [lo, eth0, wlan0] = listInterfaces(machine as never)
  expect(addressesThrough(eth0!, '0.0.0.0', 7)).toEqual(['/ip4/192.168.1.5/tcp/7'])
  expect(addressesThrough(eth0!, '::', 7)).toEqual(['/ip4/192.168.1.5/tcp/7', '/ip6/fd00::5/tcp/7'])
  expect(addressesThrough(wlan0!, '0.0.0.0', 7)).toEqual(['/ip4/10.1.2.3/tcp/7'])
  expect(addressesThrough(wlan0!, '192.168.1.5', 7)).toEqual([])
  expect(lo?.internal).toBe(true)
})

test('a neighbour is whoever is on the same subnet', () => {
  const [, eth0, wlan0] = listInterfaces(machine as never)
  expect([
    isNeighbour(eth0!, '192.168.1.77'),
    isNeighbour(eth0!, '10.1.9.9'),
    isNeighbour(wlan0!, '10.1.9.9')
  ]).toEqual([true, false, true])
})

test('loopback is told to others only when there is nothing else', () => {
  const all = listInterfaces(machine as never)
  expect(reachableAddresses(all, '0.0.0.0', 7)).toEqual(['/ip4/192.168.1.5/tcp/7', '/ip4/10.1.2.3/tcp/7'])
  expect(reachableAddresses(all.slice(0, 1), '0.0.0.0', 7)).toEqual(['/ip4/127.0.0.1/tcp/7'])
  expect(reachableAddresses(all, '127.0.0.1', 7)).toEqual(['/ip4/127.0.0.1/tcp/7'])
})
