import { readPath } from '../location.ts'
import { divide, type Rational, rational, zero } from '../rational.ts'

/** A finished proxy with the facts of its source, for Final Cut Pro. */
export interface FcpProxy {
  name: string
  sourcePath: string
  proxyPath: string
  width: number
  height: number
  rate: Rational
  /** Seconds. */
  duration: Rational
  /** Start timecode as a time; null for none. */
  startTime: Rational | null
  dropFrame: boolean
  audio: { channels: number; sampleRate: number } | null
}

/**
 * An FCPXML 1.10 that brings each source into an event with its proxy linked: an asset with a `media-rep` of kind
 * `original-media` and one of kind `proxy-media` (which FCPXML has since 1.9).
 */
export function fcpProxyXml(eventName: string, proxies: readonly FcpProxy[]): string {
  const resources = proxies.flatMap((proxy, index) => [...asset(proxy, index)])
  const clips = proxies.map((proxy, index) => {
    const start = seconds(proxy.startTime ?? zero)
    const tc = proxy.dropFrame ? 'DF' : 'NDF'
    return `      <asset-clip ref="a${index}" name=${quoted(proxy.name)} start="${start}" duration="${seconds(proxy.duration)}" tcFormat="${tc}"/>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE fcpxml>',
    '<fcpxml version="1.10">',
    '  <resources>',
    ...resources,
    '  </resources>',
    '  <library>',
    `    <event name=${quoted(eventName)}>`,
    ...clips,
    '    </event>',
    '  </library>',
    '</fcpxml>',
    ''
  ].join('\n')
}

function* asset(proxy: FcpProxy, index: number): Generator<string> {
  const frame = seconds(divide(rational(1), proxy.rate))
  yield `    <format id="f${index}" frameDuration="${frame}" width="${proxy.width}" height="${proxy.height}"/>`
  const sound =
    proxy.audio === null
      ? ''
      : ` hasAudio="1" audioSources="1" audioChannels="${proxy.audio.channels}" audioRate="${proxy.audio.sampleRate}"`
  const start = seconds(proxy.startTime ?? zero)
  yield `    <asset id="a${index}" name=${quoted(proxy.name)} start="${start}" duration="${seconds(proxy.duration)}" hasVideo="1" videoSources="1" format="f${index}"${sound}>`
  yield `      <media-rep kind="original-media" src=${quoted(fileUrl(proxy.sourcePath))}/>`
  yield `      <media-rep kind="proxy-media" src=${quoted(fileUrl(proxy.proxyPath))}/>`
  yield '    </asset>'
}

const seconds = ({ num, den }: Rational): string => (den === 1 ? `${num}s` : `${num}/${den}s`)

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const quoted = (text: string): string =>
  `"${text.replace(/[&<>"]/g, (character) => escapes[character] ?? '')}"`

/** `file:///mnt/a%20b.mov`, `file:///D:/a.mov`, `file://server/share/a.mov`. */
function fileUrl(path: string): string {
  const { volume, components } = readPath(path)
  const start = volume.startsWith('//') ? `${volume}/` : volume === '/' ? '///' : `///${volume}/`
  return `file:${start}${components.map(encodeURIComponent).join('/')}`
}
