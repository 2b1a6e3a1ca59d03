/** A key as the screen's reducers know it, whatever the terminal sent. */
export interface KeyPress {
  readonly name: KeyName
  /** Of `text`: what was typed or pasted. Empty otherwise. */
  readonly text: string
}

export type KeyName =
  | 'text'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'esc'
  | 'tab'
  | 'back-tab'
  | 'backspace'
  | 'delete'
  | 'ctrl-a'
  | 'ctrl-c'
  | 'ctrl-e'
  | 'ctrl-u'
  | 'ctrl-w'

/** What a key asks for where lists are shown. */
export type Command =
  | 'jobs'
  | 'chunks'
  | 'peers'
  | 'log'
  | 'next-tab'
  | 'last-tab'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'select'
  | 'select-all'
  | 'add'
  | 'pause'
  | 'cancel'
  | 'retry'
  | 'raise'
  | 'lower'
  | 'drain'
  | 'invite'
  | 'join'
  | 'next-trouble'
  | 'filter'
  | 'command'
  | 'help'
  | 'quit'

/** Where a key works: a screen, or everywhere. */
export type KeyPlace = 'everywhere' | 'lists' | 'jobs' | 'chunks' | 'peers' | 'log'

export interface KeyBinding {
  /** As `keyText` writes keys. The first is the one that is shown. */
  readonly keys: readonly string[]
  readonly command: Command
  /** How the footer names it; null: only the help does. */
  readonly label: string | null
  readonly help: string
  readonly place: KeyPlace
}

const bind = (
  place: KeyPlace,
  keys: readonly string[],
  command: Command,
  label: string | null,
  help: string
): KeyBinding => ({ place, keys, command, label, help })

/** Every key of the four screens; footer and help are written from this. Earlier ones are shown first. */
export const bindings: readonly KeyBinding[] = [
  bind('jobs', ['a'], 'add', 'add', 'add files to the queue'),
  bind('peers', ['i'], 'invite', 'invite', 'show an invite for another machine'),
  bind('peers', ['J'], 'join', 'join', 'join the mesh of another machine’s invite'),
  bind('peers', ['D'], 'drain', 'drain', 'this machine takes no more work, or takes it again'),
  bind('lists', ['Enter'], 'open', 'open', 'open what the cursor is on'),
  bind('jobs', ['p'], 'pause', 'pause', 'pause, or go on'),
  bind('jobs', ['x'], 'cancel', 'cancel', 'cancel (asks first)'),
  bind('jobs', ['r'], 'retry', 'retry', 'try again what failed or was canceled'),
  bind(
    'chunks',
    ['n'],
    'next-trouble',
    'next trouble',
    'go to the next chunk that failed or is tried twice, or that the filter shows'
  ),
  bind('jobs', ['Space'], 'select', 'select', 'select; p, x, r, + and - then act on all that are selected'),
  bind('jobs', ['*'], 'select-all', null, 'select all that are shown, or none'),
  bind('jobs', ['+', '='], 'raise', null, 'raise the priority'),
  bind('jobs', ['-'], 'lower', null, 'lower the priority'),
  bind('jobs', ['←', 'h'], 'left', null, 'fold a batch'),
  bind('jobs', ['→', 'l'], 'right', null, 'unfold a batch'),
  bind('chunks', ['←', 'h'], 'left', null, 'one chunk back'),
  bind('chunks', ['→', 'l'], 'right', null, 'one chunk on'),
  bind('lists', ['/'], 'filter', 'filter', 'show only what contains the words; Esc ends it'),
  bind('lists', ['?'], 'help', 'help', 'this help'),
  bind('lists', ['q', 'Ctrl-C'], 'quit', 'quit', 'leave the screen; the work goes on'),
  bind('lists', [':'], 'command', null, 'type a command (Tab completes it)'),
  bind('everywhere', ['1'], 'jobs', null, 'jobs'),
  bind('everywhere', ['2'], 'chunks', null, 'chunks of the job under the cursor'),
  bind('everywhere', ['3'], 'peers', null, 'peers'),
  bind('everywhere', ['4'], 'log', null, 'log'),
  bind('everywhere', ['Tab'], 'next-tab', null, 'next screen'),
  bind('everywhere', ['Shift-Tab'], 'last-tab', null, 'screen before'),
  bind('lists', ['↑', 'k'], 'up', null, 'up'),
  bind('lists', ['↓', 'j'], 'down', null, 'down'),
  bind('lists', ['PgUp'], 'page-up', null, 'a page up'),
  bind('lists', ['PgDn'], 'page-down', null, 'a page down'),
  bind('lists', ['Home', 'g'], 'first', null, 'to the first'),
  bind('lists', ['End', 'G'], 'last', null, 'to the last'),
  bind('lists', ['Esc'], 'back', null, 'back; ends filter and selection')
]

const keyTexts: Readonly<Partial<Record<KeyName, string>>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'back-tab': 'Shift-Tab',
  'ctrl-c': 'Ctrl-C'
}

/** A key as footer and help write it. */
export const keyText = (key: KeyPress): string =>
  key.name === 'text' ? (key.text === ' ' ? 'Space' : key.text) : (keyTexts[key.name] ?? '')

/** What a key asks for on a screen; null when nothing. */
export function commandOf(key: KeyPress, screen: 'jobs' | 'chunks' | 'peers' | 'log'): Command | null {
  const text = keyText(key)
  const works = ({ place }: KeyBinding) => place === screen || place === 'lists' || place === 'everywhere'
  return bindings.find((binding) => works(binding) && binding.keys.includes(text))?.command ?? null
}
