/** Whether a picture is turned over; null when Resolve tells it in a word that is not known. */
export type Flip = boolean | null

/** "Off" and "on" as Resolve says them in the languages of its menus (`オフ` was seen; the others are plain words). */
const offWords =
  'off,0,false,オフ,关,关闭,關,關閉,끄기,끔,aus,desactivado,no,désactivé,non,desligado,desativado,não'
    .concat(',disattivato,выкл,выкл.,вимк,вимк.,ปิด,tắt,mati')
    .split(',')
const onWords = 'on,1,true,オン,开,打开,开启,開,開啟,켜기,켬,ein,an,activado,sí,activé,oui,ligado,ativado,sim'
  .concat(',attivato,sì,вкл,вкл.,увімк,увімк.,เปิด,bật,hidup')
  .split(',')

const known = new Map([
  ...offWords.map((word): [string, boolean] => [word, false]),
  ...onWords.map((word): [string, boolean] => [word, true])
])

const fold = (word: string): string => word.normalize('NFC').trim().toLowerCase()

/**
 * How to read what one Resolve says of `H-FLIP` and `V-FLIP`: the names of properties are English everywhere, their
 * values are in the language of the program. There are only two values, so that of two words one of which is known the
 * other is its opposite; a word that is not known so either is told as null, never guessed.
 * @param words all values of both properties that this Resolve was heard to say
 */
export function flipReader(words: Iterable<unknown>): (word: unknown) => Flip {
  const heard = new Set([...words].flatMap((word) => wordOf(word) ?? []))
  const [strange, ...others] = [...heard].filter((word) => !known.has(word))
  const familiar = new Set([...heard].flatMap((word) => known.get(word) ?? []))
  const [only] = familiar
  const opposite =
    strange !== undefined && others.length === 0 && familiar.size === 1 && only !== undefined ? !only : null
  return (word) => {
    const folded = wordOf(word)
    // A sound has none to tell.
    if (folded === null) return false
    return known.get(folded) ?? (folded === strange ? opposite : null)
  }
}

const wordOf = (word: unknown): string | null =>
  word === null || word === undefined || word === '' ? null : fold(String(word))
