import { dirname, join, parse } from 'node:path'
import type { StreamFacts } from '../../jobs/transcode/index.ts'
import { type FcpProxy, fcpProxyXml, rational, timecodeToTime } from '../../timeline/index.ts'
import type { MadeProxy } from './types.ts'

/**
 * A file for Final Cut Pro that lists each proxy with its original.
 * @param timeline that they were queued from, or null
 * @returns where it belongs: beside the timeline, or beside the first proxy
 */
export async function finalCutList(
  proxies: readonly MadeProxy[],
  timeline: string | null,
  factsOf: (source: string) => Promise<StreamFacts | null>
): Promise<{ path: string; text: string }> {
  const listed: FcpProxy[] = []
  for (const { source, output } of proxies) {
    const facts = await factsOf(source)
    const proxy = facts === null ? null : fcpProxy(source, output, facts)
    if (proxy !== null) listed.push(proxy)
  }
  const name = timeline === null ? 'proxies' : parse(timeline).name
  const folder = dirname(timeline ?? proxies[0]?.output ?? '.')
  const file = timeline === null ? 'proxies.fcpxml' : `${name} proxies.fcpxml`
  return { path: join(folder, file), text: fcpProxyXml(name, listed) }
}

/** Null for a file whose length or rate is not told: Final Cut would refuse the whole list. */
function fcpProxy(source: string, output: string, facts: StreamFacts): FcpProxy | null {
  const { duration, startTimecode, width, height, audio } = facts
  if (duration === null || facts.rate.num === 0) return null
  const rate = rational(facts.rate.num, facts.rate.den)
  return {
    name: parse(source).name,
    sourcePath: source,
    proxyPath: output,
    width,
    height,
    rate,
    duration: rational(duration.num, duration.den),
    startTime: startTimecode === null ? null : timecodeToTime(startTimecode, rate),
    dropFrame: startTimecode !== null && !/:\d{2,3}$/.test(startTimecode),
    audio
  }
}
