import { codecKinds } from './codecs.ts'
import { containerKinds } from './containers.ts'
import { extraKinds } from './extras.ts'
import type { SourceKind } from './kind.ts'
import { pictureKinds } from './picture.ts'
import { rateKinds } from './rates.ts'
import { soundKinds } from './sounds.ts'

export type { Expected, ExpectedAudio, SourceKind } from './kind.ts'

/** The families of source kinds: a file of tests each. */
export const families = {
  rates: rateKinds,
  codecs: codecKinds,
  containers: containerKinds,
  picture: pictureKinds,
  sound: soundKinds,
  extras: extraKinds
} as const satisfies Record<string, readonly SourceKind[]>
export type Family = keyof typeof families

export const allKinds: readonly SourceKind[] = Object.values(families).flat()
