import type { Hello } from './messages.ts'

/** Major number of every protocol here. Raise it with the ids when old and new cannot understand each other. */
export const protocolMajor = 1

type Compared = Pick<Hello, 'protocol' | 'agreement' | 'version'>

/** What must agree unless the settings say otherwise: `0.3` of `0.3.1`, `2` of `2.4.0` (semantic versioning). */
export function versionSeries(version: string): string {
  const match = /^(\d+)\.(\d+)/.exec(version)
  if (!match) return version
  return match[1] === '0' ? `0.${match[2]}` : match[1]!
}

/** Why two nodes must not give each other work, in words for a person at the first one; null when they may. */
export function whyIncompatible(self: Compared, peer: Compared): string | null {
  const same = self.protocol === peer.protocol && self.agreement === peer.agreement
  return same
    ? null
    : `it runs proxima-node ${peer.version || 'of an unknown version'}, this machine ${self.version}: install the same version on both`
}
