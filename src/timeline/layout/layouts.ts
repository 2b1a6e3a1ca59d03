import { posix, win32 } from 'node:path'
import { layoutFolders, type OutputLayout, type PictureSizes } from '../../model/index.ts'
import { stemOf } from '../names.ts'
import { blenderName } from './blender.ts'
import { expandTemplate } from './template.ts'

/** One proxy that needs a place. */
export interface LayoutRequest {
  /** Absolute path of the source on this machine. */
  source: string
  /** Ending of the proxy, without the dot. */
  extension: string
  preset: string
  /** `paths.proxyRoot`, for `mirror` (and `{mirror}`); null when it is not set. */
  proxyRoot?: string | null
  /** The folder of the editing project, for `kdenlive` and `shotcut`. */
  projectFolder?: string | null
  /** Of the source (`proxyHash`), for `kdenlive` and `shotcut`. */
  hash?: string | null
  /** For `blender`, whose names say the size. */
  picture?: PictureSizes
  /** For `custom`. */
  template?: string | null
}

/** Where a proxy goes, or why a layout cannot place it. */
export type LayoutPlace =
  | { kind: 'path'; path: string }
  | { kind: 'wrong'; message: string; hint: string | null }

/**
 * Where a source's proxy goes so that the editing software finds it.
 *
 * | Layout | Place | By whom it is found |
 * | --- | --- | --- |
 * | `mirror` | the source's folders repeated under the proxy root | linked by hand or script |
 * | `resolve` | `Proxy/<stem>.<ext>` beside the source | DaVinci Resolve, by itself |
 * | `premiere` | `Proxies/<stem>_Proxy.<ext>` beside the source | Premiere's own place; attached there |
 * | `fcp` | `Proxy/<stem>.<ext>` beside the source | by an FCPXML that lists both (`fcpProxyXml`) |
 * | `kdenlive` | `proxy/<md5>.<ext>` in the project's folder | Kdenlive, when proxies are on |
 * | `shotcut` | `proxies/<md5>.mp4` in the project's folder | Shotcut, when proxies are on |
 * | `blender` | `BL_proxy/<file name>/proxy_<percent>.avi` beside the source, whatever the container | Blender's sequencer |
 * | `custom` | a template | |
 */
export function layoutPlace(layout: OutputLayout, request: LayoutRequest): LayoutPlace {
  const { source, extension } = request
  const path = pathOf(source)
  const folder = path.dirname(source)
  const stem = stemOf(path.basename(source))
  if (!path.isAbsolute(source)) return wrong(`${source} is no absolute path`)
  switch (layout) {
    case 'mirror': {
      const mirrored = mirrorFolder(request)
      return mirrored === null
        ? wrong('the layout mirror needs a folder for proxies', 'set paths.proxyRoot')
        : at(path.join(mirrored, `${stem}.${extension}`))
    }
    case 'resolve':
    case 'fcp':
      return at(path.join(folder, layoutFolders[layout], `${stem}.${extension}`))
    case 'premiere':
      return at(path.join(folder, layoutFolders.premiere, `${stem}_Proxy.${extension}`))
    case 'kdenlive':
      return hashed(request, layout)
    case 'shotcut':
      return extension === 'mp4'
        ? hashed(request, layout)
        : wrong(
            `Shotcut looks for mp4 proxies only, not ${extension}`,
            'choose a preset whose container is mp4'
          )
    case 'blender': {
      const named = blenderName(extension, request.picture ?? null)
      return named.kind === 'wrong'
        ? named
        : at(path.join(folder, layoutFolders.blender, path.basename(source), named.name))
    }
    case 'custom':
      return custom(request)
  }
}

const at = (path: string): LayoutPlace => ({ kind: 'path', path })
const wrong = (message: string, hint: string | null = null): LayoutPlace => ({ kind: 'wrong', message, hint })

/** Windows paths are told by their look, so that plans can be made for either system. */
const pathOf = (source: string): typeof posix | typeof win32 =>
  /^[A-Za-z]:[\\/]|^\\\\/.test(source) ? win32 : posix

/** `/proxies/mnt/nas/day1` for `/mnt/nas/day1/a.mov`; a drive or a share becomes a folder, so that none ever meet. */
function mirrorFolder(request: LayoutRequest): string | null {
  if (!request.proxyRoot) return null
  const path = pathOf(request.source)
  const { root, dir } = path.parse(request.source)
  const volume = root.split(/[\\/:]+/).filter((part) => part !== '')
  return path.join(request.proxyRoot, ...volume, dir.slice(root.length))
}

function hashed(request: LayoutRequest, program: 'kdenlive' | 'shotcut'): LayoutPlace {
  if (!request.projectFolder) {
    return wrong(
      `the layout ${program} needs the folder of the project`,
      'queue the project file, not its clips'
    )
  }
  if (!request.hash || !/^[0-9a-f]{32}$/.test(request.hash)) {
    return wrong(`the layout ${program} needs the source's MD5, which could not be read`)
  }
  return at(
    pathOf(request.projectFolder).join(
      request.projectFolder,
      layoutFolders[program],
      `${request.hash}.${request.extension}`
    )
  )
}

function custom(request: LayoutRequest): LayoutPlace {
  const path = pathOf(request.source)
  if (!request.template) return wrong('the layout custom needs a template', 'set paths.proxyTemplate')
  const folder = path.dirname(request.source)
  const expanded = expandTemplate(request.template, {
    folder,
    parent: path.basename(folder),
    name: path.basename(request.source),
    stem: stemOf(path.basename(request.source)),
    ext: request.extension,
    preset: request.preset,
    mirror: mirrorFolder(request),
    project: request.projectFolder ?? null,
    hash: request.hash ?? null
  })
  if (expanded.kind === 'wrong') return wrong(expanded.message, expanded.hint)
  const place = path.normalize(
    path.isAbsolute(expanded.text) ? expanded.text : path.join(folder, expanded.text)
  )
  if (place === path.normalize(request.source)) return wrong(`the template names the source itself: ${place}`)
  return at(place)
}
