import type { LayoutedPlace, OutputLayouts, PlaceWish } from '../model/index.ts'
import { layoutPlace, proxyHash, realFiles, type TimelineFiles } from '../timeline/index.ts'
import type { Settings } from './settings/index.ts'

export type PathSettings = Pick<Settings['paths'], 'proxyRoot' | 'layout' | 'proxyTemplate'>

/** Where outputs go by this machine's settings: without a layout, under the proxy root where there is one, else `Proxy/`. */
export const createOutputLayouts = (
  settings: PathSettings,
  files: TimelineFiles = realFiles
): OutputLayouts => ({ place: (wish) => place(settings, wish, files) })

async function place(
  { proxyRoot, layout: usual, proxyTemplate: template }: PathSettings,
  { source, layout: wished, ...wish }: PlaceWish,
  files: TimelineFiles
): Promise<LayoutedPlace> {
  const layout = wished ?? usual ?? (proxyRoot === null ? 'resolve' : 'mirror')
  const inProject = layout === 'kdenlive' || layout === 'shotcut'
  // Without a project they refuse it anyway: megabytes need not be read for that.
  const needsHash = inProject
    ? wish.projectFolder !== null
    : layout === 'custom' && template?.includes('{hash}')
  const hash = needsHash ? await hashOf(source, files) : null
  return layoutPlace(layout, { source, ...wish, proxyRoot, template, hash })
}

/** Null for what cannot be read: the layout says what it needs. */
async function hashOf(source: string, files: TimelineFiles): Promise<string | null> {
  try {
    const found = await files.look(source)
    return found?.kind === 'file' ? await proxyHash(source, found.sizeBytes, files) : null
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
