import stringWidth from 'string-width'
import type { Totals } from '../selectors.ts'
import { type LinkStatus, type Tab, tabs } from '../state.ts'
import { sparkline } from '../text/bar.ts'
import { clean, count, fitText, formatFps, formatLeft } from '../text/format.ts'
import type { Style } from '../text/style.ts'
import type { Shade } from '../text/terminal.ts'

export interface HeaderProps {
  name: string | null
  /** It is another machine's node, which is only watched. */
  watching: boolean
  totals: Totals
  fps: readonly number[]
  link: LinkStatus
  /** State of this machine, when it is not awake. */
  state: string | null
}

const gap = '  '

/** ` proxima  tower  3/4 peers  2 jobs  412 fps ▂▅▇  left 2–3 min      node ok`, what fits of it. */
export function headerLine(
  { name, watching, totals, fps, link, state }: HeaderProps,
  width: number,
  style: Style
): string {
  const { text: linkText, shade } = linkTold(link, state)
  const room = width - stringWidth(linkText) - 2
  const speed = formatFps(totals.fps)
  const curve = sparkline(fps, 12)
  // What tells most comes first; the name gives way before the numbers do, and the speed before the time left.
  const partsWith = (someSpeed: string) => [
    `${totals.peersHere}/${count(totals.peersKnown, 'peer')}`,
    count(totals.open, 'job'),
    ...(totals.failed > 0 ? [`${totals.failed} failed`] : []),
    ...(someSpeed === '' ? [] : [someSpeed]),
    ...(totals.left === null ? [] : [`left ${formatLeft(totals.left)}`])
  ]
  const parts = partsWith(speed)
  const names = name === null ? [] : [fitText(clean(name), 20)]
  // Whose numbers these are must not be missed.
  const heads = watching ? [[`watching ${names.join('')}`]] : [['proxima', ...names], ['proxima'], []]
  const lines = [
    ...heads.map((head) => ` ${[...head, ...parts].join(gap)}`),
    ` ${[...(heads.at(-1) ?? []), ...partsWith('')].join(gap)}`
  ]
  let text = lines.find((one) => stringWidth(one) <= room) ?? (lines.at(-1) as string)
  if (speed !== '' && curve !== '' && stringWidth(text) + stringWidth(curve) + 2 <= room)
    text = text.replace(speed, `${speed} ${curve}`)
  const left = fitText(text, Math.max(0, room))
  const fill = ' '.repeat(Math.max(1, width - stringWidth(left) - stringWidth(linkText) - 1))
  return `${style.paint('strong', left)}${fill}${style.paint(shade, linkText)}`
}

function linkTold(link: LinkStatus, state: string | null): { text: string; shade: Shade } {
  if (link.status === 'connecting') return { text: 'connecting…', shade: 'busy' }
  if (link.status === 'lost') return { text: 'NODE GONE, looking…', shade: 'bad' }
  return state === null ? { text: 'node ok', shade: 'good' } : { text: `node ${state}`, shade: 'warn' }
}

const titles: Readonly<Record<Tab, string>> = { jobs: 'Jobs', chunks: 'Chunks', peers: 'Peers', log: 'Log' }

export interface TabsProps {
  tab: Tab
  filter: string
  selected: number
}

/** ` 1 Jobs  2 Chunks  3 Peers  4 Log                 filter: none`. */
export function tabsLine({ tab, filter, selected }: TabsProps, width: number, style: Style): string {
  const plain = tabs.map((one, i) =>
    one === tab ? `[${i + 1} ${titles[one]}]` : ` ${i + 1} ${titles[one]} `
  )
  const shown = tabs.map((one, i) => style.paint(one === tab ? 'strong' : 'faint', plain[i] as string))
  const right = [
    ...(selected > 0 ? [`${selected} selected`] : []),
    filter === '' ? '' : `filter: ${clean(filter)}`
  ]
    .filter((text) => text !== '')
    .join(gap)
  const used = stringWidth(plain.join(''))
  const text = fitText(right, Math.max(0, width - used - 2))
  const fill = ' '.repeat(Math.max(0, width - used - stringWidth(text) - 1))
  return `${shown.join('')}${fill}${style.paint('warn', text)}`
}

/** `── title ─────`; a plain rule without a title. */
export function ruleLine(title: string, width: number, style: Style): string {
  const text = title === '' ? '' : `── ${fitText(clean(title), Math.max(0, width - 6))} `
  return style.paint('faint', text + '─'.repeat(Math.max(0, width - stringWidth(text))))
}
